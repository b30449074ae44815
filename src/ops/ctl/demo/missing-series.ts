import { startAt, startsOf } from '../../../boxoffice/catalogue/showtime-series.js';
import type { PlannedSeries } from './chain-programme.js';

const DAY_MS = 86_400_000;

/** Names a showtime by its place: a hall shows one movie at a time. */
export function placeOf(hallId: string, startsAt: number): string {
  return `${hallId} ${startsAt}`;
}

/**
 * What of a series is still to be added: the showtimes that start after `now` and whose place is not in `known`, as few
 * series as make them. `kept` counts those that are there.
 */
export function missingOf(
  series: PlannedSeries,
  timeZone: string,
  now: number,
  known: { has(place: string): boolean },
): { readonly missing: readonly PlannedSeries[]; readonly kept: number } {
  const timesOf = new Map<string, string[]>();
  let kept = 0;
  for (const { local, startsAt } of startsOf(series, timeZone)) {
    if (startsAt <= now) continue;
    if (known.has(placeOf(series.hallId, startsAt))) {
      kept++;
      continue;
    }
    const [day = '', time = ''] = local.split('T');
    timesOf.set(day, [...(timesOf.get(day) ?? []), time]);
  }
  const missing: PlannedSeries[] = [];
  for (const [day, times] of timesOf) {
    const before = missing.at(-1);
    const goesOn = before && isNextDay(before.lastDay, day) && before.times.join() === times.join();
    if (goesOn) missing.splice(-1, 1, { ...before, lastDay: day });
    else missing.push({ ...series, firstDay: day, lastDay: day, times });
  }
  return { missing, kept };
}

/** A series in two parts, none where it is of one showtime. */
export function halvesOf(series: PlannedSeries): PlannedSeries[] {
  const { firstDay, lastDay, times } = series;
  const [first, last] = [Date.parse(firstDay), Date.parse(lastDay)];
  if (first < last) {
    const middle = first + Math.floor((last - first) / DAY_MS / 2) * DAY_MS;
    return [
      { ...series, lastDay: dateOf(middle) },
      { ...series, firstDay: dateOf(middle + DAY_MS) },
    ];
  }
  const half = times.length >> 1;
  return half === 0 ? [] : [times.slice(0, half), times.slice(half)].map((part) => ({ ...series, times: part }));
}

/** The first showtime of an evening, in milliseconds since 1970; undefined where the series has none. */
export function eveningOf({ times }: PlannedSeries, day: string, timeZone: string): number | undefined {
  const time = times.find((one) => one >= '18:30' && one <= '21:30');
  return time === undefined ? undefined : startAt(`${day}T${time}`, timeZone).startsAt;
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function isNextDay(day: string, next: string): boolean {
  return Date.parse(day) + DAY_MS === Date.parse(next);
}
