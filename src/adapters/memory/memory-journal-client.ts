import type { Timers } from '../../kernel/timers.js';
import type {
  Batch,
  Claim,
  Journal,
  Owner,
  Position,
  Restoration,
  Restored,
  Slice,
} from '../../runtime/journal-port.js';
import type { MemoryJournal } from './memory-journal.js';
import { type Trip, travel } from './trip.js';

export type JournalCall = 'claim' | 'recall' | 'commit' | 'owners' | 'position' | 'confirm' | 'restore';

export interface MemoryJournalClientOptions {
  readonly journal: MemoryJournal;
  readonly timers: Timers;
  /** One life of one node, as in PostgresJournal. */
  readonly writerId: string;
  readonly replayWindowMs: number;
  /** Asked at each call; absent: every call arrives and is answered, as fast as timers go. */
  readonly trip?: (call: JournalCall) => Trip;
  /** As recorded with claims. */
  readonly nodeName?: string;
}

/** The reference Journal: the guarantees of the port over a MemoryJournal, on a way that can be as bad as a network. */
export class MemoryJournalClient implements Journal {
  readonly #options: MemoryJournalClientOptions;

  constructor(options: MemoryJournalClientOptions) {
    this.#options = options;
  }

  async claim(showtimeId: string, after: number): Promise<Claim> {
    const { journal, replayWindowMs, writerId } = this.#options;
    const claim = await this.#travel('claim', () =>
      journal.claim(showtimeId, replayWindowMs, this.#nodeName, writerId, after),
    );
    const { recorded } = claim;
    const recall = (holder: string, commandId: string) =>
      this.#travel('recall', () => recorded.recall(holder, commandId));
    return { ...claim, recorded: { has: recorded.has, recall } };
  }

  async commit(batch: Batch): Promise<{ readonly fenced: readonly Slice[] }> {
    const { journal, writerId } = this.#options;
    return await this.#travel('commit', () => ({ fenced: journal.commit(writerId, batch) }));
  }

  async owners(showtimeIds: readonly string[]): Promise<ReadonlyMap<string, Owner>> {
    const { journal, writerId } = this.#options;
    return await this.#travel('owners', () => journal.owners(showtimeIds, writerId));
  }

  async position(): Promise<Position> {
    const { journal, writerId } = this.#options;
    return await this.#travel('position', () => journal.position(writerId));
  }

  async confirm(after: number, timeline: number): Promise<boolean> {
    const { journal, writerId } = this.#options;
    return await this.#travel('confirm', () => journal.confirm(writerId, after, timeline));
  }

  async restore(number: number, after: number, restoration: Restoration): Promise<Restored> {
    const { journal, writerId } = this.#options;
    const restore = () => journal.restore(writerId, this.#nodeName, number, after, restoration);
    return await this.#travel('restore', restore);
  }

  get #nodeName(): string {
    return this.#options.nodeName ?? this.#options.writerId;
  }

  #travel<Answer>(call: JournalCall, act: () => Answer | Promise<Answer>): Promise<Answer> {
    const { timers, trip } = this.#options;
    return travel(timers, trip?.(call) ?? {}, act);
  }
}
