import { boundsOfDay, localTime, type VenueDay } from '../catalogue/venue-time.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The days of a report, both counted in: `2026-01-01` to `2026-01-31` are 31. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** A stretch of time in which everything is counted together. */
export interface Bucket {
  /** The day of the venue, with its cut-off hour. */
  readonly day: string;
  /** Of the clock on the venue's wall, `00` to `23`; empty where buckets are whole days. */
  readonly hour: string;
}

/** Consecutive buckets of one zone and cut-off hour. */
export interface Calendar extends VenueDay {
  /** Milliseconds since 1970: bucket n is from bound n until bound n + 1, so there is one bound more than buckets. */
  readonly bounds: readonly number[];
  readonly buckets: readonly Bucket[];
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days the span has; none or fewer where it ends before it begins. */
export function daysIn({ from, to }: Span): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS + 1;
}

/** Every day of the span. */
export function daysOf(span: Span): readonly string[] {
  return Array.from({ length: daysIn(span) }, (_, n) => addDays(span.from, n));
}

/** The days of a span as venues with this zone and cut-off hour have them, as whole days or cut into hours. */
export function calendarOf(span: Span, venueDay: VenueDay, unit: 'day' | 'hour'): Calendar {
  const bounds: number[] = [];
  const buckets: Bucket[] = [];
  let end = 0;
  for (const day of daysOf(span)) {
    const [from, until] = boundsOfDay(day, venueDay);
    const step = unit === 'day' ? until - from : hourStep(until - from);
    for (let at = from; at < until; at += step) {
      bounds.push(at);
      buckets.push({ day, hour: unit === 'day' ? '' : localTime(at, venueDay.timeZone).slice(11, 13) });
    }
    end = until;
  }
  bounds.push(end);
  return { ...venueDay, bounds, buckets };
}

/** Where clocks change within the day, by half an hour in places, the hours after it begin at other minutes. */
function hourStep(dayMs: number): number {
  return dayMs === DAY_MS ? HOUR_MS : HOUR_MS / 4;
}
