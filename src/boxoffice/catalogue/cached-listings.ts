import type { CityView, VenueView } from '../../protocol/http.js';
import type { Movie, MovieFilter } from './movies.js';
import type { Page } from './page.js';
import { type Kind, ReadThrough, type ReadThroughContext, type ReadThroughLimits } from './read-through.js';
import type { Showtime, ShowtimeFilter } from './showtime-list.js';
import type { VenueFilter } from './venues.js';

/** What people choose from, as it is read. */
export interface ListingReads {
  movies(filter: MovieFilter): Promise<Page<Movie>>;
  showtimes(filter: ShowtimeFilter): Promise<Page<Showtime>>;
  showtime(id: string): Promise<Showtime | undefined>;
  venues(filter: VenueFilter): Promise<Page<VenueView>>;
  cities(after?: string): Promise<Page<CityView>>;
}

export const LISTING_LIMITS: ReadThroughLimits = {
  ttlMs: 30_000,
  absentTtlMs: 5_000,
  staleMsMax: 10 * 60_000,
  patienceMsMax: 500,
  retryAfterMs: 1_000,
  // Half a kilobyte a row, and as much again where it was rendered.
  rowsMax: 50_000,
  flightsMax: 1_000,
};

type Members = Readonly<Record<string, unknown>>;

const SHOWTIME: Kind<Showtime | undefined> = {
  name: 'showtime-2',
  rowsIn: (showtime) => (showtime ? 1 : 0),
  isUsable: (value): value is Showtime => isObject(value) && isShowtime(value),
};
const MOVIES = pagesOf<Movie>('movies-2', hasId);
const SHOWTIMES = pagesOf<Showtime>('showtimes-3', isShowtime);
const VENUES = pagesOf<VenueView>('venues-1', hasId);
const CITIES = pagesOf<CityView>('cities-1', (value) => typeof value['city'] === 'string');

/**
 * Listings that are read once for many. Those that everybody asks for (all, one movie's, one showtime) are shared between
 * nodes. Of the others there is no end, since anybody can make up a filter: each node keeps them for itself.
 */
export function cachedListings(reads: ListingReads, context: ReadThroughContext): ListingReads {
  const cache = new ReadThrough(context);
  return {
    movies: (filter) => cache.read(MOVIES, keyOf(filter), () => reads.movies(filter), reachOf(filter, [])),
    showtimes: (filter) =>
      cache.read(SHOWTIMES, keyOf(filter), () => reads.showtimes(filter), reachOf(filter, ['movieId'])),
    showtime: (id) => cache.read(SHOWTIME, id, () => reads.showtime(id), 'shared'),
    venues: (filter) => cache.read(VENUES, keyOf(filter), () => reads.venues(filter), reachOf(filter, [])),
    cities: (after) => cache.read(CITIES, after ?? '', () => reads.cities(after), reachOf({ after }, [])),
  };
}

/** Members that are undefined are left out. The same members in another order are another key, and only read twice. */
function keyOf(filter: object): string {
  return JSON.stringify(filter);
}

function reachOf(filter: object, shareable: readonly string[]): 'shared' | 'own' {
  const names = Object.entries(filter).filter(([, value]) => value !== undefined);
  return names.every(([name]) => shareable.includes(name)) ? 'shared' : 'own';
}

function pagesOf<Item>(name: string, isItem: (value: Members) => boolean): Kind<Page<Item>> {
  return {
    name,
    rowsIn: ({ items }) => items.length,
    isUsable: (value): value is Page<Item> =>
      isObject(value) &&
      Array.isArray(value['items']) &&
      value['items'].every((item) => isObject(item) && isItem(item)) &&
      ['undefined', 'string'].includes(typeof value['next']),
  };
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

function hasId(value: Members): boolean {
  return typeof value['id'] === 'string';
}

function isShowtime(value: Members): boolean {
  return hasId(value) && isObject(value['seatMap']);
}
