import type { Allocation, Allocations } from '../../core/allocations/allocation.js';
import type { Booking, Hold, House } from '../../core/house.js';
import type { ActsWrite } from '../../core/seat-act.js';
import type { BookedWrite, CommandResult, Reseated, Restoration, Slice } from '../journal-port.js';
import type { Published } from '../published-view.js';
import type { CommandOfBooking } from '../remembered-results.js';
import type { LoggedBatch } from './commit-log.js';

/** All that an actor knew of its house when it ended. */
export interface Remains {
  readonly epoch: number;
  /** What was acknowledged: its holds, confirmed bookings and blocked seats. */
  readonly published: Pick<Published, 'holds' | 'bookings'> & {
    readonly blocked: readonly number[];
    readonly allocations: Allocations;
  };
  /** Of the house as it was worked on, so with what nobody was told of. */
  readonly bookings: House['bookings'];
  /** The command that made each booking. */
  readonly commandOf: ReadonlyMap<string, CommandOfBooking>;
  /** What the journal was not given yet. */
  readonly pending: Slice;
}

/** Of a booking that came with a claim: only the node that made it knows how it was paid for. */
const PAYMENT_UNKNOWN = 'unknown';

/** What is remembered of one showtime, put together from what was written and from what its actor knew. */
export class RememberedHouse {
  readonly #showtimeId: string;
  #epoch = 0;
  #isWhole = false;
  #isAdditive = false;
  readonly #bookings = new Map<string, BookedWrite>();
  readonly #cancelled = new Set<string>();
  readonly #reseated = new Map<string, Reseated>();
  #holds = new Map<number, Hold | undefined>();
  #blocks = new Map<number, string | undefined>();
  #allocations = new Map<number, Allocation | undefined>();
  readonly #results: (readonly CommandResult[])[] = [];
  readonly #acts: ActsWrite[] = [];

  constructor(showtimeId: string) {
    this.#showtimeId = showtimeId;
  }

  /** In the order in which the slices were written. */
  add(slice: Slice): void {
    this.#epoch = Math.max(this.#epoch, slice.epoch);
    for (const [seat, allocation] of slice.allocations ?? []) this.#allocations.set(seat, allocation);
    for (const seat of slice.heldBefore) this.#holds.set(seat, undefined);
    for (const [seat, hold] of slice.holds) this.#holds.set(seat, hold);
    for (const [seat, reason] of slice.blocks) this.#blocks.set(seat, reason);
    for (const booked of slice.booked) this.#bookings.set(booked.booking.id, booked);
    for (const id of slice.cancelled) this.#cancelled.add(id);
    for (const booking of slice.reseated.values()) this.#reseat({ booking, epoch: slice.epoch });
    const { epoch, firstAct: first, acts } = slice;
    if (acts.length > 0) this.#acts.push({ epoch, first, acts });
    if (slice.results.length > 0) this.#results.push(slice.results);
  }

  /** What was written again before, and is lost once more. */
  addRestoration(known: Restoration): void {
    this.#epoch = Math.max(this.#epoch, known.epoch);
    this.#isAdditive = true;
    for (const [id, booked] of known.bookings) this.#bookings.set(id, booked);
    for (const id of known.cancelled) this.#cancelled.add(id);
    for (const reseated of known.reseated.values()) this.#reseat(reseated);
    this.#acts.push(...known.acts);
    for (const [seat, hold] of known.holds) this.#holds.set(seat, hold);
    for (const [seat, reason] of known.blocks) this.#blocks.set(seat, reason);
    for (const [seat, allocation] of known.allocations) this.#allocations.set(seat, allocation);
    this.#results.push(...known.results);
  }

  /** After the slices. `inFlight`: what the journal was given, and nobody was told of. */
  addRemains({ epoch, published, bookings, commandOf, pending }: Remains, inFlight: readonly Slice[]): void {
    this.#epoch = Math.max(this.#epoch, epoch);
    this.#isWhole = true;
    this.#isAdditive = false;
    this.#holds = new Map();
    for (const hold of published.holds) for (const seat of hold.seats) this.#holds.set(seat, hold);
    const reasons = this.#blocks;
    this.#blocks = new Map();
    for (const seat of published.blocked) this.#blocks.set(seat, reasons.get(seat) ?? '');
    this.#allocations = new Map(published.allocations.entries());
    const confirmed = new Map(published.bookings.map((booking) => [booking.id, booking]));
    const untold = new Set([pending, ...inFlight].flatMap(({ booked }) => booked.map(({ booking }) => booking.id)));
    for (const booking of bookings.values()) {
      const told = confirmed.get(booking.id);
      if (told) {
        this.#addBooking(told, commandOf);
        if (told.firstSeats) this.#reseat({ booking: told, epoch });
      }
      // What was cancelled is not published any more; what is neither was never told of.
      else if (booking.status === 'cancelled' && !untold.has(booking.id)) {
        this.#cancelled.add(booking.id);
        this.#addBooking(booking, commandOf);
      }
    }
  }

  finish(): Restoration {
    return {
      showtimeId: this.#showtimeId,
      epoch: this.#epoch,
      isWhole: this.#isWhole,
      isAdditive: this.#isAdditive,
      bookings: this.#bookings,
      cancelled: this.#cancelled,
      reseated: this.#reseated,
      holds: this.#holds,
      blocks: this.#blocks,
      allocations: this.#allocations,
      results: this.#results,
      acts: this.#acts,
    };
  }

  /** The booking itself may be one of those that are to be written again: then with its new seats. */
  #reseat(reseated: Reseated): void {
    const { booking } = reseated;
    this.#reseated.set(booking.id, reseated);
    const written = this.#bookings.get(booking.id);
    if (written) this.#bookings.set(booking.id, { ...written, booking });
  }

  #addBooking(booking: Booking, commandOf: ReadonlyMap<string, CommandOfBooking>): void {
    const written = this.#bookings.get(booking.id);
    const known = commandOf.get(booking.id);
    if (written) this.#bookings.set(booking.id, { ...written, booking });
    else if (known) {
      const { commandId, holder } = known;
      const write = { booking, commandId, paymentMethod: PAYMENT_UNKNOWN };
      this.#bookings.set(booking.id, holder === booking.holder ? write : { ...write, askedBy: holder });
    }
  }
}

/** What these batches wrote, by showtime. */
export function remember(batches: readonly LoggedBatch[]): Map<string, RememberedHouse> {
  const houses = new Map<string, RememberedHouse>();
  for (const { slices, restoration } of batches) {
    if (restoration) houseIn(houses, restoration.showtimeId).addRestoration(restoration);
    for (const slice of slices) houseIn(houses, slice.showtimeId).add(slice);
  }
  return houses;
}

export function houseIn(houses: Map<string, RememberedHouse>, showtimeId: string): RememberedHouse {
  const house = houses.get(showtimeId) ?? new RememberedHouse(showtimeId);
  houses.set(showtimeId, house);
  return house;
}
