import type { Pool } from 'pg';
import type { TakenSeats } from './count-seats.js';

export interface JournalCounts extends TakenSeats {
  /** Of the owner; 0 where nobody ever claimed the showtime. */
  readonly epoch: number;
  /** The number of the writer's last batch that is in the same snapshot; 0 where none is. */
  readonly has: number;
}

/**
 * What the journal has of these showtimes, all as of one moment. Held seats count for as long as their row is there,
 * whether or not the hold has ended: its owner ends it by a write like any other, and until then both say held. The same goes
 * for allocated seats, which are blocked where nobody has them.
 *
 * Must be asked of the primary: a replica that lags would look like drift.
 */
export async function journalCounts(
  pool: Pick<Pool, 'query'>,
  showtimeIds: readonly string[],
  writerId: string,
): Promise<ReadonlyMap<string, JournalCounts>> {
  const { rows } = await pool.query<JournalCounts & { readonly id: string }>(
    `SELECT s.id, coalesce(o.epoch, 0)::float8 AS epoch,
            coalesce((SELECT w.batch FROM usher.writers w WHERE w.id = $2), 0)::float8 AS has,
            (SELECT count(*)::int FROM usher.hold_seats h WHERE h.showtime_id = s.id) AS held,
            (SELECT count(*)::int FROM usher.booking_seats b WHERE b.showtime_id = s.id) AS booked,
            (SELECT count(*)::int FROM usher.blocked_seats x WHERE x.showtime_id = s.id)
            + (SELECT count(*)::int FROM usher.seat_allocations a
                WHERE a.showtime_id = s.id
                  AND NOT EXISTS (SELECT FROM usher.hold_seats h WHERE h.showtime_id = s.id AND h.seat_index = a.seat_index)
                  AND NOT EXISTS (SELECT FROM usher.booking_seats b WHERE b.showtime_id = s.id AND b.seat_index = a.seat_index)
                  AND NOT EXISTS (SELECT FROM usher.blocked_seats x WHERE x.showtime_id = s.id AND x.seat_index = a.seat_index)
              ) AS blocked
       FROM unnest($1::uuid[]) AS s (id) LEFT JOIN usher.showtime_owners o ON o.showtime_id = s.id`,
    [showtimeIds, writerId],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
