import type { Pool } from 'pg';
import type { Channel } from '../../core/channel.js';
import type { Playbill } from '../../runtime/playbill-port.js';

/** Seats that were allocated together, as staff read them. */
export interface ListedAllocation {
  readonly channel: Channel;
  /** Milliseconds since 1970; null: until somebody ends it. */
  readonly until: number | null;
  readonly reason: string;
  /** The holder who allocated them. */
  readonly by: string;
  /** RFC 3339. */
  readonly allocatedAt: string;
  readonly seats: readonly string[];
  /** Those of them that somebody holds or has booked. */
  readonly taken: readonly string[];
}

interface Row {
  readonly channel: Channel;
  readonly until_ms: number | null;
  readonly reason: string;
  readonly allocated_by: string;
  readonly allocated_at: Date;
  readonly seats: readonly number[];
  readonly taken: readonly number[];
}

/**
 * The allocations of a showtime that run, the first to end first. One whose time has come is left out, whether or not the owner
 * has ended it by now.
 * @returns undefined where there is no such showtime.
 */
export async function listAllocations(
  pool: Pick<Pool, 'query'>,
  playbill: Playbill,
  showtimeId: string,
): Promise<readonly ListedAllocation[] | undefined> {
  const terms = await playbill.terms(showtimeId);
  if (!terms) return undefined;
  const { rows } = await pool.query<Row>(
    `SELECT a.channel, extract(epoch FROM a.until)::float8 * 1000 AS until_ms, a.reason, a.allocated_by, a.allocated_at,
            array_agg(a.seat_index ORDER BY a.seat_index) AS seats,
            coalesce(array_agg(a.seat_index ORDER BY a.seat_index) FILTER (WHERE h.hold_id IS NOT NULL OR b.booking_id IS NOT NULL), '{}')
              AS taken
       FROM usher.seat_allocations a
       LEFT JOIN usher.hold_seats h
              ON h.showtime_id = a.showtime_id AND h.seat_index = a.seat_index AND h.expires_at > clock_timestamp()
       LEFT JOIN usher.booking_seats b ON b.showtime_id = a.showtime_id AND b.seat_index = a.seat_index
      WHERE a.showtime_id = $1 AND (a.until IS NULL OR a.until > clock_timestamp())
      GROUP BY a.channel, a.until, a.reason, a.allocated_by, a.allocated_at
      ORDER BY a.until, a.allocated_at, a.channel, a.reason, a.allocated_by`,
    [showtimeId],
  );
  const { label } = terms.map.data.seats;
  const labels = (seats: readonly number[]) => seats.map((seat) => label[seat] ?? '');
  return rows.map((row) => ({
    channel: row.channel,
    until: row.until_ms === null ? null : Math.round(row.until_ms),
    reason: row.reason,
    by: row.allocated_by,
    allocatedAt: row.allocated_at.toISOString(),
    seats: labels(row.seats),
    taken: labels(row.taken),
  }));
}
