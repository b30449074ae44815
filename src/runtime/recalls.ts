import type { Log } from '../kernel/log.js';
import type { Timers } from '../kernel/timers.js';
import type { CommandResult, RecordedResults } from './journal-port.js';

/** `unknown`: the store did not say in time. */
export type RecalledResult = CommandResult | 'nothing' | 'unknown';

export interface RecallContext {
  readonly timers: Timers;
  readonly log: Log;
  readonly limits: {
    /** At one time; past it nothing is asked, and so nothing known. */
    readonly gatedMax: number;
    /** For one of them. */
    readonly commitWaitMsMax: number;
  };
}

/**
 * Outcomes that earlier owners recorded, asked for one by one when their commands come again. A busy showtime has tens of
 * thousands, of which hardly any is ever asked for: to read them all would keep everybody waiting after a take-over.
 */
export class Recalls {
  readonly #recorded: RecordedResults;
  readonly #context: RecallContext;
  #open = 0;

  constructor(recorded: RecordedResults, context: RecallContext) {
    this.#recorded = recorded;
    this.#context = context;
  }

  /** True where an outcome of this command may be on record. */
  has(commandId: string): boolean {
    return this.#recorded.has(commandId);
  }

  /** Calls `tell` once, in this turn only where too many are under way. */
  ask(holder: string, commandId: string, tell: (recalled: RecalledResult) => void): void {
    const { timers, limits, log } = this.#context;
    if (this.#open >= limits.gatedMax) {
      tell('unknown');
      return;
    }
    this.#open++;
    let isOver = false;
    const settle = (recalled: RecalledResult) => {
      if (isOver) return;
      isOver = true;
      this.#open--;
      cancel();
      tell(recalled);
    };
    const cancel = timers.after(limits.commitWaitMsMax, () => settle('unknown'));
    this.#recorded
      .recall(holder, commandId)
      .catch((error: unknown) => {
        log.warn(
          { event: 'journal.record_unreadable', err: error },
          'The recorded outcome of an earlier command could not be read.',
        );
        return 'unknown' as const;
      })
      .then((result) => settle(result ?? 'nothing'))
      // A bug of one recipient takes no reply from another.
      .catch((error: unknown) =>
        log.error(
          { event: 'showtime.reply_failed', err: error },
          'A recipient threw an error when it was given its reply.',
        ),
      );
  }
}
