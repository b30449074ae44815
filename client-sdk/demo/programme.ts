/** What is on, as people ask for it: by day, then by film, then by time. */
import type { MovieView, ShowtimeView } from '../../src/protocol/http.js';
import type { Money } from '../../src/protocol/money.js';

export interface ProgrammeDay {
  /** Local calendar day, `2026-01-31`. */
  readonly key: string;
  readonly date: Date;
  readonly films: readonly ProgrammeFilm[];
}

export interface ProgrammeFilm {
  readonly title: string;
  /** Undefined where the catalogue of films lacks it. */
  readonly movie: MovieView | undefined;
  readonly showtimes: readonly ShowtimeView[];
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
  return [...grouped(coming, ({ startsAt }) => dayKey(new Date(startsAt)))].map(([key, ofDay]) => ({
    key,
    date: new Date(ofDay[0]?.startsAt ?? now),
    films: [...grouped(ofDay, ({ movie }) => movie.id)].map(([id, ofFilm]) => ({
      title: ofFilm[0]?.movie.title ?? '',
      movie: movieOf.get(id),
      showtimes: ofFilm,
    })),
  }));
}

/** The lowest price of a showtime, or undefined where none is set. */
export function priceFrom({ prices }: Pick<ShowtimeView, 'prices'>): Money | undefined {
  return prices
    .map(({ price }) => price)
    .reduce<Money | undefined>((low, price) => (low && low.amount <= price.amount ? low : price), undefined);
}

function dayKey(date: Date): string {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
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
