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

/** Listings that show how many seats are left. A hint for people: what is sold is decided by the house alone. */
export function withAvailability(
  listings: ListingReads,
  known: KnownAvailability,
  isOn: () => boolean,
): AvailableListings {
  const told = async (showtimes: readonly Showtime[]): Promise<readonly AvailableShowtime[]> => {
    if (!isOn()) return showtimes;
    const counts = await known.of(showtimes.map(({ id }) => id));
    return showtimes.map((showtime) => {
      const { available, seats } = counts.get(showtime.id) ?? {};
      // Counts of another hall are somebody's mistake; none are better.
      if (available === undefined || seats !== showtime.seatMap.seats) return showtime;
      return { ...showtime, availability: { available, seats } };
    });
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
