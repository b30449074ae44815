import type pg from 'pg';
import type {
  HouseBookingRow,
  LineRow,
  OrderBookingRow,
  OrderRow,
  PaymentRow,
  PostgresBooks,
  RefundRow,
  ReturnRow,
  TicketRow,
} from '../checker/books.js';

/** All of it as of one moment. */
export async function readPostgresBooks(pool: pg.Pool): Promise<PostgresBooks> {
  const client = await pool.connect();
  const read = async <Row extends pg.QueryResultRow>(sql: string) => (await client.query<Row>(sql)).rows;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const books: PostgresBooks = {
      orders: await read<OrderRow>(
        `SELECT id, reference, state, decision, total::float8 AS total, refunded::float8 AS refunded, email,
                fulfilled_at IS NOT NULL AS "isFulfilled" FROM boxoffice.orders`,
      ),
      bookings: await read<OrderBookingRow>(
        `SELECT order_id AS "orderId", number, showtime_id AS "showtimeId", booking_id AS "bookingId",
                booking_reference AS reference, status, attempt FROM boxoffice.order_bookings`,
      ),
      lines: await read<LineRow>(
        `SELECT order_id AS "orderId", line, booking_number AS booking, showtime_id AS "showtimeId", seat_index AS "seatIndex", seat,
                (price + fee - discount)::float8 AS paid, state, refunded::float8 AS refunded FROM boxoffice.order_lines`,
      ),
      payments: await read<PaymentRow>(
        `SELECT id, order_id AS "orderId", provider_ref AS "providerRef", amount::float8 AS amount, state,
                received::float8 AS received FROM boxoffice.payments`,
      ),
      refunds: await read<RefundRow>(
        `SELECT id, order_id AS "orderId", payment_id AS "paymentId", provider_ref AS "providerRef", amount::float8 AS amount,
                reason, state, tries FROM boxoffice.refunds`,
      ),
      returns: await read<ReturnRow>(
        `SELECT id, order_id AS "orderId", reason, lines, amount::float8 AS amount FROM boxoffice.returns`,
      ),
      tickets: await read<TicketRow>(
        `SELECT id, order_id AS "orderId", line, booking_id AS "bookingId", seat_index AS "seatIndex", state FROM boxoffice.tickets`,
      ),
      houseBookings: await read<HouseBookingRow>(
        `SELECT id, showtime_id AS "showtimeId", reference, seats, status, order_id AS "orderId" FROM usher.bookings`,
      ),
      soldSeats: await read(
        `SELECT showtime_id AS "showtimeId", seat_index AS seat, booking_id AS "bookingId" FROM usher.booking_seats`,
      ),
      cancelledShowtimes: (
        await read<{ id: string }>('SELECT id FROM boxoffice.showtimes WHERE cancelled_at IS NOT NULL')
      ).map(({ id }) => id),
      unfinished: await readUnfinished(client),
      looksThatFound:
        (
          await read<{ n: number }>(
            `SELECT count(*)::integer AS n FROM boxoffice.payments WHERE looks > 0 AND state = 'succeeded'`,
          )
        )[0]?.n ?? 0,
    };
    await client.query('COMMIT');
    return books;
  } finally {
    client.release();
  }
}

const UNFINISHED: Readonly<Record<string, string>> = {
  'orders on the way': `SELECT FROM boxoffice.orders WHERE state IN ('draft', 'awaiting_payment', 'paid')`,
  'open payments': `SELECT FROM boxoffice.payments WHERE state IN ('created', 'requires_action', 'processing')`,
  'pending refunds': `SELECT FROM boxoffice.refunds WHERE state = 'pending'`,
  'returned seats that are not free': 'SELECT FROM boxoffice.returns WHERE freed_at IS NULL',
  'orders of a cancelled showtime': `SELECT FROM boxoffice.order_bookings b JOIN boxoffice.showtimes s ON s.id = b.showtime_id
     WHERE b.status = 'confirmed' AND s.cancelled_at IS NOT NULL`,
  'rows of the outbox': 'SELECT FROM boxoffice.outbox',
  'steps of the outbox': 'SELECT FROM boxoffice.outbox_steps',
  'dead letters': 'SELECT FROM boxoffice.dead_letters',
  'jobs in the queue': 'SELECT FROM usher_jobs._private_jobs',
  'webhooks not delivered': `SELECT FROM boxoffice.webhook_deliveries WHERE state <> 'delivered'`,
  'acts of seats not told': `SELECT FROM usher.seat_acts WHERE created_at >= (SELECT followed_until FROM boxoffice.webhook_follower)`,
};

/** How much there still is of what must come to an end. */
export async function readUnfinished(client: pg.ClientBase | pg.Pool): Promise<Readonly<Record<string, number>>> {
  const counts = Object.values(UNFINISHED).map((sql) => `(SELECT count(*)::integer FROM (${sql}) AS rows)`);
  const { rows } = await client.query<{ counts: number[] }>(`SELECT ARRAY[${counts.join(', ')}] AS counts`);
  return Object.fromEntries(Object.keys(UNFINISHED).map((what, at) => [what, rows[0]?.counts[at] ?? 0]));
}
