import type { Allocation } from '../core/allocations/allocation.js';
import type { Change } from '../core/change.js';
import type { Booking, Hold } from '../core/house.js';
import { actOf, type SeatAct } from '../core/seat-act.js';
import type { BookedWrite, CommandResult, Slice } from './journal-port.js';

/**
 * The changes of one actor that the journal does not have yet, coalesced by seat: however often a seat is held and
 * released between two flushes, it is written once.
 */
export class PendingWrites {
  #holds = new Map<number, Hold | undefined>();
  #heldBefore = new Set<number>();
  #blocks = new Map<number, string | undefined>();
  /** Made for the first: most houses never have one. */
  #allocations: Map<number, Allocation | undefined> | undefined;
  #booked: BookedWrite[] = [];
  #cancelled: string[] = [];
  #reseated = new Map<string, Booking>();
  #acts: SeatAct[] = [];
  /** See ActsWrite. */
  #firstAct = 1;
  #results: CommandResult[] = [];

  /**
   * `result` is that of the command, absent for expiry; `paymentMethod` is needed where a booking is among them; `now` is when
   * it happened, in milliseconds since 1970.
   */
  add(changes: readonly Change[], result: CommandResult | undefined, paymentMethod: string, now: number): void {
    for (const change of changes) {
      this.#addChange(change, result, paymentMethod);
      const act = actOf(change, result?.holder, now);
      if (act) this.#acts.push(act);
    }
    // A booking is its own record of the command.
    if (result && result.command !== 'book') this.#results.push(result);
  }

  #addChange(change: Change, result: CommandResult | undefined, paymentMethod: string): void {
    switch (change.type) {
      case 'hold_put':
        // Every seat of the hold: extending or adding to it replaced the value that all its rows carry.
        for (const seat of change.hold.seats) this.#setHold(seat, change.hold, change.seats);
        break;
      case 'hold_dropped':
        for (const seat of change.seats) this.#setHold(seat, undefined, []);
        break;
      case 'hold_taken_away':
        for (const seat of change.hold.seats) this.#setHold(seat, undefined, []);
        break;
      case 'booked':
        for (const seat of change.booking.seats) this.#setHold(seat, undefined, []);
        if (!result) throw new Error('a booking without the command that made it');
        this.#booked.push(bookedWrite(change.booking, result, paymentMethod));
        break;
      case 'cancelled':
        this.#cancelled.push(change.booking.id);
        break;
      case 'partly_cancelled':
      case 'reseated':
        this.#reseated.set(change.booking.id, change.booking);
        break;
      case 'blocked':
        for (const seat of change.seats) this.#blocks.set(seat, change.reason);
        break;
      case 'unblocked':
        for (const seat of change.seats) this.#blocks.set(seat, undefined);
        break;
      case 'allocated':
        this.#setAllocation(change.seats, change.allocation);
        break;
      case 'deallocated':
        this.#setAllocation(change.seats, undefined);
        break;
    }
  }

  /**
   * The first change of a seat since the last slice tells whether the journal has a hold of it: memory then was what the
   * journal is. `wereFree` are the seats that no hold had just before the change.
   */
  #setHold(seat: number, hold: Hold | undefined, wereFree: readonly number[]): void {
    if (!this.#holds.has(seat) && !wereFree.includes(seat)) this.#heldBefore.add(seat);
    this.#holds.set(seat, hold);
  }

  #setAllocation(seats: readonly number[], allocation: Allocation | undefined): void {
    this.#allocations ??= new Map();
    for (const seat of seats) this.#allocations.set(seat, allocation);
  }

  /** All of it, as one slice of a batch; what comes after begins the next. */
  collect(showtimeId: string, epoch: number): Slice {
    const slice: Slice = {
      showtimeId,
      epoch,
      holds: this.#holds,
      heldBefore: this.#heldBefore,
      blocks: this.#blocks,
      ...(this.#allocations ? { allocations: this.#allocations } : {}),
      booked: this.#booked,
      cancelled: this.#cancelled,
      reseated: this.#reseated,
      results: this.#results,
      firstAct: this.#firstAct,
      acts: this.#acts,
    };
    this.#firstAct += this.#acts.length;
    this.#acts = [];
    this.#holds = new Map();
    this.#heldBefore = new Set();
    this.#blocks = new Map();
    this.#allocations = undefined;
    this.#booked = [];
    this.#cancelled = [];
    this.#reseated = new Map();
    this.#results = [];
    return slice;
  }
}

/** How much a slice weighs in a flush. Its acts weigh nothing of their own: they are one row, and as many as the rest. */
export function rowsOf({ holds, blocks, allocations, booked, cancelled, reseated, results }: Slice): number {
  return (
    holds.size +
    blocks.size +
    (allocations?.size ?? 0) +
    booked.length +
    cancelled.length +
    reseated.size +
    results.length
  );
}

function bookedWrite(booking: Booking, { holder, commandId }: CommandResult, paymentMethod: string): BookedWrite {
  const write = { booking, commandId, paymentMethod };
  return holder === booking.holder ? write : { ...write, askedBy: holder };
}
