import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';

interface Sale {
  readonly showtimeId: string;
  readonly bookingId: string;
  /** Whose order it is; absent: of the holder of the booking. */
  readonly holder?: string;
  readonly email?: string;
  readonly name?: string;
  readonly locale?: string;
  readonly ticketType?: string;
}

export interface SoldTickets {
  readonly orderId: string;
  readonly ticketIds: readonly string[];
}

/** Writes what a fulfilled order of one booking leaves behind, without an order being made. */
export async function sellTickets(pool: Pool, sale: Sale): Promise<SoldTickets> {
  const { showtimeId, bookingId, email = 'ann@example.org', name = 'Ann Ämter', locale = 'en', ticketType = '' } = sale;
  const orderId = randomUUID();
  const { rows } = await pool.query<{ reference: string; holder: string; seats: number[]; labels: string[] }>(
    `SELECT b.reference, b.holder, b.seats,
            ARRAY(SELECT m.document -> 'seats' -> 'label' ->> seat FROM unnest(b.seats) AS seat) AS labels
       FROM usher.bookings b
       JOIN boxoffice.showtimes s ON s.id = b.showtime_id
       JOIN boxoffice.seat_maps m ON m.hash = s.seat_map_hash
      WHERE b.id = $1`,
    [bookingId],
  );
  const booking = rows[0];
  if (!booking) throw new Error(`There is no booking ${bookingId}.`);
  const total = booking.seats.length * 1_300;
  await pool.query(
    `INSERT INTO boxoffice.orders (id, reference, holder, email, name, locale, state, decision, currency, total, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'fulfilled', 'fulfil', 'EUR', $7, now())`,
    [orderId, `O-${orderId.slice(0, 8)}`, sale.holder ?? booking.holder, email, name, locale, total],
  );
  await pool.query(
    `INSERT INTO boxoffice.order_bookings (order_id, number, showtime_id, hold_id, booking_id, booking_reference, status)
     VALUES ($1, 0, $2, $3, $4, $5, 'confirmed')`,
    [orderId, showtimeId, randomUUID(), bookingId, booking.reference],
  );
  const ticketIds = booking.seats.map(() => randomUUID());
  for (const [line, seat] of booking.seats.entries()) {
    await pool.query(
      `INSERT INTO boxoffice.order_lines
         (order_id, line, booking_number, showtime_id, seat_index, seat, category, ticket_type, price, fee)
       VALUES ($1, $2, 0, $3, $4, $5, 'Front', $6, 1200, 100)`,
      [orderId, line, showtimeId, seat, booking.labels[line], ticketType],
    );
    await pool.query(
      `INSERT INTO boxoffice.tickets (id, order_id, line, booking_id, showtime_id, seat_index, ticket_type)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [ticketIds[line], orderId, line, bookingId, showtimeId, seat, ticketType],
    );
  }
  return { orderId, ticketIds };
}
