import { expect } from 'vitest';
import type { Allocation } from '../../../src/core/allocations/allocation.js';
import type { Change } from '../../../src/core/change.js';
import type { House } from '../../../src/core/house.js';

/** A house of seat → status and owner, kept from changes alone. Each change must find the seats as it claims. */
export class Replica {
  readonly seats = new Map<number, string>();
  /** Seats that are blocked where nobody has them. */
  readonly allocations = new Map<number, Allocation>();

  follow(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.type === 'hold_put') this.#move(change.seats, undefined, `held ${change.hold.id}`);
      else if (change.type === 'hold_dropped') this.#move(change.seats, `held ${change.hold.id}`, undefined);
      else if (change.type === 'hold_taken_away') this.#move(change.hold.seats, `held ${change.hold.id}`, undefined);
      else if (change.type === 'reseated') {
        this.#move(change.freed, `booked ${change.booking.id}`, undefined);
        this.#move(change.taken, undefined, `booked ${change.booking.id}`);
      } else if (change.type === 'booked') {
        expect(change.booking.seats).toEqual(change.hold.seats);
        this.#move(change.booking.seats, `held ${change.hold.id}`, `booked ${change.booking.id}`);
      } else if (change.type === 'partly_cancelled') this.#move(change.freed, `booked ${change.booking.id}`, undefined);
      else if (change.type === 'cancelled') this.#move(change.booking.seats, `booked ${change.booking.id}`, undefined);
      else if (change.type === 'blocked') this.#move(change.seats, undefined, 'blocked');
      else if (change.type === 'allocated') {
        expect(change.taken).toEqual(change.seats.filter((seat) => this.at(seat) === 'available'));
        for (const seat of change.seats) this.allocations.set(seat, change.allocation);
      } else if (change.type === 'deallocated') {
        for (const seat of change.seats) expect(this.allocations.delete(seat)).toBe(true);
        expect(change.freed).toEqual(change.seats.filter((seat) => this.at(seat) === 'available'));
      } else this.#move(change.seats, 'blocked', undefined);
    }
  }

  /** `available`, `held h1`, `booked b1` or `blocked`. */
  at(seat: number): string {
    return this.seats.get(seat) ?? (this.allocations.has(seat) ? 'blocked' : 'available');
  }

  #move(seats: readonly number[], from: string | undefined, to: string | undefined): void {
    for (const seat of seats) {
      expect(this.seats.get(seat)).toBe(from);
      if (to === undefined) this.seats.delete(seat);
      else this.seats.set(seat, to);
    }
  }

  expectLike(house: House): void {
    const names = ['available', 'held', 'booked', 'blocked'];
    const real = [...house.status].map((code, seat) => [names[code], house.ownerOf[seat]].join(' ').trim());
    expect(real.map((_, seat) => this.at(seat))).toEqual(real);
  }
}
