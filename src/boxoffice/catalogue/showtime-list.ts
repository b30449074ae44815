/** Showtimes as people choose them. */
import { z } from 'zod';
import type { TicketTypeView } from '../../protocol/server-messages.js';
import { type SalePolicy, salePolicySchema } from '../orders/sale-policy.js';
import { ListQuery } from './list-query.js';
import { type Page, pageOf } from './page.js';
import type { Reads } from './reads.js';
import { pricesSchema } from './showtimes.js';
import { type Prices, pricedTypes, ticketTypesSchema } from './ticket-types.js';
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
  /** Only where one showtime is read, and has ticket types. */
  readonly ticketTypes?: readonly TicketTypeView[];
  /** Only where one showtime is read, and has a policy other than the default. */
  readonly salePolicy?: SalePolicy;
}

export interface ShowtimeFilter {
  readonly movieId?: string | undefined;
  /** Of movies that this text finds; see `MovieFilter`. */
  readonly q?: string | undefined;
  readonly genre?: string | undefined;
  readonly city?: string | undefined;
  readonly venueId?: string | undefined;
  /** Of this day of its venue: `2026-01-31`. */
  readonly day?: string | undefined;
  /**
   * Starting then or later; absent, as `day` is: the start of the venue's day, so that what is running now is still found.
   */
  readonly from?: Date | undefined;
  /** Starting before then. */
  readonly until?: Date | undefined;
  /** Only those behind this one in the order of the list. */
  readonly after?: ShowtimePosition | undefined;
}

/** Milliseconds since 1970, and the id. */
export const showtimePosition = z.tuple([z.int().nonnegative().max(8.64e15), z.guid()]);
type ShowtimePosition = z.output<typeof showtimePosition>;

/** The most showtimes on one page of the list. */
export const SHOWTIMES_LISTED_MAX = 500;

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

const DAYS = `JOIN unnest(?::text[], ?::integer[], ?::timestamptz[], ?::timestamptz[])
          AS d (time_zone, day_cutoff_hour, starts, ends)
       ON d.time_zone = v.time_zone AND d.day_cutoff_hour = v.day_cutoff_hour
      AND s.starts_at >= d.starts AND s.starts_at < d.ends`;

/** A page of the showtimes in the order in which they start. */
export async function listShowtimes(
  pool: Reads,
  filter: ShowtimeFilter = {},
  now: number = Date.now(),
): Promise<Page<Showtime>> {
  const { movieId, q, genre, city, venueId, day, from, until, after } = filter;
  const query = new ListQuery(SELECT_SHOWTIME);
  if (day !== undefined || !from) {
    const days = await daysOfVenues(pool, day, now);
    const [, , starts, ends] = days;
    query.join(DAYS, ...days);
    // Says nothing that the days do not, but an index can find it.
    if (starts.length > 0) query.where('s.starts_at >= ?', earliest(starts));
    if (ends.length > 0 && day !== undefined) query.where('s.starts_at < ?', latest(ends));
  }
  query
    .where('s.cancelled_at IS NULL')
    .where('s.unlisted_at IS NULL')
    .whereGiven('s.starts_at >= ?', from)
    .whereGiven('s.starts_at < ?', until)
    .whereGiven('s.movie_id = ?', movieId)
    .whereGiven("m.search @@ boxoffice.search_query(?, '')", q)
    .whereGiven('m.genre_keys @> ARRAY[boxoffice.fold(?)]', genre)
    .whereGiven('v.city_key = boxoffice.fold(?)', city)
    .whereGiven('v.id = ?', venueId);
  if (after) query.where('(s.starts_at, s.id) > (?, ?::uuid)', new Date(after[0]), after[1]);
  const { rows } = await pool.query<ShowtimeRow>(query.page(['s.starts_at', 's.id'], SHOWTIMES_LISTED_MAX));
  return pageOf(
    rows,
    SHOWTIMES_LISTED_MAX,
    ({ starts_at, id }): ShowtimePosition => [starts_at.getTime(), id],
    showtimeOf,
  );
}

type DayColumns = readonly [zones: string[], cutoffs: number[], starts: Date[], ends: (Date | 'infinity')[]];

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
    columns[3].push(day === undefined ? 'infinity' : new Date(until));
  }
  return columns;
}

function earliest(times: readonly Date[]): Date {
  return new Date(Math.min(...times.map(Number)));
}

function latest(times: readonly (Date | 'infinity')[]): Date {
  return new Date(Math.max(...times.map(Number)));
}

/** @param id must be a UUID; anything else is the driver's error 22P02. */
export async function findShowtime(pool: Reads, id: string): Promise<Showtime | undefined> {
  const { rows } = await pool.query<ShowtimeRow & { readonly ticket_types: unknown; readonly sale_policy: unknown }>(
    `SELECT one.*, t.ticket_types, t.sale_policy FROM (${SELECT_SHOWTIME} WHERE s.id = $1) AS one JOIN boxoffice.showtimes t USING (id)`,
    [id],
  );
  const [row] = rows;
  if (!row) return undefined;
  const types = pricedTypes(ticketTypesSchema.parse(row.ticket_types), pricesSchema.parse(row.prices));
  const policy = salePolicySchema.parse(row.sale_policy);
  const showtime = { ...showtimeOf(row), ...(Object.keys(policy).length > 0 ? { salePolicy: policy } : {}) };
  if (types.length === 0) return showtime;
  return { ...showtime, ticketTypes: types.map(({ prices, ...type }) => ({ ...type, prices: listed(prices, row) })) };
}

function showtimeOf(row: ShowtimeRow): Showtime {
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
    prices: listed(pricesSchema.parse(row.prices), row),
  };
}

/** Postgres keeps members of jsonb in an order of its own; people read price lists from the top. */
function listed(prices: Prices, { currency }: ShowtimeRow) {
  return Object.entries(prices)
    .sort(([nameA, a], [nameB, b]) => b - a || nameA.localeCompare(nameB, 'en'))
    .map(([category, amount]) => ({ category, price: { amount, currency } }));
}
