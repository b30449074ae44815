import type { Pool } from 'pg';
import type { System } from './shop.js';

interface Sold {
  /** Seats of bookings, each as often as it is sold. */
  readonly booked: number;
  /** The different ones of these. */
  readonly distinct: number;
}

/** By what each system itself keeps as its bookings. */
const IN_BOOKINGS: Readonly<Record<System, string>> = {
  usher: `SELECT unnest(seats) AS seat FROM usher.bookings WHERE showtime_id = $1 AND status = 'confirmed'`,
  'express-postgres': 'SELECT unnest(seats) AS seat FROM bookings WHERE showtime_id = $1',
  'socket-io': 'SELECT seat_index AS seat FROM booking_seats WHERE showtime_id = $1',
  colyseus: 'SELECT seat_index AS seat FROM booking_seats WHERE showtime_id = $1',
};

/**
 * Asks Postgres, and not the system, what was sold.
 * @param told seats whose buyers were told that they have them
 * @returns the seats that are booked
 * @throws Error where a seat was sold twice, or a buyer was told of seats that are not booked
 */
export async function soldSeats(pool: Pool, system: System, showtimeId: string, told: number): Promise<number> {
  const { rows } = await pool.query<Sold>(
    `SELECT count(*)::integer AS booked, count(DISTINCT seat)::integer AS distinct FROM (${IN_BOOKINGS[system]}) AS sold`,
    [showtimeId],
  );
  const { booked = 0, distinct = 0 } = rows[0] ?? {};
  if (booked !== distinct) throw new Error(`${system} sold ${booked - distinct} seats twice.`);
  if (booked < told) throw new Error(`${system} told of ${told} seats and booked ${booked}.`);
  return booked;
}
