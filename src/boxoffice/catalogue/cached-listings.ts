import type { Movie } from './movies.js';
import { type Kind, ReadThrough, type ReadThroughContext, type ReadThroughLimits } from './read-through.js';
import type { Showtime, ShowtimeFilter } from './showtimes.js';

/** What people choose from, as it is read: the box office's side of the gateway's listings. */
export interface ListingReads {
  movies(): Promise<readonly Movie[]>;
  showtimes(filter: ShowtimeFilter): Promise<readonly Showtime[]>;
  showtime(id: string): Promise<Showtime | undefined>;
  seatMapDocument(hash: string): Promise<string | undefined>;
}

export const LISTING_LIMITS: ReadThroughLimits = {
  ttlMs: 30_000,
  absentTtlMs: 5_000,
  staleMsMax: 10 * 60_000,
  patienceMsMax: 500,
  retryAfterMs: 1_000,
  // Half a kilobyte a row.
  lastingRowsMax: 50_000,
  passingRowsMax: 5_000,
  flightsMax: 1_000,
};

const MOVIES: Kind<readonly Movie[]> = {
  name: 'movies-1',
  rowsIn: (movies) => movies.length,
  isUsable: (value): value is readonly Movie[] => Array.isArray(value) && value.every(hasId),
};
const SHOWTIMES: Kind<readonly Showtime[]> = {
  name: 'showtimes-2',
  rowsIn: (showtimes) => showtimes.length,
  isUsable: (value): value is readonly Showtime[] => Array.isArray(value) && value.every(isShowtime),
};
const SHOWTIME: Kind<Showtime | undefined> = {
  name: 'showtime-2',
  rowsIn: (showtime) => (showtime ? 1 : 0),
  isUsable: (value): value is Showtime => isShowtime(value),
};

/**
 * Listings that are read once for many. Seat maps pass by: they never change, and the gateway keeps them compressed.
 * A listing with times of its own, or a later page, is kept in this node only, since anybody can ask for any; the ones that everybody asks
 * for (all, one movie's, one showtime) are shared.
 */
export function cachedListings(reads: ListingReads, context: ReadThroughContext): ListingReads {
  const movies = new ReadThrough(MOVIES, context);
  const showtimes = new ReadThrough(SHOWTIMES, context);
  const showtime = new ReadThrough(SHOWTIME, context);
  return {
    movies: () => movies.read('all', reads.movies),
    showtimes(filter) {
      const { movieId, day, from, until, after } = filter;
      const times = [from, until, after?.startsAt].map((time) => time?.getTime() ?? null);
      const key = JSON.stringify([movieId ?? null, ...times, after?.id ?? null, day ?? null]);
      return showtimes.read(
        key,
        () => reads.showtimes(filter),
        [day, from, until, after].some((part) => part !== undefined),
      );
    },
    showtime: (id) => showtime.read(id, () => reads.showtime(id)),
    seatMapDocument: (hash) => reads.seatMapDocument(hash),
  };
}

function hasId(value: unknown): value is { readonly id: string } {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}

function isShowtime(value: unknown): value is Showtime {
  return hasId(value) && 'seatMap' in value && typeof value.seatMap === 'object' && value.seatMap !== null;
}
