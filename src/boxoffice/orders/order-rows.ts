/** Orders as Postgres has them, read whole. */
import type { Reads } from '../catalogue/reads.js';
import type {
  Discount,
  Exchange,
  Order,
  OrderBooking,
  OrderLine,
  OrderPayment,
  OrderRefund,
  PaymentDispute,
} from './order-port.js';
import type { OrderSearch } from './order-store-port.js';

interface OrderRow {
  readonly id: string;
  readonly reference: string;
  readonly holder: string;
  readonly account_id: string | null;
  readonly email: string | null;
  readonly name: string;
  readonly locale: string;
  readonly channel: Order['channel'];
  readonly ordered_by: string | null;
  readonly state: Order['state'];
  readonly reason: string | null;
  readonly decision: Order['decision'] | null;
  readonly currency: string;
  readonly total: string;
  readonly credit: string;
  readonly exchanged: string;
  readonly refunded: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly paid_at: Date | null;
  readonly fulfilled_at: Date | null;
  readonly exchange: Exchange | null;
  readonly bookings: readonly OrderBooking[];
  readonly lines: readonly (Omit<OrderLine, 'exchangedFor'> & { readonly exchangedFor: string | null })[];
  readonly discounts: readonly Nullable<Discount>[];
  readonly payments: readonly Nullable<OrderPayment>[];
  readonly refunds: readonly OrderRefund[];
}

type Nullable<Value> = { readonly [Name in keyof Value]: Value[Name] | null };

const BOOKINGS = `(
  SELECT coalesce(json_agg(x ORDER BY x.number), '[]') FROM (
    SELECT number, showtime_id AS "showtimeId", hold_id AS "holdId",
           round(extract(epoch FROM coalesce(hold_expires_at, 'epoch')) * 1000)::bigint AS "holdExpiresAt",
           booking_id AS "bookingId", booking_reference AS "bookingReference", status, attempt
      FROM boxoffice.order_bookings WHERE order_id = o.id) x)`;
const LINES = `(
  SELECT coalesce(json_agg(x ORDER BY x.line), '[]') FROM (
    SELECT line, booking_number AS booking, showtime_id AS "showtimeId", seat_index AS "seatIndex", seat, category,
           ticket_type AS "ticketType", price, fee, discount, tax, tax_rate AS "taxRate", state, refunded, exchanged,
           exchanged_for AS "exchangedFor"
      FROM boxoffice.order_lines WHERE order_id = o.id) x)`;
const DISCOUNTS = `(
  SELECT coalesce(json_agg(x ORDER BY x.number), '[]') FROM (
    SELECT number, kind, code, points, amount FROM boxoffice.order_discounts WHERE order_id = o.id) x)`;
const PAYMENTS = `(
  SELECT coalesce(json_agg(x ORDER BY x.created_at, x.id), '[]') FROM (
    SELECT id, provider, provider_ref AS "providerRef", amount, state, failure, received, created_at,
           received_currency AS "receivedCurrency",
           (SELECT json_agg(json_build_object('id', d.id, 'amount', d.amount, 'currency', d.currency,
                                              'reason', d.reason, 'status', d.status) ORDER BY d.id)
              FROM boxoffice.disputes d WHERE d.payment_id = p.id) AS disputes
      FROM boxoffice.payments p WHERE order_id = o.id) x)`;
const REFUNDS = `(
  SELECT coalesce(json_agg(x ORDER BY x.created_at, x.id), '[]') FROM (
    SELECT r.id, r.payment_id AS "paymentId", r.amount, coalesce(p.received_currency, p.currency) AS currency, r.reason,
           r.state, r.lines, r.created_at
      FROM boxoffice.refunds r JOIN boxoffice.payments p ON p.id = r.payment_id WHERE r.order_id = o.id) x)`;

const EXCHANGE = `(
  SELECT json_build_object('ofOrderId', e.of_order_id, 'refund', e.refund, 'byStaff', e.by_staff, 'lines', (
           SELECT json_agg(json_build_object('line', l.line, 'paid', l.paid, 'kept', l.kept) ORDER BY l.at)
             FROM unnest(e.lines, e.paid, e.kept) WITH ORDINALITY AS l (line, paid, kept, at)))
    FROM boxoffice.exchanges e WHERE e.order_id = o.id)`;

const ORDER = `
SELECT o.id, o.reference, o.holder, o.account_id, o.email, o.name, o.locale, o.channel, o.ordered_by, o.state, o.reason,
       o.decision, o.currency, o.total, o.credit, o.exchanged, o.refunded, o.created_at, o.expires_at, o.paid_at, o.fulfilled_at,
       ${EXCHANGE} AS exchange,
       ${BOOKINGS} AS bookings, ${LINES} AS lines, ${DISCOUNTS} AS discounts, ${PAYMENTS} AS payments, ${REFUNDS} AS refunds
  FROM boxoffice.orders o`;

/** In no particular order; those that there are not are left out. */
export async function readOrders(db: Reads, ids: readonly string[]): Promise<Order[]> {
  if (ids.length === 0) return [];
  const query = { name: 'orders_read', text: `${ORDER} WHERE o.id = ANY($1::uuid[])`, values: [ids] };
  const { rows } = await db.query<OrderRow>(query);
  return rows.map(orderOf);
}

export async function readOrderOfRequest(
  db: Reads,
  requestId: string,
): Promise<{ readonly order: Order; readonly asked: string } | undefined> {
  const { rows } = await db.query<{ id: string; asked: string }>(
    'SELECT id, asked FROM boxoffice.orders WHERE request_id = $1',
    [requestId],
  );
  const [row] = rows;
  const [order] = row ? await readOrders(db, [row.id]) : [];
  return row && order && { order, asked: row.asked };
}

/** Newest first: ids are made in the order of time. */
export async function searchOrders(db: Reads, search: OrderSearch): Promise<Order[]> {
  const { holder, accountId, reference, email, showtimeId, before, limit } = search;
  const { rows } = await db.query<OrderRow>(
    `${ORDER}
      WHERE ($1::text IS NULL OR o.holder = $1)
        AND ($2::uuid IS NULL OR o.holder IN (SELECT holder FROM boxoffice.account_holders WHERE account_id = $2))
        AND ($3::text IS NULL OR o.reference = $3)
        AND ($4::text IS NULL OR o.email = $4)
        AND ($5::uuid IS NULL OR o.id IN (SELECT order_id FROM boxoffice.order_bookings WHERE showtime_id = $5))
        AND ($6::uuid IS NULL OR o.id < $6)
      ORDER BY o.id DESC LIMIT $7`,
    [holder ?? null, accountId ?? null, reference ?? null, email ?? null, showtimeId ?? null, before ?? null, limit],
  );
  return rows.map(orderOf);
}

function orderOf(row: OrderRow): Order {
  return {
    id: row.id,
    reference: row.reference,
    holder: row.holder,
    accountId: row.account_id ?? undefined,
    email: row.email ?? undefined,
    name: row.name,
    locale: row.locale,
    channel: row.channel,
    orderedBy: row.ordered_by ?? undefined,
    state: row.state,
    reason: row.reason ?? undefined,
    decision: row.decision ?? undefined,
    currency: row.currency,
    total: Number(row.total),
    credit: Number(row.credit),
    exchanged: Number(row.exchanged),
    refunded: Number(row.refunded),
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    paidAt: row.paid_at?.getTime(),
    fulfilledAt: row.fulfilled_at?.getTime(),
    exchange: row.exchange ?? undefined,
    bookings: row.bookings,
    lines: row.lines.map((line) => ({ ...line, exchangedFor: line.exchangedFor ?? undefined })),
    discounts: row.discounts.map(discountOf),
    payments: row.payments.map(paymentOf),
    refunds: row.refunds.map(({ id, paymentId, amount, currency, reason, state, lines }) => {
      return { id, paymentId, amount, currency, reason, state, lines };
    }),
  };
}

function discountOf({ kind, code, points, amount }: Nullable<Discount>): Discount {
  const value = { kind: kind ?? 'voucher', amount: amount ?? 0 };
  return { ...value, ...(code === null ? {} : { code }), ...(points === null ? {} : { points }) };
}

function paymentOf(row: Nullable<OrderPayment>): OrderPayment {
  return {
    id: row.id ?? '',
    provider: row.provider ?? '',
    providerRef: row.providerRef ?? undefined,
    amount: row.amount ?? 0,
    state: row.state ?? 'created',
    failure: row.failure ?? undefined,
    received: row.received ?? undefined,
    receivedCurrency: row.receivedCurrency ?? undefined,
    ...(row.disputes ? { disputes: row.disputes.map(disputeOf) } : {}),
  };
}

function disputeOf({ amount, ...dispute }: PaymentDispute): PaymentDispute {
  return { ...dispute, ...(amount === undefined || amount === null ? {} : { amount }) };
}
