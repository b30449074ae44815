/**
 * The writes of a purchase. Each takes many orders in one statement, and gives the ids of those that it changed. A statement names
 * its orders in an array too, where it has them as JSON: of an array Postgres knows that an index is the way, while of JSON it
 * expects a hundred rows, for which it would read a table of some thousand orders whole, each time.
 */
import type { Reads } from '../catalogue/reads.js';
import type { NewOrder, NewPayment, OpenedOrder } from './order-store-port.js';

interface Written {
  readonly id: string;
}

/** How many of its bookings each new order got: fewer than it asked for where a hold is in another order. */
export async function insertDrafts(
  db: Reads,
  orders: readonly NewOrder[],
  underWayMax: number,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<Written & { bookings: number }>({
    name: 'orders_draft',
    text: `WITH asked AS (
       SELECT a.*, row_number() OVER (PARTITION BY a.holder ORDER BY a.id)
              + (SELECT count(*) FROM boxoffice.orders o
                  WHERE o.holder = a.holder AND o.state IN ('draft', 'awaiting_payment')) AS under_way
         FROM jsonb_to_recordset($1::jsonb) AS a (
           id uuid, reference text, "requestId" uuid, asked text, holder text, "accountId" uuid, email text, name text,
           locale text, channel text, "orderedBy" text, currency text, total bigint, "createdAt" bigint, "expiresAt" bigint)
     ), new AS (
       INSERT INTO boxoffice.orders (id, reference, request_id, asked, holder, account_id, email, name, locale, channel,
                                     ordered_by, state, currency, total, created_at, expires_at)
       SELECT id, reference, "requestId", asked, holder, "accountId", email, name, locale, channel, "orderedBy", 'draft',
              currency, total, to_timestamp("createdAt" / 1000.0), to_timestamp("expiresAt" / 1000.0)
         FROM asked WHERE under_way <= $3
       ON CONFLICT DO NOTHING RETURNING id
     ), booked AS (
       INSERT INTO boxoffice.order_bookings (order_id, number, showtime_id, hold_id, hold_expires_at, booking_id, booking_reference)
       SELECT b."orderId", b.number, b."showtimeId", b."holdId", to_timestamp(b."holdExpiresAt" / 1000.0), b."bookingId",
              b."bookingReference"
         FROM jsonb_to_recordset($2::jsonb) AS b (
           "orderId" uuid, number integer, "showtimeId" uuid, "holdId" uuid, "holdExpiresAt" bigint,
           "bookingId" uuid, "bookingReference" text)
         JOIN new ON new.id = b."orderId"
       ON CONFLICT (hold_id) WHERE status IN ('pending', 'confirmed') DO NOTHING RETURNING order_id
     )
     SELECT new.id, (SELECT count(*)::integer FROM booked WHERE order_id = new.id) AS bookings FROM new`,
    values: [
      JSON.stringify(orders.map(({ bookings: _, ...order }) => order)),
      JSON.stringify(orders.flatMap(({ id, bookings }) => bookings.map((booking) => ({ ...booking, orderId: id })))),
      underWayMax,
    ],
  });
  return new Map(rows.map(({ id, bookings }) => [id, bookings]));
}

/** The ids of those that were drafts. */
export async function openDrafts(db: Reads, opened: readonly OpenedOrder[]): Promise<ReadonlySet<string>> {
  const each = <Item extends object>(of: (order: OpenedOrder) => readonly Item[]) =>
    JSON.stringify(
      opened.flatMap((order) => of(order).map((item, number) => ({ number, ...item, orderId: order.orderId }))),
    );
  const { rows } = await db.query<Written>({
    name: 'orders_open',
    text: `WITH won AS (
       UPDATE boxoffice.orders SET state = 'awaiting_payment' WHERE id = ANY($1::uuid[]) AND state = 'draft' RETURNING id
     ), lines AS (
       INSERT INTO boxoffice.order_lines (order_id, line, booking_number, showtime_id, seat_index, seat, category,
                                          ticket_type, price, fee, discount, tax, tax_rate)
       SELECT l."orderId", l.line, l.booking, l."showtimeId", l."seatIndex", l.seat, l.category, l."ticketType", l.price, l.fee,
              l.discount, l.tax, l."taxRate"
         FROM jsonb_to_recordset($2::jsonb) AS l (
           "orderId" uuid, line integer, booking integer, "showtimeId" uuid, "seatIndex" integer, seat text, category text,
           "ticketType" text, price bigint, fee bigint, discount bigint, tax bigint, "taxRate" integer)
         JOIN won ON won.id = l."orderId"
     ), discounts AS (
       INSERT INTO boxoffice.order_discounts (order_id, number, kind, code, points, amount)
       SELECT d."orderId", d.number, d.kind, d.code, d.points, d.amount
         FROM jsonb_to_recordset($3::jsonb) AS d (
           "orderId" uuid, number integer, kind text, code text, points integer, amount bigint)
         JOIN won ON won.id = d."orderId"
     ), payments AS (
       INSERT INTO boxoffice.payments (id, order_id, provider, amount, currency, state, created_at)
       SELECT p.id, p."orderId", p.provider, p.amount, p.currency, 'created', to_timestamp(p."createdAt" / 1000.0)
         FROM jsonb_to_recordset($4::jsonb) AS p (
           id uuid, "orderId" uuid, provider text, amount bigint, currency text, "createdAt" bigint)
         JOIN won ON won.id = p."orderId"
     )
     SELECT id FROM won`,
    values: [
      opened.map(({ orderId }) => orderId),
      each(({ lines }) => lines),
      each(({ discounts }) => discounts),
      each(({ payment }) => (payment ? [payment] : [])),
    ],
  });
  return idsOf(rows);
}

export interface FulfilledOrder {
  readonly orderId: string;
  /** By line. */
  readonly ticketIds: readonly string[];
  readonly now: number;
}

/** The ids of those that were paid and not decided otherwise. */
export async function fulfilOrders(db: Reads, fulfilled: readonly FulfilledOrder[]): Promise<ReadonlySet<string>> {
  const orders = fulfilled.map(({ orderId, now }) => ({ orderId, now }));
  const tickets = fulfilled.flatMap(({ orderId, ticketIds }) => ticketIds.map((id, line) => ({ orderId, line, id })));
  const { rows } = await db.query<Written>({
    name: 'orders_fulfil',
    text: `WITH won AS (
       UPDATE boxoffice.orders o SET state = 'fulfilled', decision = 'fulfil', fulfilled_at = to_timestamp(a.now / 1000.0)
         FROM jsonb_to_recordset($1::jsonb) AS a ("orderId" uuid, now bigint)
        WHERE o.id = ANY($3::uuid[]) AND o.id = a."orderId" AND o.state = 'paid' AND o.decision IS DISTINCT FROM 'refund'
       RETURNING o.id, o.fulfilled_at
     ), confirmed AS (
       UPDATE boxoffice.order_bookings b SET status = 'confirmed', confirmed_at = won.fulfilled_at
         FROM won WHERE b.order_id = won.id
     ), tickets AS (
       INSERT INTO boxoffice.tickets (id, order_id, line, booking_id, showtime_id, seat_index, ticket_type, issued_at)
       SELECT t.id, l.order_id, l.line, b.booking_id, l.showtime_id, l.seat_index, l.ticket_type, won.fulfilled_at
         FROM jsonb_to_recordset($2::jsonb) AS t ("orderId" uuid, line integer, id uuid)
         JOIN won ON won.id = t."orderId"
         JOIN boxoffice.order_lines l ON l.order_id = t."orderId" AND l.line = t.line
         JOIN boxoffice.order_bookings b ON b.order_id = l.order_id AND b.number = l.booking_number
     ), told AS (
       INSERT INTO boxoffice.outbox (topic, subject, payload)
       SELECT 'order.fulfilled', 'order:' || id, jsonb_build_object('orderId', id) FROM won
     )
     SELECT id FROM won`,
    values: [JSON.stringify(orders), JSON.stringify(tickets), fulfilled.map(({ orderId }) => orderId)],
  });
  return idsOf(rows);
}

/** Undefined: its order awaits no payment. */
export async function insertPayment(db: Reads, payment: NewPayment): Promise<'added' | 'known' | 'closed'> {
  const { rows } = await db.query<{ was: 'added' | 'known' | 'closed' }>(
    `WITH open AS (
       SELECT id FROM boxoffice.orders WHERE id = $2 AND state = 'awaiting_payment' FOR SHARE
     ), added AS (
       INSERT INTO boxoffice.payments (id, order_id, provider, amount, currency, state, created_at)
       SELECT $1, id, $3, $4, $5, 'created', to_timestamp($6 / 1000.0) FROM open
       ON CONFLICT (id) DO NOTHING RETURNING id
     )
     SELECT CASE WHEN EXISTS (SELECT FROM added) THEN 'added'
                 WHEN EXISTS (SELECT FROM boxoffice.payments WHERE id = $1) THEN 'known' ELSE 'closed' END AS was`,
    [payment.id, payment.orderId, payment.provider, payment.amount, payment.currency, payment.createdAt],
  );
  return rows[0]?.was ?? 'closed';
}

function idsOf(rows: readonly Written[]): ReadonlySet<string> {
  return new Set(rows.map(({ id }) => id));
}
