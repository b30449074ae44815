import type { Log } from '../../kernel/log.js';
import { MOVING } from '../failures.js';
import type { Outcome, Recipient, Submission } from '../outcome.js';
import type { CommandAnswer, CommandCall } from './messages.js';

const UNKNOWN: Outcome = { ok: false, failure: 'outcome_unknown', retryAfterMs: 100 };
const OVERLOADED: Outcome = { ok: false, failure: 'overloaded', retryAfterMs: 1_000 };

/** Whether what frame `at` of `epoch` shows is shown here. */
type Reached = (epoch: number, at: number) => boolean;

interface Session {
  readonly id: string;
  readonly recipient: Recipient;
  /** Commands of it that are on their way. */
  open: number;
}

interface OpenCommand {
  readonly session: Session;
  readonly requestId: number;
}

interface Answered extends OpenCommand {
  readonly outcome: Outcome;
  readonly isReplay: boolean;
  readonly epoch: number;
  readonly at: number;
}

/**
 * Commands of clients of a relay, from when they are forwarded until their replies are given. A reply waits until the
 * stream shows what the command did: whoever is told "yours" finds it so in what this node tells next.
 */
export class RelayedCommands {
  readonly #relayId: string;
  readonly #max: number;
  readonly #log: Log;
  readonly #open = new Map<number, OpenCommand>();
  /** In the order in which the owner answered, which is that of its stream. */
  readonly #answered: Answered[] = [];
  readonly #sessionIds = new WeakMap<Recipient, string>();
  readonly #sessions = new Map<string, Session>();
  #lastSession = 0;
  #lastId = 0;

  constructor(relayId: string, max: number, log: Log) {
    this.#relayId = relayId;
    this.#max = max;
    this.#log = log;
  }

  get size(): number {
    return this.#open.size + this.#answered.length;
  }

  /** What is told where too many are on their way; undefined where they are not. */
  get fullOutcome(): Outcome | undefined {
    return this.size >= this.#max ? OVERLOADED : undefined;
  }

  /** Notes a command, and gives the number under which its answer is to be brought and the call to be made. */
  open(
    showtimeId: string,
    submission: Submission,
    recipient: Recipient,
    until: number,
  ): { id: number; call: CommandCall } {
    const id = ++this.#lastId;
    const session = this.#sessionOf(recipient);
    session.open++;
    this.#open.set(id, { session, requestId: submission.requestId });
    const { holder } = recipient;
    return {
      id,
      call: { showtimeId, session: session.id, holder, until, submission: { ...submission, requestId: id } },
    };
  }

  /** `answer` undefined: it did not come in time. */
  answered(id: number, answer: CommandAnswer | undefined): void {
    const command = this.#open.get(id);
    if (!command) return;
    this.#open.delete(id);
    if (!answer) this.#reply(command, UNKNOWN);
    else if ('refused' in answer) this.#reply(command, MOVING);
    else this.#answered.push({ ...command, ...answer });
  }

  /** Gives the replies whose effects the stream has shown. */
  settle(reached: Reached): void {
    const first = this.#answered.findIndex(({ epoch, at }) => !reached(epoch, at));
    const shown = this.#answered.splice(0, first < 0 ? this.#answered.length : first);
    for (const command of shown) this.#reply(command, command.outcome, command.isReplay);
  }

  /** The client of ours whose command an event of the stream came from. */
  recipientOf(session: string | undefined): Recipient | undefined {
    return session === undefined ? undefined : this.#sessions.get(session)?.recipient;
  }

  /** No stream will show them any more: what is known is told, and of the others that nobody knows. */
  end(): void {
    this.settle(() => true);
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const command of open) this.#reply(command, UNKNOWN);
  }

  #reply({ session, requestId }: OpenCommand, outcome: Outcome, isReplay = false): void {
    session.open--;
    if (session.open === 0) this.#sessions.delete(session.id);
    try {
      session.recipient.reply(requestId, outcome, isReplay);
    } catch (error) {
      // A bug of one recipient takes no reply from another.
      this.#log.error(
        { event: 'showtime.reply_failed', err: error },
        'A recipient threw an error when it was given its reply.',
      );
    }
  }

  #sessionOf(recipient: Recipient): Session {
    const id = this.#sessionIds.get(recipient) ?? `${this.#relayId}/${++this.#lastSession}`;
    this.#sessionIds.set(recipient, id);
    const session = this.#sessions.get(id) ?? { id, recipient, open: 0 };
    this.#sessions.set(id, session);
    return session;
  }
}
