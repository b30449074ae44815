/** Rows of showtimes as people edit them. */
import type { PoolClient } from 'pg';
import type { SalePolicy } from '../orders/sale-policy.js';
import { type Edited, refuse } from './edit-parts.js';
import type { Reads } from './reads.js';
import type { RuleOverrides } from './showtimes.js';
import { type GivenType, type Prices, pricedTypes, type TicketType, typesToStore } from './ticket-types.js';
import { localTime } from './venue-time.js';

/** What people may set of a showtime. */
export interface ShowtimeSettings {
  readonly prices: Prices;
  /** The ordinary one first, with the same `prices`. Empty: all buyers pay `prices`. */
  readonly ticketTypes: readonly TicketType[];
  readonly rules: RuleOverrides;
  readonly salesOpen: boolean;
  readonly salesOpenAt: Date | null;
  readonly salesCloseAt: Date | null;
  readonly durationMinutes: number | null;
  readonly channels: readonly string[];
  /** What it charges besides its prices, and what a buyer gets back. */
  readonly salePolicy: SalePolicy;
}

export interface ShowtimeRecord extends ShowtimeSettings {
  readonly id: string;
  readonly movieId: string;
  readonly hallId: string;
  readonly startsAt: Date;
  readonly currency: string;
  readonly seatMapHash: string;
  readonly cancelledAt: Date | null;
  readonly cancelReason: string | null;
  readonly version: string;
}

export interface LockedHall {
  readonly hash: string;
  readonly turnaroundMinutes: number;
  readonly timeZone: string;
}

const SHOWTIME = `SELECT id, movie_id AS "movieId", hall_id AS "hallId", starts_at AS "startsAt", currency, prices, rules,
  ticket_types AS "ticketTypes",
  sales_open AS "salesOpen", sales_open_at AS "salesOpenAt", sales_close_at AS "salesCloseAt",
  duration_minutes AS "durationMinutes", channels, sale_policy AS "salePolicy", seat_map_hash AS "seatMapHash", cancelled_at AS "cancelledAt",
  cancel_reason AS "cancelReason", version FROM boxoffice.showtimes WHERE id = $1`;

export async function findRecord(db: Reads, id: string): Promise<ShowtimeRecord | undefined> {
  const { rows } = await db.query<ShowtimeRow>(SHOWTIME, [id]);
  return rows[0] && recordOf(rows[0]);
}

/** Not checked: whoever wrote it by hand is to see what it is. */
type ShowtimeRow = Omit<ShowtimeRecord, 'ticketTypes'> & { readonly ticketTypes: readonly GivenType[] };

function recordOf(row: ShowtimeRow): ShowtimeRecord {
  return { ...row, ticketTypes: pricedTypes(row.ticketTypes, row.prices) };
}

/** Locks the hall, so that of two people who put showtimes into it at once the second sees those of the first. */
export async function lockHallOf(client: PoolClient, hallId: string): Promise<LockedHall | undefined> {
  const { rows } = await client.query<LockedHall>(
    `SELECT h.seat_map_hash AS hash, h.turnaround_minutes AS "turnaroundMinutes", v.time_zone AS "timeZone"
       FROM boxoffice.halls h JOIN boxoffice.venues v ON v.id = h.venue_id WHERE h.id = $1 FOR UPDATE OF h`,
    [hallId],
  );
  return rows[0];
}

export async function lockRecord(client: PoolClient, id: string): Promise<ShowtimeRecord | undefined> {
  const { rows } = await client.query<ShowtimeRow>(`${SHOWTIME} FOR UPDATE`, [id]);
  return rows[0] && recordOf(rows[0]);
}

/** A start of a showtime; all that are looked at together run as long. */
interface Start {
  readonly id: string;
  readonly startsAt: Date;
}

/**
 * The refusal where another showtime is in the hall at one of the starts, or within its turnaround. Showtimes that have been
 * inserted already are looked at as well, so that those of one series cannot overlap either. The hall is locked.
 */
export async function refuseOverlap(
  client: PoolClient,
  { turnaroundMinutes, timeZone }: LockedHall,
  { hallId, minutes, starts }: { readonly hallId: string; readonly minutes: number; readonly starts: readonly Start[] },
): Promise<Edited<undefined>> {
  const { rows } = await client.query<{ at: Date; title: string; starts_at: Date; ends_at: Date }>(
    `SELECT n.at, m.title, s.starts_at,
            s.starts_at + make_interval(mins => coalesce(s.duration_minutes, m.runtime_minutes)) AS ends_at
       FROM unnest($2::uuid[], $3::timestamptz[]) AS n (id, at)
       -- No showtime is longer than a day, nor any turnaround: the index finds the few that come into question.
       JOIN boxoffice.showtimes s
         ON s.hall_id = $1 AND s.starts_at BETWEEN n.at - interval '2 days' AND n.at + interval '2 days'
       JOIN boxoffice.movies m ON m.id = s.movie_id
      WHERE s.id <> n.id AND s.cancelled_at IS NULL
        AND s.starts_at < n.at + make_interval(mins => $4::integer + $5::integer)
        AND s.starts_at + make_interval(mins => coalesce(s.duration_minutes, m.runtime_minutes) + $5::integer) > n.at
      ORDER BY n.at, s.starts_at LIMIT 1`,
    [hallId, starts.map(({ id }) => id), starts.map(({ startsAt }) => startsAt), minutes, turnaroundMinutes],
  );
  const other = rows[0];
  if (!other) return { ok: true, value: undefined };
  const clock = (at: Date) => localTime(at.getTime(), timeZone).slice(0, 16).replace('T', ' ');
  return refuse(
    'showtime_overlap',
    `At ${clock(other.at)} the hall is taken: "${other.title}" runs from ${clock(other.starts_at)} to ${clock(other.ends_at)}, ` +
      `and the turnaround is ${turnaroundMinutes} minutes.`,
    'startsAt',
  );
}

type NewRecord = Omit<ShowtimeRecord, 'id' | 'startsAt' | 'version' | 'cancelledAt' | 'cancelReason'>;

/** Inserts showtimes that differ in their starts only. */
export async function insertRecords(client: PoolClient, record: NewRecord, starts: readonly Start[]): Promise<void> {
  await client.query(
    `INSERT INTO boxoffice.showtimes (id, starts_at, movie_id, hall_id, seat_map_hash, currency, prices, rules, sales_open,
                                      sales_open_at, sales_close_at, duration_minutes, channels, ticket_types,
                                      sale_policy)
     SELECT n.id, n.at, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
       FROM unnest($1::uuid[], $2::timestamptz[]) AS n (id, at)`,
    [
      starts.map(({ id }) => id),
      starts.map(({ startsAt }) => startsAt),
      record.movieId,
      record.hallId,
      record.seatMapHash,
      record.currency,
      ...settings(record),
    ],
  );
}

export async function updateRecord(client: PoolClient, record: ShowtimeRecord): Promise<void> {
  await client.query(
    `UPDATE boxoffice.showtimes SET starts_at = $2, prices = $3, rules = $4, sales_open = $5, sales_open_at = $6,
            sales_close_at = $7, duration_minutes = $8, channels = $9, ticket_types = $10,
            sale_policy = $11 WHERE id = $1`,
    [record.id, record.startsAt, ...settings(record)],
  );
}

function settings(record: ShowtimeSettings): unknown[] {
  const { prices, rules, salesOpen, salesOpenAt, salesCloseAt, durationMinutes, channels } = record;
  const ticketTypes = JSON.stringify(typesToStore(record.ticketTypes));
  const sales = [salesOpen, salesOpenAt, salesCloseAt];
  const policy = JSON.stringify(record.salePolicy);
  return [JSON.stringify(prices), JSON.stringify(rules), ...sales, durationMinutes, channels, ticketTypes, policy];
}

export async function cancelRecord(client: PoolClient, id: string, reason: string): Promise<void> {
  await client.query(
    'UPDATE boxoffice.showtimes SET cancelled_at = clock_timestamp(), cancel_reason = $2 WHERE id = $1',
    [id, reason],
  );
}

/** False where it was opened for sale: then somebody may have seats of it, and it can only be cancelled. */
export async function deleteRecord(client: PoolClient, id: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `DELETE FROM boxoffice.showtimes WHERE id = $1
        AND NOT EXISTS (SELECT FROM usher.showtime_owners WHERE showtime_id = $1)`,
    [id],
  );
  return rowCount === 1;
}
