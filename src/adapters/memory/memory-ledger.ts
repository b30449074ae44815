import type { Batch, Claim, Ledger, Owner, Slice, Timers } from '../../runtime/ports.js';
import type { MemoryJournal } from './memory-journal.js';

/** What befalls one call on its way to the store and back. */
export interface Trip {
  /** Until the store acts; 0 where absent, and so below. */
  readonly thereMs?: number;
  /** From then until the caller is answered. */
  readonly backMs?: number;
  /** `request`: the store never hears of it. `answer`: it acts, and the caller is never told. */
  readonly lost?: 'request' | 'answer';
  /** Where something is lost: when the caller notices. Sooner than `thereMs`, the call lingers and acts late. */
  readonly brokenAfterMs?: number;
}

export type LedgerCall = 'claim' | 'commit' | 'owners';

export interface MemoryLedgerOptions {
  readonly journal: MemoryJournal;
  readonly timers: Timers;
  /** One life of one node, as in PostgresLedger. */
  readonly writerId: string;
  readonly replayWindowMs: number;
  /** Asked at each call; absent: every call arrives and is answered, as fast as timers go. */
  readonly trip?: (call: LedgerCall) => Trip;
  /** As recorded with claims. */
  readonly nodeName?: string;
}

/** The reference Ledger: the guarantees of the port over a MemoryJournal, on a way that can be as bad as a network. */
export class MemoryLedger implements Ledger {
  readonly #options: MemoryLedgerOptions;

  constructor(options: MemoryLedgerOptions) {
    this.#options = options;
  }

  async claim(showtimeId: string): Promise<Claim> {
    const { journal, replayWindowMs, nodeName, writerId } = this.#options;
    return await this.#travel('claim', () => journal.claim(showtimeId, replayWindowMs, nodeName ?? writerId));
  }

  async commit(batch: Batch): Promise<{ readonly fenced: readonly Slice[] }> {
    const { journal, writerId } = this.#options;
    return await this.#travel('commit', () => ({ fenced: journal.commit(writerId, batch) }));
  }

  async owners(showtimeIds: readonly string[]): Promise<ReadonlyMap<string, Owner>> {
    return await this.#travel('owners', () => this.#options.journal.owners(showtimeIds));
  }

  #travel<Answer>(call: LedgerCall, act: () => Answer): Promise<Answer> {
    const { timers, trip } = this.#options;
    const { thereMs = 0, backMs = 0, lost, brokenAfterMs = thereMs + backMs } = trip?.(call) ?? {};
    return new Promise((resolve, reject) => {
      if (lost) timers.after(brokenAfterMs, () => reject(new Error('The connection to the journal broke.')));
      if (lost === 'request') return;
      timers.after(thereMs, () => {
        const answer = attempt(act);
        if (lost === undefined) timers.after(backMs, () => answer.then(resolve, reject));
      });
    });
  }
}

/** Acts now; the outcome can be looked at later, or never. */
function attempt<Answer>(act: () => Answer): Promise<Answer> {
  const answer = new Promise<Answer>((resolve) => {
    resolve(act());
  });
  answer.catch(() => {});
  return answer;
}
