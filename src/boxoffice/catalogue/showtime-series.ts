/** Local times of a venue as instants, over the days on which its clocks change. */
import { instantOf, localTime, offsetMs } from './venue-time.js';

const DAY_MS = 86_400_000;
export const SERIES_MAX = 400;

export interface Series {
  /** `2026-10-20`, both included. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** `14:00` on each of these days. */
  readonly times: readonly string[];
}

export interface SeriesStart {
  /** What was asked for: `2026-10-25T02:30`. */
  readonly local: string;
  readonly startsAt: number;
  /** `skipped`: clocks never show this time, so it starts as much later. `twice`: it comes twice, and the first is taken. */
  readonly adjusted?: 'skipped' | 'twice';
}

/** In order. Empty where the last day is before the first. */
export function startsOf({ firstDay, lastDay, times }: Series, timeZone: string): SeriesStart[] {
  const starts: SeriesStart[] = [];
  const last = Date.parse(lastDay);
  for (let day = Date.parse(firstDay); day <= last && starts.length <= SERIES_MAX; day += DAY_MS) {
    const date = new Date(day).toISOString().slice(0, 10);
    for (const time of [...new Set(times)].sort()) starts.push(startAt(`${date}T${time}`, timeZone));
  }
  return starts;
}

/** @param local such as `2026-10-25T02:30`. */
export function startAt(local: string, timeZone: string): SeriesStart {
  const wanted = Date.parse(`${local}:00Z`);
  const startsAt = instantOf(wanted, timeZone);
  if (localTime(startsAt, timeZone) !== `${local}:00`) return { local, startsAt, adjusted: 'skipped' };
  const after = wanted - offsetMs(wanted + DAY_MS, timeZone);
  const isTwice = after !== startsAt && localTime(after, timeZone) === `${local}:00`;
  return isTwice ? { local, startsAt, adjusted: 'twice' } : { local, startsAt };
}
