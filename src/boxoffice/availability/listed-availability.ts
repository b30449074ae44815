import type { Showtime } from '../catalogue/showtime-list.js';
import type { KnownAvailability } from './known-availability.js';

/** How soon it is noticed that they are switched on again. */
const OFF_FRESH_MS = 1_000;

/** A showtime with how full it was a moment ago, where anybody has told. */
export interface AvailableShowtime extends Showtime {
  readonly availability?: { readonly available: number; readonly seats: number };
}

/** Adds to showtimes how many seats are left. A hint for people: what is sold is decided by the house alone. */
export class ListedAvailability {
  readonly #known: KnownAvailability;
  readonly #isOn: () => boolean;
  readonly #now: () => number;

  constructor(known: KnownAvailability, isOn: () => boolean, now: () => number) {
    this.#known = known;
    this.#isOn = isOn;
    this.#now = now;
  }

  async of(showtimes: readonly Showtime[]): Promise<readonly AvailableShowtime[]> {
    if (!this.#isOn()) return showtimes;
    const counts = await this.#known.of(showtimes.map(({ id }) => id));
    return showtimes.map((showtime) => {
      const { available, seats } = counts.get(showtime.id) ?? {};
      // Counts of another hall are somebody's mistake; none are better.
      if (available === undefined || seats !== showtime.seatMap.seats) return showtime;
      return { ...showtime, availability: { available, seats } };
    });
  }

  /** Until when `of` gives the same for these, as this node's clock has it. */
  freshUntil(showtimes: readonly Showtime[]): number {
    return this.#isOn() ? this.#known.freshUntil(showtimes.map(({ id }) => id)) : this.#now() + OFF_FRESH_MS;
  }
}
