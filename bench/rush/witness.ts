import type { BookingView, HoldView } from '../../src/protocol/server-messages.js';

/** What a client was promised and what has to be true of it in Postgres. Seats by label. */
export interface ClaimedHold {
  readonly holdId: string;
  readonly holder: string;
  readonly seats: readonly string[];
  readonly expiresAt: number;
}

export interface ClaimedBooking {
  readonly bookingId: string;
  readonly reference: string;
  readonly holder: string;
  readonly seats: readonly string[];
}

export interface Claims {
  readonly holds: readonly ClaimedHold[];
  readonly bookings: readonly ClaimedBooking[];
  /** Holds of which the client was told that they could not be booked: no booking may come of them. */
  readonly deniedHolds: readonly string[];
  /** Holders to whom every command was answered: they have the holds that they know of, and no others. */
  readonly answeredHolders: readonly string[];
}

/** Expiry is the server's to announce; a client that compares clocks allows for the way. */
const CLOCK_SLACK_MS = 1_000;

/** Remembers what the server acknowledged to one client, and holds it to that. */
export class Witness {
  readonly #holds = new Map<string, HoldView>();
  readonly #bookings = new Map<string, BookingView>();
  /** Holds with a command under way that may end them: nothing is claimed of those until it is answered. */
  readonly #inDoubt = new Set<string>();
  readonly #denied = new Set<string>();
  #answered = true;

  held(hold: HoldView): void {
    this.#holds.set(hold.id, hold);
    this.#inDoubt.delete(hold.id);
  }

  doubt(holdId: string): void {
    this.#inDoubt.add(holdId);
  }

  /** The command under way took no effect. */
  trust(holdId: string): void {
    this.#inDoubt.delete(holdId);
  }

  ended(holdId: string): void {
    this.#holds.delete(holdId);
    this.#inDoubt.delete(holdId);
  }

  booked(holdId: string, booking: BookingView): void {
    this.ended(holdId);
    this.#bookings.set(booking.id, booking);
  }

  /** A command never got its reply: what it did to the holder's holds is anybody's guess. */
  unanswered(): void {
    this.#answered = false;
  }

  /** Booking the hold was refused, with a word that says that nothing happened. */
  refusedToBook(holdId: string): void {
    this.#denied.add(holdId);
  }

  /**
   * Compares a snapshot's account of the client's own with what it was promised.
   * @returns how many promises the server has forgotten.
   */
  check(holds: readonly HoldView[], bookings: readonly BookingView[], serverNow: number): number {
    const told = new Map(holds.map((hold) => [hold.id, hold]));
    let forgotten = 0;
    for (const hold of this.#holds.values()) {
      const due = this.#inDoubt.has(hold.id) || hold.expiresAt < serverNow + CLOCK_SLACK_MS;
      if (!due && !sameSeats(told.get(hold.id)?.seats, hold.seats)) forgotten++;
    }
    const toldBookings = new Map(bookings.map((booking) => [booking.id, booking]));
    for (const booking of this.#bookings.values()) {
      if (!sameSeats(toldBookings.get(booking.id)?.seats, booking.seats)) forgotten++;
    }
    return forgotten;
  }

  claims(holder: string): Claims {
    return {
      holds: [...this.#holds.values()]
        .filter((hold) => !this.#inDoubt.has(hold.id))
        .map(({ id, seats, expiresAt }) => ({ holdId: id, holder, seats, expiresAt })),
      bookings: [...this.#bookings.values()].map(({ id, reference, seats }) => ({
        bookingId: id,
        reference,
        holder,
        seats,
      })),
      deniedHolds: [...this.#denied],
      answeredHolders: this.#answered && this.#inDoubt.size === 0 ? [holder] : [],
    };
  }
}

function sameSeats(told: readonly string[] | undefined, promised: readonly string[]): boolean {
  return told?.length === promised.length && promised.every((seat) => told.includes(seat));
}
