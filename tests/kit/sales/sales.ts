import { randomUUID } from 'node:crypto';
import type pg from 'pg';

export interface SoldLine {
  readonly showtimeId: string;
  readonly price: number;
  readonly fee?: number;
  readonly discount?: number;
  readonly tax?: number;
  readonly ticketType?: string;
  readonly state?: 'sold' | 'returned';
}

export interface Paid {
  readonly id?: string;
  readonly provider?: string;
  readonly received: number;
  /** Where it is another than was asked for. */
  readonly receivedCurrency?: string;
  readonly settledAt: Date;
}

export interface GivenBack {
  readonly id?: string;
  /** Which of the order's payments; absent: the first. */
  readonly payment?: number;
  readonly amount: number;
  readonly lines?: readonly number[];
  readonly reason?: string;
  readonly state?: 'pending' | 'succeeded' | 'failed';
  readonly settledAt: Date;
}

export interface Exchanged {
  /** The id of the earlier order, and of the payment that brought its money. */
  readonly of: string;
  readonly payment: string;
  readonly lines: readonly number[];
  readonly amount: number;
  readonly at: Date;
}

export interface Sale {
  readonly id?: string;
  readonly reference?: string;
  readonly state?: string;
  readonly reason?: string;
  readonly currency?: string;
  readonly channel?: string;
  readonly orderedBy?: string;
  readonly holder?: string;
  readonly accountId?: string;
  readonly email?: string;
  readonly name?: string;
  /** null: it never was. Absent: when its first payment arrived. */
  readonly paidAt?: Date | null;
  readonly createdAt?: Date;
  readonly expiresAt?: Date;
  readonly lines: readonly SoldLine[];
  readonly payments?: readonly Paid[];
  readonly refunds?: readonly GivenBack[];
  /** Seats of another sale that pay for a part of it. */
  readonly exchange?: Exchanged;
  /** Tickets of its lines, and a confirmed booking. */
  readonly hasTickets?: boolean;
}

type Rows = Record<
  'orders' | 'order_bookings' | 'order_lines' | 'payments' | 'refunds' | 'tickets' | 'order_credits',
  Record<string, unknown>[]
>;

/** Adds the rows of all the sales in one transaction, and returns the ids of the orders. */
export async function addSales(pool: pg.Pool, sales: readonly Sale[]): Promise<readonly string[]> {
  const rows: Rows = {
    orders: [],
    order_bookings: [],
    order_lines: [],
    payments: [],
    refunds: [],
    tickets: [],
    order_credits: [],
  };
  const ids = sales.map((sale) => addRows(rows, sale));
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    for (const [table, added] of Object.entries(rows)) await insert(client, table, added);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
  return ids;
}

async function insert(client: pg.PoolClient, table: string, rows: readonly Readonly<Record<string, unknown>>[]) {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first).join(', ');
  await client.query(
    `INSERT INTO boxoffice.${table} (${columns})
     SELECT ${columns} FROM jsonb_populate_recordset(NULL::boxoffice.${table}, $1)`,
    [JSON.stringify(rows)],
  );
}

function addRows(rows: Rows, sale: Sale): string {
  const { id = randomUUID(), currency = 'EUR', lines, payments = [], refunds = [], hasTickets = false } = sale;
  const createdAt = sale.createdAt ?? payments[0]?.settledAt ?? new Date();
  const gross = lines.reduce((sum, { price, fee = 0, discount = 0 }) => sum + price + fee - discount, 0);
  const credit = sale.exchange?.amount ?? 0;
  const total = gross - credit;
  rows.orders.push({
    id,
    reference: sale.reference ?? `R-${id}`,
    holder: sale.holder ?? `guest:${id}`,
    account_id: sale.accountId ?? null,
    email: sale.email ?? null,
    name: sale.name ?? '',
    channel: sale.channel ?? 'web',
    locale: 'en',
    ordered_by: sale.orderedBy ?? null,
    state: sale.state ?? 'fulfilled',
    reason: sale.reason ?? null,
    currency,
    total,
    refunded: 0,
    credit,
    exchanged: 0,
    fulfilled_at: sale.exchange?.at ?? null,
    created_at: createdAt,
    expires_at: sale.expiresAt ?? new Date(createdAt.getTime() + 600_000),
    paid_at: sale.paidAt === null ? null : (sale.paidAt ?? payments[0]?.settledAt ?? null),
  });
  const bookings = [...new Set(lines.map(({ showtimeId }) => showtimeId))].map((showtimeId, number) => {
    return { showtimeId, number, bookingId: randomUUID() };
  });
  for (const { showtimeId, number, bookingId } of bookings) {
    rows.order_bookings.push({
      order_id: id,
      number,
      showtime_id: showtimeId,
      hold_id: randomUUID(),
      booking_id: bookingId,
      booking_reference: `B-${bookingId.slice(0, 8)}`,
      status: hasTickets ? 'confirmed' : 'pending',
      attempt: 0,
    });
  }
  for (const [line, sold] of lines.entries()) {
    const booking = bookings.find(({ showtimeId }) => showtimeId === sold.showtimeId)!;
    const { fee = 0, discount = 0, tax = 0, ticketType = '', state = 'sold', price, showtimeId } = sold;
    const at = { showtime_id: showtimeId, seat_index: line, ticket_type: ticketType };
    const money = { price, fee, discount, tax, tax_rate: 0, refunded: 0 };
    const seat = { seat: `R1-${line + 1}`, category: 'Front', state };
    rows.order_lines.push({ order_id: id, line, booking_number: booking.number, ...at, ...money, ...seat });
    if (hasTickets) rows.tickets.push(ticketRow(id, line, booking.bookingId, at, createdAt));
  }
  const paid = payments.map(
    ({ id: paymentId = randomUUID(), provider = 'test', received, receivedCurrency, settledAt }) => {
      const ref = { provider, provider_ref: `ref-${paymentId}`, amount: total, currency };
      const times = { created_at: createdAt, settled_at: settledAt };
      return {
        id: paymentId,
        order_id: id,
        ...ref,
        state: 'succeeded',
        received,
        received_currency: receivedCurrency ?? null,
        ...times,
      };
    },
  );
  rows.payments.push(...paid);
  if (sale.exchange && credit > 0) {
    const { of, payment, lines: moved, at } = sale.exchange;
    const row = { payment_id: payment, created_at: at };
    rows.order_credits.push({ ...row, order_id: of, other_order_id: id, amount: -credit, lines: moved });
    rows.order_credits.push({ ...row, order_id: id, other_order_id: of, amount: credit, lines: [] });
  }
  for (const {
    id: refundId = randomUUID(),
    payment = 0,
    amount,
    lines: of = [],
    reason,
    state,
    settledAt,
  } of refunds) {
    rows.refunds.push({
      id: refundId,
      order_id: id,
      payment_id: paid[payment]?.id,
      amount,
      reason: reason ?? 'returned',
      lines: of,
      state: state ?? 'succeeded',
      tries: 1,
      try_after: settledAt,
      created_at: settledAt,
      settled_at: settledAt,
    });
  }
  return id;
}

function ticketRow(orderId: string, line: number, bookingId: string, at: object, issuedAt: Date) {
  const id = randomUUID();
  const states = { state: 'valid', generation: 1, issued_at: issuedAt, reference: `T${id.slice(0, 11)}` };
  return { id, order_id: orderId, line, booking_id: bookingId, ...at, ...states };
}
