import { minorDigits } from '../../protocol/money.js';
import type { Reads } from '../catalogue/reads.js';
import type { VenueDay } from '../catalogue/venue-time.js';
import { type Calendar, calendarOf, type Span } from './calendar.js';
import { ENTRIES } from './entries.js';

/** What amounts can be summed by. `seller`: the holder who ordered for a customer; empty: the customer did. */
export const DIMENSIONS = [
  'day',
  'hour',
  'showtime',
  'movie',
  'venue',
  'channel',
  'ticketType',
  'provider',
  'seller',
  'reason',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export interface Filter {
  readonly venue?: string | undefined;
  readonly movie?: string | undefined;
  readonly showtime?: string | undefined;
  readonly channel?: string | undefined;
}

const SUMS = [
  'tickets',
  'gross',
  'fees',
  'discounts',
  'tax',
  'other',
  'returnedTickets',
  'refunds',
  'refundedTax',
  'net',
] as const;

/** Amounts in minor units of the row's currency; `net` is gross + fees − discounts + other − refunds. */
export type Sums = Readonly<Record<(typeof SUMS)[number], number>>;
export type SumRow = Sums & { readonly currency: string; readonly keys: Readonly<Record<Dimension, string>> };

/** One list of buckets for every zone and cut-off hour that a venue has, and one for what belongs to no venue. */
export async function calendarsOf(db: Reads, span: Span, unit: 'day' | 'hour'): Promise<readonly Calendar[]> {
  const { rows } = await db.query<VenueDay>(
    `SELECT DISTINCT time_zone AS "timeZone", day_cutoff_hour AS "dayCutoffHour" FROM boxoffice.venues
      UNION SELECT 'Etc/UTC', 0`,
  );
  return rows.map((venueDay) => calendarOf(span, venueDay, unit));
}

export interface Asked {
  readonly calendars: readonly Calendar[];
  readonly by: readonly Dimension[];
  readonly filter: Filter;
  /** Rows of Postgres' answer. The query reads one more, so that the caller sees that there are more. */
  readonly rowsMax: number;
}

/**
 * The sums of each currency by the asked dimensions, in the order of their keys.
 * @returns undefined where there are more than `rowsMax` rows
 */
export async function readSums(db: Reads, { calendars, by, filter, rowsMax }: Asked): Promise<SumRow[] | undefined> {
  const bounds = calendars.flatMap(({ timeZone, dayCutoffHour, bounds }) =>
    bounds.map((bound) => [timeZone, dayCutoffHour, new Date(bound)] as const),
  );
  const times = bounds.map(([, , bound]) => bound.getTime());
  const { rows } = await db.query<Record<string, string>>(
    `WITH ${ENTRIES},
     calendar AS (
       SELECT zone, cutoff, array_agg(bound ORDER BY bound) AS bounds
         FROM unnest($3::text[], $4::int[], $5::timestamptz[]) AS given (zone, cutoff, bound) GROUP BY zone, cutoff),
     counted AS (
       SELECT p.*, width_bucket(p.at, c.bounds) AS bucket, cardinality(c.bounds) AS buckets
         FROM placed p JOIN calendar c USING (zone, cutoff)
        WHERE ($6::text IS NULL OR venue = $6) AND ($7::text IS NULL OR movie = $7)
          AND ($8::uuid IS NULL OR showtime = $8) AND ($9::text IS NULL OR channel = $9))
     SELECT CASE WHEN asked && '{day,hour}' THEN zone ELSE '' END AS zone,
            CASE WHEN asked && '{day,hour}' THEN cutoff ELSE 0 END AS cutoff,
            CASE WHEN asked && '{day,hour}' THEN bucket ELSE 0 END AS bucket,
            CASE WHEN 'showtime' = ANY (asked) THEN coalesce(showtime::text, '') ELSE '' END AS showtime,
            CASE WHEN 'movie' = ANY (asked) THEN coalesce(movie, '') ELSE '' END AS movie,
            CASE WHEN 'venue' = ANY (asked) THEN coalesce(venue, '') ELSE '' END AS venue,
            CASE WHEN 'channel' = ANY (asked) THEN channel ELSE '' END AS channel,
            CASE WHEN 'ticketType' = ANY (asked) THEN ticket_type ELSE '' END AS "ticketType",
            CASE WHEN 'provider' = ANY (asked) THEN provider ELSE '' END AS provider,
            CASE WHEN 'seller' = ANY (asked) THEN seller ELSE '' END AS seller,
            CASE WHEN 'reason' = ANY (asked) THEN reason ELSE '' END AS reason,
            currency, sum(tickets) AS tickets, sum(gross) AS gross, sum(fees) AS fees,
            sum(discounts) AS discounts, sum(tax) AS tax, sum(other) AS other, sum(returned_tickets) AS "returnedTickets",
            sum(refunds) AS refunds, sum(refunded_tax) AS "refundedTax",
            sum(gross + fees - discounts + other - refunds) AS net
       FROM counted CROSS JOIN (SELECT $11::text[] AS asked) a WHERE bucket > 0 AND bucket < buckets
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 LIMIT $10`,
    [
      new Date(Math.min(...minMax(times))),
      new Date(Math.max(...minMax(times))),
      bounds.map(([zone]) => zone),
      bounds.map(([, cutoff]) => cutoff),
      bounds.map(([, , bound]) => bound),
      filter.venue ?? null,
      filter.movie ?? null,
      filter.showtime ?? null,
      filter.channel ?? null,
      rowsMax + 1,
      by,
    ],
  );
  return rows.length > rowsMax ? undefined : merged(rows, calendars, by);
}

/** Of many: spread into a call, a year of hours would be too many arguments. */
function minMax(times: readonly number[]): [number, number] {
  return times.reduce<[number, number]>(
    ([least, most], time) => [Math.min(least, time), Math.max(most, time)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

/** Rows of several zones are one where they have the same day, and buckets of one day are one where only hours are asked. */
function merged(
  rows: readonly Record<string, string>[],
  calendars: readonly Calendar[],
  by: readonly Dimension[],
): SumRow[] {
  const buckets = new Map(calendars.map((calendar) => [keyOf(calendar.timeZone, calendar.dayCutoffHour), calendar]));
  const found = new Map<string, SumRow>();
  for (const row of rows) {
    const bucket = buckets.get(keyOf(row['zone'], row['cutoff']))?.buckets[Number(row['bucket']) - 1];
    const textOf = (name: Dimension) =>
      !by.includes(name) ? '' : name === 'day' || name === 'hour' ? (bucket?.[name] ?? '') : (row[name] ?? '');
    const keys = Object.fromEntries(DIMENSIONS.map((name) => [name, textOf(name)])) as SumRow['keys'];
    const currency = row['currency'] ?? '';
    const key = JSON.stringify([...Object.values(keys), currency]);
    const before = found.get(key);
    const sums = Object.fromEntries(SUMS.map((name) => [name, exact(row[name]) + (before?.[name] ?? 0)])) as Sums;
    found.set(key, { keys, currency, ...sums });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function keyOf(zone: unknown, cutoff: unknown): string {
  return `${zone} ${cutoff}`;
}

/** Postgres sends sums as text, for they may be longer than a number of JavaScript is exact. */
function exact(sum: string | undefined): number {
  const value = Number(sum ?? 0);
  if (!Number.isSafeInteger(value)) throw new Error(`A sum of ${sum} minor units is more than can be shown exactly.`);
  return value;
}

/** As people write it, with the digits of its currency: 1250 of EUR is `12.50`. */
export function decimal(amount: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const sign = amount < 0 ? '-' : '';
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
