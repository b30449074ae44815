/**
 * The clocks and days of venues. This is the one layer that turns instants into local times and back, by the zones that
 * this Node knows: Postgres, browsers and other nodes may know other rules of the same zone, so they are handed the result.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Where a day of showtimes begins and ends. */
export interface VenueDay {
  readonly timeZone: string;
  /** A showtime that begins before this hour belongs to the evening before. */
  readonly dayCutoffHour: number;
}

/**
 * Whether it is a name of area and city that this Node has the rules of. `CET`, `EET`, `EST` and their like are refused:
 * some programs have no summer time for them.
 */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Z][A-Za-z_]*(\/[A-Za-z0-9_+-]+)+$/.test(name)) return false;
  try {
    return formatOf(name) !== undefined;
  } catch {
    return false;
  }
}

/** What a clock on the wall shows: `2026-01-31T20:00:00`. */
export function localTime(instant: number, timeZone: string): string {
  return new Date(instant + offsetMs(instant, timeZone)).toISOString().slice(0, 19);
}

/** The day of showtimes that the instant belongs to: `2026-01-31`. */
export function dayOf(instant: number, { timeZone, dayCutoffHour }: VenueDay): string {
  const local = instant + offsetMs(instant, timeZone);
  return new Date(local - dayCutoffHour * HOUR_MS).toISOString().slice(0, 10);
}

/** From when until when, in milliseconds since 1970, showtimes belong to `day`: a text such as `2026-01-31`. */
export function boundsOfDay(
  day: string,
  { timeZone, dayCutoffHour }: VenueDay,
): readonly [from: number, until: number] {
  const first = Date.parse(`${day}T00:00:00Z`) + dayCutoffHour * HOUR_MS;
  return [instantOf(first, timeZone), instantOf(first + DAY_MS, timeZone)];
}

/**
 * The instant at which clocks of the zone show what `local` shows when read as UTC. Of an hour that comes twice the first;
 * in an hour that is skipped, as long after the change as it would have been after the hour before.
 */
export function instantOf(local: number, timeZone: string): number {
  // Clocks change by some hours at most: a day before and after are the two offsets that it can be.
  const before = offsetMs(local - DAY_MS, timeZone);
  for (const offset of [before, offsetMs(local + DAY_MS, timeZone)]) {
    if (offsetMs(local - offset, timeZone) === offset) return local - offset;
  }
  return local - before;
}

/** How far clocks of the zone are ahead of UTC at this instant. */
export function offsetMs(instant: number, timeZone: string): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return shown - Math.floor(instant / 1000) * 1000;
}

/** Kept, since making one costs as much as a hundred uses; there are as many as zones with a venue. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
