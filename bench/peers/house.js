/** The state of one showtime's seats in memory, for the peers that keep it there: who holds what, until when. */
import { randomUUID } from 'node:crypto';

export const AVAILABLE = 0;
export const HELD = 1;
export const BOOKED = 2;

const HOLD_TTL_MS = 5 * 60_000;
const SEATS_PER_HOLD_MAX = 10;

export class House {
  #holds = new Map();
  #onChange;

  /**
   * @param {number} seats
   * @param {(seats: number[], status: number) => void} onChange told after every change, before the caller goes on
   */
  constructor(seats, onChange) {
    this.statuses = new Uint8Array(seats);
    this.#onChange = onChange;
  }

  /** All of the seats or none. @returns the hold, or undefined where one of them is taken or does not exist. */
  hold(seats, holder) {
    if (!isSelection(seats) || seats.some((seat) => this.statuses[seat] !== AVAILABLE)) return undefined;
    const hold = { id: randomUUID(), seats, holder, expiresAt: Date.now() + HOLD_TTL_MS, booking: false };
    hold.timer = setTimeout(() => this.#free(hold), HOLD_TTL_MS);
    this.#holds.set(hold.id, hold);
    this.#set(seats, HELD);
    return hold;
  }

  /** @returns whether the holder had such a hold. */
  release(holdId, holder) {
    const hold = this.#own(holdId, holder);
    if (hold) this.#free(hold);
    return hold !== undefined;
  }

  /**
   * Writes the booking, and shows the seats as booked when it is written.
   * @param {(hold: object) => Promise<string>} insert gives the id of the booking
   * @returns the id of the booking, or undefined where the holder has no such hold
   * @throws what `insert` does; the seats are then still held
   */
  async book(holdId, holder, insert) {
    const hold = this.#own(holdId, holder);
    if (!hold) return undefined;
    // Neither the end of the hold nor a second click may meet a booking that is being written.
    hold.booking = true;
    clearTimeout(hold.timer);
    try {
      const bookingId = await insert(hold);
      this.#holds.delete(hold.id);
      this.#set(hold.seats, BOOKED);
      return bookingId;
    } catch (error) {
      hold.booking = false;
      hold.timer = setTimeout(() => this.#free(hold), Math.max(0, hold.expiresAt - Date.now()));
      throw error;
    }
  }

  #own(holdId, holder) {
    const hold = this.#holds.get(holdId);
    return hold && hold.holder === holder && !hold.booking ? hold : undefined;
  }

  #free(hold) {
    clearTimeout(hold.timer);
    this.#holds.delete(hold.id);
    this.#set(hold.seats, AVAILABLE);
  }

  #set(seats, status) {
    for (const seat of seats) this.statuses[seat] = status;
    this.#onChange(seats, status);
  }
}

/** Distinct seat indexes, not too many. Whether the house has them is for the house to say. */
export function isSelection(seats) {
  return (
    Array.isArray(seats) &&
    seats.length >= 1 &&
    seats.length <= SEATS_PER_HOLD_MAX &&
    seats.every((seat) => Number.isInteger(seat) && seat >= 0) &&
    new Set(seats).size === seats.length
  );
}
