import type { Pool } from 'pg';
import { z } from 'zod';
import type { HouseRules } from '../../core/house.js';
import { isCurrency } from '../../protocol/money.js';
import type { Reads } from './reads.js';
import type { ShowtimePosition } from './showtime-cursor.js';
import { boundsOfDay, dayOf, localTime, type VenueDay } from './venue-time.js';

/** A showtime as people choose it: the members of the HTTP API's view, less its URLs. */
export interface Showtime {
  readonly id: string;
  readonly movie: { readonly id: string; readonly title: string };
  readonly venue: { readonly id: string; readonly name: string; readonly city: string } & VenueDay;
  readonly hall: { readonly id: string; readonly name: string };
  /** RFC 3339, UTC. */
  readonly startsAt: string;
  /** What the clocks of the venue show then: `2026-01-31T20:00:00`. */
  readonly startsAtLocal: string;
  /** The day of the venue's programme that it belongs to. */
  readonly day: string;
  readonly seatMap: { readonly hash: string; readonly seats: number };
  /** Dearest first. */
  readonly prices: readonly {
    readonly category: string;
    readonly price: { readonly amount: number; readonly currency: string };
  }[];
}

export interface ShowtimeFilter {
  /** Only this movie's. */
  readonly movieId?: string;
  /** Of this day of its venue: `2026-01-31`. */
  readonly day?: string;
  /**
   * Starting then or later; absent, as `day` is: the start of the venue's day, so that what is running now is still found.
   */
  readonly from?: Date;
  /** Starting before then. */
  readonly until?: Date;
  /** Only those behind this one in the order of the list. */
  readonly after?: ShowtimePosition;
}

/** What one showtime may set for itself; everything else is the node's default. */
export type RuleOverrides = Partial<
  Pick<
    HouseRules,
    | 'holdTtlMs'
    | 'seatsPerHold'
    | 'holdsPerHolder'
    | 'extensionsPerHold'
    | 'singleGap'
    | 'distancing'
    | 'bookAfterClose'
  > & {
    /** From the start to the end of sales; below 0 they end before it. */
    readonly salesGraceMs: number;
  }
>;

export interface NewShowtime {
  readonly id: string;
  readonly movieId: string;
  readonly hallId: string;
  readonly startsAt: Date;
  readonly currency: string;
  /** Minor units by category name; every category of the hall's seat map needs one. */
  readonly prices: Readonly<Record<string, number>>;
  readonly rules?: RuleOverrides;
}

/** What the actor of a showtime needs to know before it can sell. */
export interface ShowtimeTerms {
  readonly seatMapHash: string;
  /** Minor units of `currency` by category name. */
  readonly prices: Readonly<Record<string, number>>;
  readonly currency: string;
  readonly rules: RuleOverrides;
  readonly salesOpen: boolean;
  readonly salesOpenAt: Date | undefined;
  /** Undefined: sales end as the rules say. */
  readonly salesCloseAt: Date | undefined;
  readonly startsAt: Date;
  /** Rises with every change of any of these but the seat map, which never changes. */
  readonly version: number;
}

/** The most showtimes on one page of the list. */
export const SHOWTIMES_LISTED_MAX = 500;

/** No showtime is sold a month after it began. */
const SALES_GRACE_MS_MAX = 31 * 86_400_000;

const wholeNumber = z.int().nonnegative();
/** What nobody could pay in is refused when it is set, and again where somebody wrote it into the database. */
export const currencySchema = z.string().refine(isCurrency, {
  error: 'is no currency of ISO 4217 that is in use; see src/protocol/money.ts',
});
export const pricesSchema = z.record(z.string(), wholeNumber);
export const rulesSchema = z.strictObject({
  holdTtlMs: z.exactOptional(z.int().positive()),
  seatsPerHold: z.exactOptional(z.int().positive()),
  holdsPerHolder: z.exactOptional(z.int().positive()),
  extensionsPerHold: z.exactOptional(wholeNumber),
  singleGap: z.exactOptional(z.enum(['off', 'lenient', 'strict'])),
  distancing: z.exactOptional(wholeNumber),
  bookAfterClose: z.exactOptional(z.boolean()),
  salesGraceMs: z.exactOptional(z.int().min(-SALES_GRACE_MS_MAX).max(SALES_GRACE_MS_MAX)),
});

interface ShowtimeRow {
  readonly id: string;
  readonly movie_id: string;
  readonly title: string;
  readonly venue_id: string;
  readonly venue: string;
  readonly city: string;
  readonly time_zone: string;
  readonly day_cutoff_hour: number;
  readonly hall_id: string;
  readonly hall: string;
  readonly starts_at: Date;
  readonly hash: string;
  readonly seats: number;
  readonly currency: string;
  readonly prices: unknown;
}

const SELECT_SHOWTIME = `
  SELECT s.id, s.movie_id, m.title, v.id AS venue_id, v.name AS venue, v.city, v.time_zone, v.day_cutoff_hour,
         s.hall_id, h.name AS hall, s.starts_at,
         s.seat_map_hash AS hash, p.seats, s.currency, s.prices
    FROM boxoffice.showtimes s
    JOIN boxoffice.movies m ON m.id = s.movie_id
    JOIN boxoffice.halls h ON h.id = s.hall_id
    JOIN boxoffice.venues v ON v.id = h.venue_id
    JOIN boxoffice.seat_maps p ON p.hash = s.seat_map_hash`;

/** Showtimes in the order in which they start: a page, and one more where the list goes on behind it. */
export async function listShowtimes(
  pool: Reads,
  filter: ShowtimeFilter = {},
  now: number = Date.now(),
): Promise<Showtime[]> {
  const { day, from, after } = filter;
  const days = day === undefined && from ? NO_DAYS : await daysOfVenues(pool, day, now);
  const { rows } = await pool.query<ShowtimeRow>(
    `${SELECT_SHOWTIME}
    LEFT JOIN unnest($7::text[], $8::integer[], $9::timestamptz[], $10::timestamptz[])
              AS d (time_zone, day_cutoff_hour, starts, ends)
           ON d.time_zone = v.time_zone AND d.day_cutoff_hour = v.day_cutoff_hour
      WHERE ($1::text IS NULL OR s.movie_id = $1)
        AND s.cancelled_at IS NULL
        AND s.starts_at >= greatest($2::timestamptz, d.starts)
        AND s.starts_at < coalesce(least($3::timestamptz, d.ends), 'infinity')
        AND ($4::timestamptz IS NULL OR (s.starts_at, s.id) > ($4, $5::uuid))
      ORDER BY s.starts_at, s.id
      LIMIT $6`,
    [
      filter.movieId ?? null,
      from ?? null,
      filter.until ?? null,
      after?.startsAt ?? null,
      after?.id ?? null,
      SHOWTIMES_LISTED_MAX + 1,
      ...days,
    ],
  );
  return rows.map(showtimeOf);
}

type DayColumns = readonly [zones: string[], cutoffs: number[], starts: Date[], ends: (Date | null)[]];
const NO_DAYS: DayColumns = [[], [], [], []];

/**
 * For each kind of day that venues have, from when until when `day` is; without a day, from when today is, without an end.
 * There are few kinds: venues of one country share theirs.
 */
async function daysOfVenues(pool: Reads, day: string | undefined, now: number): Promise<DayColumns> {
  const { rows } = await pool.query<VenueDay>(
    'SELECT DISTINCT time_zone AS "timeZone", day_cutoff_hour AS "dayCutoffHour" FROM boxoffice.venues',
  );
  const columns: DayColumns = [[], [], [], []];
  for (const kind of rows) {
    const [from, until] = boundsOfDay(day ?? dayOf(now, kind), kind);
    columns[0].push(kind.timeZone);
    columns[1].push(kind.dayCutoffHour);
    columns[2].push(new Date(from));
    columns[3].push(day === undefined ? null : new Date(until));
  }
  return columns;
}

/** @param id must be a UUID; anything else is the driver's error 22P02. */
export async function findShowtime(pool: Reads, id: string): Promise<Showtime | undefined> {
  const { rows } = await pool.query<ShowtimeRow>(`${SELECT_SHOWTIME} WHERE s.id = $1`, [id]);
  return rows[0] && showtimeOf(rows[0]);
}

/**
 * Reads the terms that a showtime is sold under. The seat map comes apart from them, by its hash: whoever asks has often
 * got it already.
 * @returns undefined where there is no such showtime.
 * @throws ZodError where somebody wrote a currency, prices or rules by hand that nobody could sell under.
 */
export async function showtimeTerms(pool: Reads, id: string): Promise<ShowtimeTerms | undefined> {
  const { rows } = await pool.query<{
    hash: string;
    prices: unknown;
    currency: string;
    rules: unknown;
    sales_open: boolean;
    sales_open_at: Date | null;
    sales_close_at: Date | null;
    starts_at: Date;
    version: string;
  }>(
    `SELECT seat_map_hash AS hash, prices, currency, rules, sales_open AND cancelled_at IS NULL AS sales_open, sales_open_at,
            sales_close_at, starts_at, terms_version AS version
       FROM boxoffice.showtimes WHERE id = $1`,
    [id],
  );
  const row = rows[0];
  if (!row) return undefined;
  return {
    seatMapHash: row.hash,
    prices: pricesSchema.parse(row.prices),
    currency: currencySchema.parse(row.currency),
    rules: rulesSchema.parse(row.rules),
    salesOpen: row.sales_open,
    salesOpenAt: row.sales_open_at ?? undefined,
    salesCloseAt: row.sales_close_at ?? undefined,
    startsAt: row.starts_at,
    version: Number(row.version),
  };
}

/** The versions of the terms of these showtimes; those that there are not are left out. */
export async function termsVersions(pool: Reads, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ id: string; version: string }>(
    'SELECT id, terms_version AS version FROM boxoffice.showtimes WHERE id = ANY ($1::uuid[])',
    [ids],
  );
  return new Map(rows.map(({ id, version }) => [id, Number(version)]));
}

/**
 * Puts a movie on in a hall, with the seat map that the hall has now.
 * @returns false where the id is taken; that showtime stays as it is.
 * @throws RangeError where there is no such hall or currency, or a category of its seat map has no price: such a showtime could be
 *   looked at but not sold. The driver's foreign-key error (23503) where there is no such movie.
 */
export async function addShowtime(pool: Pool, showtime: NewShowtime): Promise<boolean> {
  const { currency } = showtime;
  if (!isCurrency(currency))
    throw new RangeError(`${JSON.stringify(currency)} is no currency that is in use (ISO 4217).`);
  const prices = pricesSchema.parse(showtime.prices);
  const rules = rulesSchema.parse(showtime.rules ?? {});
  const { rows: halls } = await pool.query<{ hash: string }>(
    'SELECT seat_map_hash AS hash FROM boxoffice.halls WHERE id = $1',
    [showtime.hallId],
  );
  const hall = halls[0];
  if (!hall) throw new RangeError(`There is no hall ${showtime.hallId}.`);
  const unpriced = await categoriesWithout(pool, hall.hash, prices);
  if (unpriced.length > 0) throw new RangeError(`No price for: ${unpriced.join(', ')}.`);
  const { rowCount } = await pool.query(
    `INSERT INTO boxoffice.showtimes (id, movie_id, hall_id, seat_map_hash, starts_at, currency, prices, rules)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`,
    [
      showtime.id,
      showtime.movieId,
      showtime.hallId,
      hall.hash,
      showtime.startsAt,
      currency,
      JSON.stringify(prices),
      JSON.stringify(rules),
    ],
  );
  return rowCount === 1;
}

/** The categories of the showtime's seat map that these prices lack; none where there is no such showtime. */
export async function unpricedCategories(pool: Reads, showtimeId: string, prices: object): Promise<string[]> {
  const { rows } = await pool.query<{ hash: string }>(
    'SELECT seat_map_hash AS hash FROM boxoffice.showtimes WHERE id = $1',
    [showtimeId],
  );
  return rows[0] ? await categoriesWithout(pool, rows[0].hash, prices) : [];
}

export async function categoriesWithout(pool: Reads, seatMapHash: string, prices: object): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT category ->> 'name' AS name
       FROM boxoffice.seat_maps CROSS JOIN json_array_elements(document -> 'categories') AS category
      WHERE hash = $1 AND NOT $2::jsonb ? (category ->> 'name')`,
    [seatMapHash, JSON.stringify(prices)],
  );
  return rows.map(({ name }) => name);
}

function showtimeOf(row: ShowtimeRow): Showtime {
  const prices = Object.entries(pricesSchema.parse(row.prices));
  // Postgres keeps members of jsonb in an order of its own; people read price lists from the top.
  prices.sort(([nameA, a], [nameB, b]) => b - a || nameA.localeCompare(nameB, 'en'));
  const venueDay = { timeZone: row.time_zone, dayCutoffHour: row.day_cutoff_hour };
  return {
    id: row.id,
    movie: { id: row.movie_id, title: row.title },
    venue: { id: row.venue_id, name: row.venue, city: row.city, ...venueDay },
    hall: { id: row.hall_id, name: row.hall },
    startsAt: row.starts_at.toISOString(),
    startsAtLocal: localTime(row.starts_at.getTime(), venueDay.timeZone),
    day: dayOf(row.starts_at.getTime(), venueDay),
    seatMap: { hash: row.hash, seats: row.seats },
    prices: prices.map(([category, amount]) => ({ category, price: { amount, currency: row.currency } })),
  };
}
