/** What is on, as people ask for it: by day, then by film, then by time. */
import type { MovieView, ShowtimeView } from '../../src/protocol/http.js';
import type { Money } from '../../src/protocol/money.js';

export interface ProgrammeDay {
  /** Of the venues' programmes, `2026-01-31`. */
  readonly day: string;
  /** What day it is now where the first of its showtimes is. */
  readonly today: string;
  readonly films: readonly ProgrammeFilm[];
}

export interface ProgrammeVenue {
  readonly name: string;
  readonly city: string;
  readonly showtimes: readonly ShowtimeView[];
}

export interface ProgrammeFilm {
  readonly title: string;
  /** Undefined where the catalogue of films lacks it. */
  readonly movie: MovieView | undefined;
  /** Where it is shown, each with its own times. */
  readonly venues: readonly ProgrammeVenue[];
}

/** Late comers still find a seat during the adverts; after that a showtime is no longer offered. */
const LATE_MS = 15 * 60_000;

/** Days in order, each with its films by their first showtime. Past showtimes are left out. `now` in ms since 1970. */
export function arrangeProgramme(
  movies: readonly MovieView[],
  showtimes: readonly ShowtimeView[],
  now: number,
): ProgrammeDay[] {
  const movieOf = new Map(movies.map((movie) => [movie.id, movie]));
  const coming = showtimes
    .filter(({ startsAt }) => Date.parse(startsAt) > now - LATE_MS)
    .sort((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt));
  const days = [...grouped(coming, ({ day }) => day)].sort(([a], [b]) => (a < b ? -1 : 1));
  return days.map(([day, ofDay]) => ({
    day,
    today: ofDay[0] ? todayAt(ofDay[0], now) : day,
    films: [...grouped(ofDay, ({ movie }) => movie.id)].map(([id, ofFilm]) => ({
      title: ofFilm[0]?.movie.title ?? '',
      movie: movieOf.get(id),
      venues: [...grouped(ofFilm, ({ venue }) => venue.id).values()].map((ofVenue) => ({
        name: ofVenue[0]?.venue.name ?? '',
        city: ofVenue[0]?.venue.city ?? '',
        showtimes: ofVenue,
      })),
    })),
  }));
}

/** The lowest price of a showtime, or undefined where none is set. */
export function priceFrom({ prices }: Pick<ShowtimeView, 'prices'>): Money | undefined {
  return prices
    .map(({ price }) => price)
    .reduce<Money | undefined>((low, price) => (low && low.amount <= price.amount ? low : price), undefined);
}

/**
 * The day of the programme that it is at the showtime's venue. By the server's own word of how far the clocks there are
 * from UTC: what a browser knows of time zones may be older. Across a change of clocks it is an hour off, at night.
 */
function todayAt({ startsAt, startsAtLocal, venue }: ShowtimeView, now: number): string {
  const aheadMs = Date.parse(`${startsAtLocal}Z`) - Date.parse(startsAt);
  return new Date(now + aheadMs - venue.dayCutoffHour * 3_600_000).toISOString().slice(0, 10);
}

/** Groups in order of first appearance. */
function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
