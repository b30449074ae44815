import type { Pool } from 'pg';

/** What should not be there for long, or at all. */
export interface StuckBookings {
  /** Seats held in the journal though their hold ended long ago. Whoever opens the showtime frees them. */
  readonly expiredHolds: number;
  /** Of these, in showtimes that run here: their actor should have freed them, so what it writes does not arrive. */
  readonly expiredHoldsHere: number;
  /** Confirmed bookings that lack one of their seats. */
  readonly bookingsWithoutSeats: number;
  /** Sold seats that no confirmed booking names. */
  readonly seatsWithoutBooking: number;
}

const HELD_PAST_ITS_END = '10 minutes';
const SHOWTIMES_NAMED_MAX = 1_000;
/** A film that began so long ago is sold no more, and nobody will open it to free its holds. */
const SHOWTIME_OVER = '24 hours';
const ROWS_PER_PURGE = 5_000;

/**
 * Looks for stuck rows. Expired holds are looked for everywhere; bookings in these showtimes only, as their table grows
 * for ever. A batch writes bookings and seats in one transaction, so no snapshot shows the one without the other.
 */
export async function findStuckBookings(
  pool: Pick<Pool, 'query'>,
  running: ReadonlySet<string>,
  checked: readonly string[],
): Promise<StuckBookings> {
  const holds = await pool.query<{ readonly id: string; readonly n: number; readonly total: number }>(
    `SELECT showtime_id AS id, count(*)::int AS n, (sum(count(*)) OVER ())::int AS total
       FROM usher.hold_seats WHERE expires_at < clock_timestamp() - $1::interval
      GROUP BY showtime_id ORDER BY n DESC LIMIT $2`,
    [HELD_PAST_ITS_END, SHOWTIMES_NAMED_MAX],
  );
  const bookings = await pool.query<{ readonly without_seats: number; readonly without_booking: number }>(
    `SELECT (SELECT count(DISTINCT b.id)::int
               FROM usher.bookings b CROSS JOIN unnest(b.seats) AS seat
               LEFT JOIN usher.booking_seats s
                 ON s.showtime_id = b.showtime_id AND s.seat_index = seat AND s.booking_id = b.id
              WHERE b.showtime_id = ANY ($1::uuid[]) AND b.status = 'confirmed' AND s.booking_id IS NULL) AS without_seats,
            (SELECT count(*)::int
               FROM usher.booking_seats s
               LEFT JOIN usher.bookings b
                 ON b.id = s.booking_id AND b.status = 'confirmed' AND s.seat_index = ANY (b.seats)
              WHERE s.showtime_id = ANY ($1::uuid[]) AND b.id IS NULL) AS without_booking`,
    [checked],
  );
  return {
    expiredHolds: holds.rows[0]?.total ?? 0,
    expiredHoldsHere: holds.rows.filter(({ id }) => running.has(id)).reduce((sum, { n }) => sum + n, 0),
    bookingsWithoutSeats: bookings.rows[0]?.without_seats ?? 0,
    seatsWithoutBooking: bookings.rows[0]?.without_booking ?? 0,
  };
}

/**
 * Deletes holds that ended long ago in showtimes that are over, or that the catalogue does not have: the only ones that no
 * claim will ever delete. Returns the number of rows.
 *
 * No living owner is crossed. A hold past its end is free to everybody, in memory as here; an owner whose write is late
 * and still keeps it alive writes the whole row, present or not; and a row that is locked, because somebody writes it in
 * this moment, is left alone, so that no flush ever waits for this one or it for a flush.
 */
export async function purgeHoldsOfThePast(pool: Pick<Pool, 'query'>): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM usher.hold_seats WHERE ctid = ANY (ARRAY(
       SELECT h.ctid FROM usher.hold_seats h
        WHERE h.expires_at < clock_timestamp() - $1::interval
          AND NOT EXISTS (SELECT FROM boxoffice.showtimes s
                           WHERE s.id = h.showtime_id AND s.starts_at > clock_timestamp() - $2::interval)
        LIMIT $3 FOR UPDATE OF h SKIP LOCKED))`,
    [HELD_PAST_ITS_END, SHOWTIME_OVER, ROWS_PER_PURGE],
  );
  return rowCount ?? 0;
}
