import type { HouseDesk, OpenedHouse, Outcome } from '../boxoffice/house-desk-port.js';
import type { Command } from '../core/command.js';
import { notOpenedError } from '../gateway/views.js';
import type { Clock } from '../kernel/clock.js';
import type { Timers } from '../kernel/timers.js';
import type { WireError } from '../protocol/errors.js';
import type { Opened } from '../runtime/directory.js';
import type { Hosts } from '../runtime/hosts.js';

/**
 * Who asks, where the box office does. A command id is its sender's own: a buyer who knows the ids that an order derives, and
 * sends a command under one of them, takes none away from the order, since no session has this holder.
 */
const HOLDER = 'usher:box-office';

/** For how long a command is asked again: longer than a showtime takes to change owners after its node died. */
const ASK_MS_MAX = 10_000;
/** For one answer: longer than a house keeps anybody waiting for the journal. */
const ANSWER_MS_MAX = 6_000;
const RETRY_MS_MIN = 20;
const RETRY_MS_MAX = 1_000;
const UNKNOWN: Outcome = { ok: false, failure: 'outcome_unknown', retryAfterMs: RETRY_MS_MAX };

interface HostedDeskOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly askMsMax?: number;
  readonly answerMsMax?: number;
}

/** The desk over the houses of this node and, by relays, those of all others. Until it is bound to them, none can be asked. */
export class HostedDesk implements HouseDesk {
  readonly #options: HostedDeskOptions;
  #hosts: Pick<Hosts, 'open'> | undefined;

  constructor(options: HostedDeskOptions) {
    this.#options = options;
  }

  bind(hosts: Pick<Hosts, 'open'>): void {
    this.#hosts = hosts;
  }

  async ask(showtimeId: string, command: Command, commandId: string): Promise<Outcome> {
    const { clock, timers, askMsMax = ASK_MS_MAX } = this.#options;
    const until = clock.now() + askMsMax;
    // Once one try may have taken effect, a later one that was turned away does not settle that it has not.
    let isUnknown = false;
    for (;;) {
      const outcome = await this.#askOnce(showtimeId, command, commandId);
      if (outcome.ok || 'refusal' in outcome || !isRetried(outcome)) return outcome;
      isUnknown ||= outcome.failure === 'outcome_unknown';
      const waitMs = Math.min(Math.max(outcome.retryAfterMs ?? 0, RETRY_MS_MIN), RETRY_MS_MAX);
      if (clock.now() + waitMs >= until) return isUnknown ? UNKNOWN : outcome;
      await new Promise<void>((resolve) => timers.after(waitMs, resolve));
    }
  }

  async open(showtimeId: string): Promise<OpenedHouse | { readonly ok: false; readonly error: WireError }> {
    const opened = await this.#open(showtimeId);
    if (!opened.ok) return { ok: false, error: notOpenedError(opened.reason) };
    const { host } = opened;
    return { ok: true, terms: host.terms, own: (holder) => host.own(holder), current: () => host.current() };
  }

  async #askOnce(showtimeId: string, command: Command, commandId: string): Promise<Outcome> {
    const opened = await this.#open(showtimeId);
    if (!opened.ok) return { ok: false, failure: opened.reason };
    // Whoever asked before, and died, may have had an effect: a refusal is to come from whoever is sure to be the owner.
    const submission = { requestId: 1, commandId, command, again: true };
    const { timers, answerMsMax = ANSWER_MS_MAX } = this.#options;
    return await new Promise((resolve) => {
      const cancel = timers.after(answerMsMax, () => resolve(UNKNOWN));
      const reply = (_: number, outcome: Outcome) => {
        cancel();
        resolve(outcome);
      };
      opened.host.submit(submission, { holder: HOLDER, waiting: 0, reply });
    });
  }

  async #open(showtimeId: string): Promise<Opened> {
    return (await this.#hosts?.open(showtimeId)) ?? { ok: false, reason: 'unavailable' };
  }
}

function isRetried({ failure }: Extract<Outcome, { failure: unknown }>): boolean {
  return ['moving', 'unavailable', 'overloaded', 'outcome_unknown'].includes(failure);
}
