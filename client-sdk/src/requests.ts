import type { WireError } from '../../src/protocol/errors.js';
import type { ReplyMessage } from '../../src/protocol/server-messages.js';
import { backoffMs } from './backoff.js';
import type { Command, CommandOptions, StaffCommand } from './commands.js';
import type { Environment } from './environment.js';
import { type ClientError, clientError, type Refused } from './results.js';

/** More commands than this in flight is a caller in a loop, not a person. */
const IN_FLIGHT_MAX = 64;
/** How long to ask for an unknown outcome; well inside the 15 minutes for which the server knows a replay. */
const RESOLVE_WITHIN_MS = 120_000;
/** Tries against an error that repeating may not mend (`internal`). */
const HOPELESS_TRIES = 3;

/** An ok reply without its envelope. */
export type OkResult = Omit<ReplyMessage & { readonly ok: true }, 'type' | 'id'>;
export type Outcome = OkResult | Refused;

interface Pending {
  readonly id: number;
  /** `again` from the second try on: an owner that was replaced must not refuse what took effect at the next. */
  readonly message: (Command | StaffCommand) & { readonly id: number; readonly commandId: string; again?: unknown };
  readonly settle: (outcome: Outcome) => void;
  /** An earlier try may have taken effect: only the outcome of that very command will do. */
  uncertain: boolean;
  /** Times sent; 0 while it waits for its first connection. */
  tries: number;
  /** The last refusal, while no try is under way: with `uncertain` false, nothing was ever done. */
  refusal: WireError | undefined;
  /** The next try, whatever it waits for: a reply, a pause, or a first connection. */
  cancelTimer: () => void;
  readonly cancelDeadline: () => void;
}

export interface RequestHandlers {
  nextId(): number;
  /** False where there is no live connection. */
  send(message: object): boolean;
  /** A command is on its way; `settled` follows in any case. */
  started(command: Command | StaffCommand): void;
  /** What a command came to, also after its caller stopped waiting. */
  settled(command: Command | StaffCommand, outcome: Outcome): void;
}

/**
 * Commands on their way. A command whose reply does not come is asked again, with the same `commandId`, until the
 * server tells what the first try came to: the server gives every replay the first outcome.
 */
export class Requests {
  readonly #environment: Environment;
  readonly #replyTimeoutMs: number;
  readonly #handlers: RequestHandlers;
  readonly #pending = new Map<number, Pending>();

  constructor(environment: Environment, replyTimeoutMs: number, handlers: RequestHandlers) {
    this.#environment = environment;
    this.#replyTimeoutMs = replyTimeoutMs;
    this.#handlers = handlers;
  }

  /** Sends at once; without a connection it waits for one up to `waitMs`, or fails at once. Never rejects. */
  run(command: Command | StaffCommand, { signal, commandId }: CommandOptions, waitMs: number): Promise<Outcome> {
    if (signal?.aborted) return Promise.resolve(stoppedWaiting());
    if (this.#pending.size >= IN_FLIGHT_MAX) return Promise.resolve(refused('overloaded', 'Too many.'));
    return new Promise((resolve) => {
      const id = this.#handlers.nextId();
      const stopWaiting = (): void => {
        if (pending.tries > 0) resolve(stoppedWaiting('unknown'));
        else this.#settle(pending, stoppedWaiting());
      };
      const pending: Pending = {
        id,
        message: {
          ...command,
          id,
          commandId: commandId ?? this.#environment.uuid(),
          again: commandId && true,
        },
        settle: (outcome) => {
          signal?.removeEventListener('abort', stopWaiting);
          this.#handlers.settled(command, outcome);
          resolve(outcome);
        },
        uncertain: false,
        tries: 0,
        refusal: undefined,
        cancelTimer: () => undefined,
        cancelDeadline: this.#environment.setTimer(
          () => this.#abandon(pending, 'No answer in time.'),
          RESOLVE_WITHIN_MS,
        ),
      };
      signal?.addEventListener('abort', stopWaiting);
      this.#pending.set(id, pending);
      this.#handlers.started(command);
      this.#send(pending);
      if (pending.tries > 0) return;
      const giveUp = (): void => this.#abandon(pending, '');
      if (waitMs > 0) pending.cancelTimer = this.#environment.setTimer(giveUp, waitMs);
      else giveUp();
    });
  }

  received(reply: ReplyMessage): void {
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    if (reply.ok) {
      const { type, id, ...result } = reply;
      this.#settle(pending, result);
      return;
    }
    const { error } = reply;
    if (error.outcome === 'unknown') pending.uncertain = true;
    // "Not applied, try later" speaks of this try: the server turned it away before looking for an earlier one.
    const again =
      error.code === 'moving' ||
      (pending.uncertain && (error.retryable || (error.outcome === 'unknown' && pending.tries < HOPELESS_TRIES)));
    if (!again) {
      this.#settle(pending, { ok: false, error });
      return;
    }
    pending.refusal = error;
    const wait = Math.max(error.retryAfterMs ?? 0, backoffMs(pending.tries, this.#environment.random));
    pending.cancelTimer();
    pending.cancelTimer = this.#environment.setTimer(() => this.#send(pending), wait);
  }

  /** The socket is gone; what it carried may or may not have arrived. */
  connectionLost(): void {
    for (const pending of this.#pending.values()) {
      if (pending.tries === 0) continue;
      if (!pending.refusal) pending.uncertain = true;
      pending.cancelTimer();
    }
  }

  /** A new socket is live: ask again for all that is open. */
  connectionReady(): void {
    for (const pending of this.#pending.values()) this.#send(pending);
  }

  /** There is nobody left to ask. */
  abandon(message: string): void {
    for (const pending of [...this.#pending.values()]) this.#abandon(pending, message);
  }

  #send(pending: Pending): void {
    if (!this.#handlers.send(pending.message)) return;
    pending.message.again = true;
    pending.tries += 1;
    pending.refusal = undefined;
    pending.cancelTimer();
    pending.cancelTimer = this.#environment.setTimer(() => {
      pending.uncertain = true;
      this.#send(pending);
    }, this.#replyTimeoutMs);
  }

  /** What was never sent took no effect, and that is known. */
  #abandon(pending: Pending, message: string): void {
    const { refusal, tries, uncertain } = pending;
    let outcome = refused('unavailable', 'Not connected. Await connect(), or set waitForConnectionMs.');
    if (refusal && !uncertain) outcome = { ok: false, error: refusal };
    else if (tries > 0) outcome = refused('outcome_unknown', message, 'unknown');
    this.#settle(pending, outcome);
  }

  #settle(pending: Pending, outcome: Outcome): void {
    pending.cancelTimer();
    pending.cancelDeadline();
    this.#pending.delete(pending.id);
    pending.settle(outcome);
  }
}

function stoppedWaiting(outcome?: 'unknown'): Refused {
  return refused('aborted', 'Aborted.', outcome);
}

function refused(code: ClientError['code'], message: string, outcome?: ClientError['outcome']): Refused {
  return { ok: false, error: clientError(code, message, outcome) };
}
