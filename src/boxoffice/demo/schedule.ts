import { createHash } from 'node:crypto';
import type { NewMovie } from '../catalogue/movies.js';
import { instantOf, offsetMs } from '../catalogue/venue-time.js';

export interface ScheduledHall {
  readonly id: string;
  /** What it shows, in turn. */
  readonly movies: readonly NewMovie[];
  /** Minutes after midnight, local time: when the doors of the first open, and the latest that one may begin. */
  readonly firstStart: number;
  readonly lastStart: number;
  /** One more showtime, after all the others: minutes after the same midnight, past 1,440 where it begins in the small hours. */
  readonly lateStart: number;
  /** To let one audience out, clean, and let the next in. */
  readonly turnaroundMinutes: number;
}

export interface ScheduledShowtime {
  readonly id: string;
  readonly movieId: string;
  readonly hallId: string;
  readonly startsAt: Date;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Listings round to this, so that people can remember them. */
const START_GRID_MINUTES = 15;
/** A showtime in the small hours belongs to the evening before, until the cinema's day ends at four in the morning. */
export const DAY_ENDS_HOUR = 4;
const DAY_ENDS_MS = DAY_ENDS_HOUR * 60 * MINUTE_MS;

/**
 * What is on today and tomorrow, by the calendar of `timeZone`. The same for every `now` of one cinema day, and a day
 * planned today as tomorrow is planned tomorrow as today: showtimes made twice have the same ids.
 */
export function scheduleAround(now: Date, timeZone: string, halls: readonly ScheduledHall[]): ScheduledShowtime[] {
  const today = cinemaDayUtc(now, timeZone);
  return [today, today + DAY_MS].flatMap((day) => halls.flatMap((hall) => hallDay(hall, day, timeZone)));
}

/** One hall's programme of one day; `day` is its midnight as if the local calendar were UTC. */
function hallDay(hall: ScheduledHall, day: number, timeZone: string): ScheduledShowtime[] {
  const showtimes: ScheduledShowtime[] = [];
  // The programme moves on by one film a day, so that two days are never alike.
  let turn = Math.round(day / DAY_MS);
  const show = (minute: number): number => {
    const movie = hall.movies[turn++ % hall.movies.length];
    if (!movie) return Number.POSITIVE_INFINITY;
    const startsAt = new Date(instantOf(day + minute * MINUTE_MS, timeZone));
    showtimes.push({ id: showtimeId(hall.id, startsAt), movieId: movie.id, hallId: hall.id, startsAt });
    const free = minute + movie.runtimeMinutes + hall.turnaroundMinutes;
    return Math.ceil(free / START_GRID_MINUTES) * START_GRID_MINUTES;
  };
  for (let minute = hall.firstStart; minute <= hall.lastStart; ) minute = show(minute);
  show(hall.lateStart);
  return showtimes;
}

/** A UUID of version 8 (RFC 9562, 5.8) from what makes a showtime one: a hall can show one film at a time. */
function showtimeId(hallId: string, startsAt: Date): string {
  const digest = createHash('sha256').update(`usher demo ${hallId} ${startsAt.toISOString()}`).digest();
  const bytes = digest.subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Midnight with which the cinema day of `now` began by the calendar, written as if it were UTC. */
function cinemaDayUtc(now: Date, timeZone: string): number {
  const local = now.getTime() + offsetMs(now.getTime(), timeZone);
  return Math.floor((local - DAY_ENDS_MS) / DAY_MS) * DAY_MS;
}
