import { type JournalCopy, MemoryJournal } from '../../../src/adapters/memory/memory-journal.js';
import {
  type Batch,
  type Claim,
  JournalRecovering,
  type Restoration,
  type Restored,
  type Slice,
} from '../../../src/runtime/journal-port.js';
import type { HeldOrders } from '../oracles/held-orders.js';
import type { Census } from './census.js';
import type { LostTails } from './lost-tails.js';
import { TIMES } from './times.js';

/** The seats of a house after one commit or claim, a letter each as on the wire. */
export interface JournalState {
  readonly epoch: number;
  readonly seats: string;
}

/** The journal, and everything that it ever said of a house. */
export class SimJournal extends MemoryJournal {
  /** Told of each slice that was written. */
  onCommitted: (slice: Slice) => void = () => {};
  readonly #now: () => number;
  #promotedAt = Number.NEGATIVE_INFINITY;
  readonly #seatsOf: number;
  readonly #census: Census;
  readonly #states = new Map<string, JournalState[]>();
  readonly #given = new Map<string, number>();
  /** The highest epoch of each showtime that anybody was ever given. */
  readonly #newest = new Map<string, number>();
  readonly #tails: LostTails;
  readonly #isLiving: (writerId: string) => boolean;
  readonly #orders: HeldOrders;

  constructor(
    now: () => number,
    seats: number,
    census: Census,
    tails: LostTails,
    isLiving: (writerId: string) => boolean,
    orders: HeldOrders,
  ) {
    super(now, TIMES.recovering);
    this.#now = now;
    this.#seatsOf = seats;
    this.#census = census;
    this.#tails = tails;
    this.#isLiving = isLiving;
    this.#orders = orders;
  }

  statesOf(showtimeId: string): readonly JournalState[] {
    return this.#states.get(showtimeId) ?? [];
  }

  /** Somebody who lives has not looked at it since a promotion, or not written again what that has lost. */
  get isBehind(): boolean {
    return [...this.#given.keys()].some((writerId) => this.#isLiving(writerId) && !this.isConfirmed(writerId));
  }

  override claim(...args: Parameters<MemoryJournal['claim']>): Claim {
    const [showtimeId] = args;
    const claim = this.#claim(args);
    const newest = this.#newest.get(showtimeId) ?? 0;
    if (claim.epoch <= newest) this.#tails.usedAgain(showtimeId, claim.epoch);
    this.#newest.set(showtimeId, Math.max(newest, claim.epoch));
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

  #claim(args: Parameters<MemoryJournal['claim']>): Claim {
    const waitedFor = this.unconfirmed().filter((writerId) => this.#isLiving(writerId));
    try {
      const claim = super.claim(...args);
      if (waitedFor.length > 0) this.#tails.openedEarly(args[0], this.#now() - this.#promotedAt < TIMES.recovering);
      return claim;
    } catch (error) {
      if (error instanceof JournalRecovering) this.#census.count('a claim waited for others to look');
      throw error;
    }
  }

  override promote(standby: JournalCopy): void {
    this.#tails.promoted(this.copy());
    this.#promotedAt = this.#now();
    super.promote(standby);
    for (const showtimeId of this.#states.keys()) this.#note(showtimeId);
  }

  override restore(...args: Parameters<MemoryJournal['restore']>): Restored {
    const before = this.losses.length;
    const restored = super.restore(...args);
    const known: Restoration = args[4];
    if (restored.bookings > 0) this.#census.count('a lost booking was written again');
    if (restored.holds > 0) this.#census.count('a lost hold was written again');
    if (this.losses.length > before) this.#census.count('a lost seat was named');
    this.#note(known.showtimeId);
    return restored;
  }

  override commit(writerId: string, batch: Batch): readonly Slice[] {
    if (this.#given.get(writerId) === batch.number) this.#census.count('a batch was given again');
    this.#given.set(writerId, batch.number);
    const before = batch.slices.map(({ showtimeId }) => new Map(this.peek(showtimeId).holds));
    const fenced = super.commit(writerId, batch);
    batch.slices.forEach((slice, i) => {
      this.#orders.look(slice, before[i] ?? new Map(), this.peek(slice.showtimeId).holds, this.#now());
    });
    this.#tails.wrote(writerId, batch);
    // An owner of before goes on, as the claim that overtook it is lost.
    for (const { showtimeId, epoch } of batch.slices.filter((slice) => !fenced.includes(slice))) {
      if (epoch < (this.#newest.get(showtimeId) ?? 0)) this.#tails.openedEarly(showtimeId, false);
    }
    for (const slice of batch.slices) if (!fenced.includes(slice)) this.onCommitted(slice);
    if (fenced.length > 0) this.#census.count('a batch was fenced');
    for (const { showtimeId } of batch.slices) this.#note(showtimeId);
    return fenced;
  }

  seatsOf(showtimeId: string): string {
    const { holds, sold, blocks, allocations } = this.peek(showtimeId);
    let letters = '';
    for (let seat = 0; seat < this.#seatsOf; seat++) {
      letters += sold.has(seat)
        ? 'b'
        : blocks.has(seat)
          ? 'x'
          : holds.has(seat)
            ? 'h'
            : allocations.has(seat)
              ? 'x'
              : '.';
    }
    return letters;
  }

  #note(showtimeId: string): void {
    const states = this.#states.get(showtimeId) ?? [];
    this.#states.set(showtimeId, states);
    states.push({ epoch: this.peek(showtimeId).epoch, seats: this.seatsOf(showtimeId) });
  }
}
