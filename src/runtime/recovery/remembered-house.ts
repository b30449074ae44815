import type { Booking, Hold, House } from '../../core/house.js';
import type { BookedWrite, CommandResult, Restoration, Slice } from '../journal-port.js';
import type { Published } from '../published-view.js';
import type { LoggedBatch } from './commit-log.js';

/** All that an actor knew of its house when it ended. */
export interface Remains {
  readonly epoch: number;
  /** What was acknowledged: its holds, confirmed bookings and blocked seats. */
  readonly published: Pick<Published, 'holds' | 'bookings'> & { readonly blocked: readonly number[] };
  /** Of the house as it was worked on, so with what nobody was told of. */
  readonly bookings: House['bookings'];
  /** The command that made each booking. */
  readonly commandOf: ReadonlyMap<string, string>;
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
  #holds = new Map<number, Hold | undefined>();
  #blocks = new Map<number, string | undefined>();
  readonly #results: (readonly CommandResult[])[] = [];

  constructor(showtimeId: string) {
    this.#showtimeId = showtimeId;
  }

  /** In the order in which the slices were written. */
  add(slice: Slice): void {
    this.#epoch = Math.max(this.#epoch, slice.epoch);
    for (const seat of slice.heldBefore) this.#holds.set(seat, undefined);
    for (const [seat, hold] of slice.holds) this.#holds.set(seat, hold);
    for (const [seat, reason] of slice.blocks) this.#blocks.set(seat, reason);
    for (const booked of slice.booked) this.#bookings.set(booked.booking.id, booked);
    for (const id of slice.cancelled) this.#cancelled.add(id);
    if (slice.results.length > 0) this.#results.push(slice.results);
  }

  /** What was written again before, and is lost once more. */
  addRestoration(known: Restoration): void {
    this.#epoch = Math.max(this.#epoch, known.epoch);
    this.#isAdditive = true;
    for (const [id, booked] of known.bookings) this.#bookings.set(id, booked);
    for (const id of known.cancelled) this.#cancelled.add(id);
    for (const [seat, hold] of known.holds) this.#holds.set(seat, hold);
    for (const [seat, reason] of known.blocks) this.#blocks.set(seat, reason);
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
    const confirmed = new Map(published.bookings.map((booking) => [booking.id, booking]));
    const untold = new Set([pending, ...inFlight].flatMap(({ booked }) => booked.map(({ booking }) => booking.id)));
    for (const booking of bookings.values()) {
      const told = confirmed.get(booking.id);
      if (told) this.#addBooking(told, commandOf);
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
      holds: this.#holds,
      blocks: this.#blocks,
      results: this.#results,
    };
  }

  #addBooking(booking: Booking, commandOf: ReadonlyMap<string, string>): void {
    const written = this.#bookings.get(booking.id);
    const commandId = written?.commandId ?? commandOf.get(booking.id);
    const paymentMethod = written?.paymentMethod ?? PAYMENT_UNKNOWN;
    if (commandId !== undefined) this.#bookings.set(booking.id, { booking, commandId, paymentMethod });
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
