import type { Change } from '../../../src/core/change.js';
import type { Booking, Hold, HouseState } from '../../../src/core/house.js';
import { Replica } from './house-replica.js';

/** What would be on record of a house, kept from changes alone: a row a held seat, bookings, and blocks. */
export class Rows extends Replica {
  readonly #held = new Map<number, Hold>();
  readonly #bookings = new Map<string, Booking>();

  override follow(changes: readonly Change[]): void {
    super.follow(changes);
    for (const change of changes) {
      if (change.type === 'hold_put') for (const seat of change.hold.seats) this.#held.set(seat, change.hold);
      else if (change.type === 'hold_dropped') for (const seat of change.seats) this.#held.delete(seat);
      else if (change.type === 'booked') for (const seat of change.hold.seats) this.#held.delete(seat);
      else if (change.type === 'hold_taken_away') for (const seat of change.hold.seats) this.#held.delete(seat);
      if ('booking' in change) this.#bookings.set(change.booking.id, change.booking);
    }
  }

  /** Deletes the rows of holds that have ended: an owner who takes over does not read them. */
  sweep(now: number): void {
    for (const [seat, { expiresAt }] of this.#held) {
      if (expiresAt > now) continue;
      this.#held.delete(seat);
      this.seats.delete(seat);
    }
  }

  /** As the next owner reads it. */
  state(): HouseState {
    const holds = new Map<string, Hold>();
    for (const [seat, row] of [...this.#held].sort(([a], [b]) => a - b)) {
      holds.set(row.id, { ...row, seats: [...(holds.get(row.id)?.seats ?? []), seat] });
    }
    const blocked = [...this.seats].flatMap(([seat, what]) => (what === 'blocked' ? [seat] : []));
    return {
      holds: [...holds.values()],
      bookings: [...this.#bookings.values()],
      blocked,
      allocations: [...this.allocations],
    };
  }
}
