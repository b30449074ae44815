import type { ListingReads } from '../catalogue/cached-listings.js';
import type { Showtime } from '../catalogue/showtimes.js';
import type { KnownAvailability } from './known-availability.js';

/** A showtime with how full it was a moment ago, where anybody has told. */
export interface AvailableShowtime extends Showtime {
  readonly availability?: { readonly available: number; readonly seats: number };
}

export interface AvailableListings extends ListingReads {
  showtimes(...filter: Parameters<ListingReads['showtimes']>): Promise<readonly AvailableShowtime[]>;
  showtime(id: string): Promise<AvailableShowtime | undefined>;
}

/** A listing with its counts, and until when asking for them again would give the same. */
interface Told {
  readonly told: readonly AvailableShowtime[];
  readonly freshUntil: number;
}

/**
 * Listings that show how many seats are left. A hint for people: what is sold is decided by the house alone. While nothing
 * can have changed, the very same array is given: whoever made something of it need not make it again.
 */
export function withAvailability(
  listings: ListingReads,
  known: KnownAvailability,
  isOn: () => boolean,
  now: () => number,
): AvailableListings {
  const toldBefore = new WeakMap<readonly Showtime[], Told>();
  const told = async (showtimes: readonly Showtime[]): Promise<readonly AvailableShowtime[]> => {
    if (!isOn()) return showtimes;
    const before = toldBefore.get(showtimes);
    if (before && now() < before.freshUntil) return before.told;
    const counts = await known.of(showtimes.map(({ id }) => id));
    const told = showtimes.map((showtime) => {
      const { available, seats } = counts.get(showtime.id) ?? {};
      // Counts of another hall are somebody's mistake; none are better.
      if (available === undefined || seats !== showtime.seatMap.seats) return showtime;
      return { ...showtime, availability: { available, seats } };
    });
    toldBefore.set(showtimes, { told, freshUntil: known.freshUntil(showtimes.map(({ id }) => id)) });
    return told;
  };
  return {
    ...listings,
    showtimes: async (filter) => await told(await listings.showtimes(filter)),
    async showtime(id) {
      const showtime = await listings.showtime(id);
      return showtime && (await told([showtime]))[0];
    },
  };
}
