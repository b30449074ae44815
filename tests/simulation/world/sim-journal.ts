import { MemoryJournal } from '../../../src/adapters/memory/memory-journal.js';
import type { Batch, Claim, Slice } from '../../../src/runtime/ports.js';
import type { Census } from './census.js';

/** The seats of a house after one commit or claim, a letter each as on the wire. */
export interface JournalState {
  readonly epoch: number;
  readonly seats: string;
}

/** The journal, and everything that it ever said of a house. */
export class SimJournal extends MemoryJournal {
  readonly #seatsOf: number;
  readonly #census: Census;
  readonly #states = new Map<string, JournalState[]>();
  readonly #given = new Map<string, number>();

  constructor(now: () => number, seats: number, census: Census) {
    super(now);
    this.#seatsOf = seats;
    this.#census = census;
  }

  statesOf(showtimeId: string): readonly JournalState[] {
    return this.#states.get(showtimeId) ?? [];
  }

  override claim(showtimeId: string, replayWindowMs: number, nodeName: string): Claim {
    const claim = super.claim(showtimeId, replayWindowMs, nodeName);
    if (claim.epoch > 1) this.#census.count('a claim was made under a newer epoch');
    this.#note(showtimeId);
    const { recorded } = claim;
    const recall = async (holder: string, commandId: string) => {
      const result = await recorded.recall(holder, commandId);
      if (result) this.#census.count('an outcome on record was recalled');
      return result;
    };
    return { ...claim, recorded: { has: recorded.has, recall } };
  }

  override commit(writerId: string, batch: Batch): readonly Slice[] {
    if (this.#given.get(writerId) === batch.number) this.#census.count('a batch was given again');
    this.#given.set(writerId, batch.number);
    const fenced = super.commit(writerId, batch);
    if (fenced.length > 0) this.#census.count('a batch was fenced');
    for (const { showtimeId } of batch.slices) this.#note(showtimeId);
    return fenced;
  }

  seatsOf(showtimeId: string): string {
    const { holds, sold, blocks } = this.peek(showtimeId);
    let letters = '';
    for (let seat = 0; seat < this.#seatsOf; seat++) {
      letters += sold.has(seat) ? 'b' : blocks.has(seat) ? 'x' : holds.has(seat) ? 'h' : '.';
    }
    return letters;
  }

  #note(showtimeId: string): void {
    const states = this.#states.get(showtimeId) ?? [];
    this.#states.set(showtimeId, states);
    states.push({ epoch: this.peek(showtimeId).epoch, seats: this.seatsOf(showtimeId) });
  }
}
