/** What each hall of the chain shows and when: computed from the date alone, so that every run plans the same. */
import type { ChainMovie } from './chain-movie.js';
import type { ChainHall } from './chain-venues.js';
import { MOVIES_SINCE_1992 } from './movies-since-1992.js';
import { MOVIES_UNTIL_1991 } from './movies-until-1991.js';

export const CHAIN_MOVIES: readonly ChainMovie[] = [...MOVIES_UNTIL_1991, ...MOVIES_SINCE_1992];

/** One movie in one hall, on each of the days at each of the times, by the clocks of the venue. */
export interface PlannedSeries {
  readonly hallId: string;
  readonly movieId: string;
  /** `2026-01-31`, both included. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** `20:15`, in order. */
  readonly times: readonly string[];
}

const DAY_MS = 86_400_000;
/** How long a hall shows the same movies. */
const DAYS_OF_RUN = 14;
const FIRST_START_MINUTES = 10 * 60 + 30;
const LAST_START_MINUTES = 22 * 60 + 30;
/** More than the 20 minutes that a hall needs between two showtimes: advertisements run before a film. */
const BREAK_MINUTES = 30;
const START_GRID_MINUTES = 5;
/** Ratings of the movies that are shown first on a day. */
const FOR_CHILDREN = ['G', 'PG'];

/** So many days from the first on: `2026-01-31`. */
export function daysFrom(firstDay: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => dateOf(Date.parse(firstDay) / DAY_MS + i));
}

/** What the hall shows from `firstDay` on for so many days. Its programme changes every second Thursday. */
export function seriesOf(hall: ChainHall, firstDay: string, days: number): PlannedSeries[] {
  const first = Date.parse(firstDay) / DAY_MS;
  const end = first + days;
  // Day 0 of Unix time was a Thursday. One half of the halls changes in the week after the other half.
  const shift = (hall.index % 2) * (DAYS_OF_RUN / 2);
  const series: PlannedSeries[] = [];
  for (let day = first; day < end; ) {
    const run = Math.floor((day + shift) / DAYS_OF_RUN);
    const until = Math.min(end, (run + 1) * DAYS_OF_RUN - shift);
    const during = { hallId: hall.id, firstDay: dateOf(day), lastDay: dateOf(until - 1) };
    series.push(...runOf(hall.index, run).map((shown) => ({ ...during, ...shown })));
    day = until;
  }
  return series;
}

/** The movies of a hall in one run, each with its times: one after the other in turn, the same on every day. */
function runOf(hall: number, run: number): Pick<PlannedSeries, 'movieId' | 'times'>[] {
  const lineup = lineupOf(hall, run);
  const times = lineup.map((): string[] => []);
  let start = FIRST_START_MINUTES + ((hall * 25) % 90);
  for (let turn = 0; start <= LAST_START_MINUTES; turn++) {
    const at = turn % lineup.length;
    times[at]?.push(clockOf(start));
    const free = start + (lineup[at]?.runtimeMinutes ?? 0) + BREAK_MINUTES;
    start = Math.ceil(free / START_GRID_MINUTES) * START_GRID_MINUTES;
  }
  return lineup.map(({ id }, i) => ({ movieId: id, times: times[i] ?? [] })).filter(({ times: own }) => own.length > 0);
}

/** Two or three movies. 11, 13 and 40 have no common factor: no movie comes twice, and every movie is somewhere. */
function lineupOf(hall: number, run: number): ChainMovie[] {
  const count = 2 + ((hall + run) % 2);
  const first = hall * 11 + run * 7;
  const lineup = Array.from({ length: count }, (_, i) => CHAIN_MOVIES[(first + i * 13) % CHAIN_MOVIES.length]);
  const isLate = ({ rating = '' }: ChainMovie) => (FOR_CHILDREN.includes(rating) ? 0 : 1);
  return lineup.filter((movie) => movie !== undefined).sort((a, b) => isLate(a) - isLate(b));
}

function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function clockOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
