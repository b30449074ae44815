import type { Pool } from 'pg';
import { z } from 'zod';
import { CHANNELS, type Channel } from '../../core/channel.js';
import type { HouseRules } from '../../core/house.js';
import type { Limits } from '../../core/limits/limit-rules.js';
import { isCurrency } from '../../protocol/money.js';
import type { Reads } from './reads.js';
import { type GivenType, ticketTypesSchema } from './ticket-types.js';

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
    /** Those that it names; the others are the node's. */
    readonly limits: Partial<Limits>;
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
  /** The first without prices of its own: it costs `prices`. */
  readonly ticketTypes: readonly GivenType[];
  readonly rules: RuleOverrides;
  /** By which it is sold; none: by all. */
  readonly channels: readonly Channel[];
  readonly salesOpen: boolean;
  readonly cancelled: boolean;
  readonly salesOpenAt: Date | undefined;
  /** Undefined: sales end as the rules say. */
  readonly salesCloseAt: Date | undefined;
  readonly startsAt: Date;
  /** Rises with every change of any of these but the seat map, which never changes. */
  readonly version: number;
}

/** No showtime is sold a month after it began. */
const SALES_GRACE_MS_MAX = 31 * 86_400_000;

const wholeNumber = z.int().nonnegative();
/** What nobody could pay in is refused when it is set, and again where somebody wrote it into the database. */
export const currencySchema = z.string().refine(isCurrency, {
  error: 'is no currency of ISO 4217 that is in use; see src/protocol/money.ts',
});
export const pricesSchema = z.record(z.string(), wholeNumber);
export const channelsSchema = z.array(z.enum(CHANNELS)).max(CHANNELS.length);
/** Per account and per address, at once; 0 sets no limit. */
const limitsSchema = z.strictObject({
  seatsHeldPerAccount: z.exactOptional(wholeNumber),
  holdsPerAccount: z.exactOptional(wholeNumber),
  bookingsPerAccount: z.exactOptional(wholeNumber),
  seatsHeldPerAddress: z.exactOptional(wholeNumber),
  holdsPerAddress: z.exactOptional(wholeNumber),
  bookingsPerAddress: z.exactOptional(wholeNumber),
  seatHeldMsMax: z.exactOptional(wholeNumber.max(2 ** 31 - 1)),
  seatRestMs: z.exactOptional(wholeNumber),
});
export const rulesSchema = z.strictObject({
  holdTtlMs: z.exactOptional(z.int().positive()),
  seatsPerHold: z.exactOptional(z.int().positive()),
  holdsPerHolder: z.exactOptional(z.int().positive()),
  extensionsPerHold: z.exactOptional(wholeNumber),
  singleGap: z.exactOptional(z.enum(['off', 'lenient', 'strict'])),
  distancing: z.exactOptional(wholeNumber),
  bookAfterClose: z.exactOptional(z.boolean()),
  limits: z.exactOptional(limitsSchema),
  salesGraceMs: z.exactOptional(z.int().min(-SALES_GRACE_MS_MAX).max(SALES_GRACE_MS_MAX)),
});

/**
 * Reads the terms that a showtime is sold under. The seat map comes apart from them, by its hash: whoever asks has often
 * got it already.
 * @returns undefined where there is no such showtime.
 * @throws ZodError where somebody wrote a currency, prices, ticket types or rules by hand that nobody could sell under.
 */
export async function showtimeTerms(pool: Reads, id: string): Promise<ShowtimeTerms | undefined> {
  const { rows } = await pool.query<{
    hash: string;
    prices: unknown;
    currency: string;
    ticket_types: unknown;
    rules: unknown;
    channels: unknown;
    sales_open: boolean;
    cancelled: boolean;
    sales_open_at: Date | null;
    sales_close_at: Date | null;
    starts_at: Date;
    version: string;
  }>(
    `SELECT seat_map_hash AS hash, prices, ticket_types, currency, rules, channels,
            sales_open AND cancelled_at IS NULL AS sales_open, cancelled_at IS NOT NULL AS cancelled, sales_open_at,
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
    ticketTypes: ticketTypesSchema.parse(row.ticket_types),
    rules: rulesSchema.parse(row.rules),
    channels: channelsSchema.parse(row.channels),
    salesOpen: row.sales_open,
    cancelled: row.cancelled,
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
