/** What staff do with orders, in the audit log. Nobody's name or address is in it: orders are kept for longer than those. */
import type { PoolClient } from 'pg';
import { postgresAudit } from '../audit/audit.js';
import type { PaymentReport } from '../payments/paid-orders-port.js';
import type { StaffCaller } from './order-port.js';
import type { SettledReport } from './order-store-port.js';

/** An order that staff made for a customer, or by a channel of theirs. */
export async function auditMade(client: PoolClient, staff: StaffCaller, orderId: string): Promise<void> {
  const { rows } = await client.query<object>(
    `SELECT o.reference, o.holder, o.channel, o.total::float8 AS total, o.currency, b.showtimes, l.seats
       FROM boxoffice.orders o
      CROSS JOIN LATERAL (SELECT json_agg(showtime_id ORDER BY number) AS showtimes
                            FROM boxoffice.order_bookings WHERE order_id = o.id) b
      CROSS JOIN LATERAL (SELECT json_agg(seat ORDER BY line) AS seats FROM boxoffice.order_lines WHERE order_id = o.id) l
      WHERE o.id = $1`,
    [orderId],
  );
  await write(client, staff, 'order.create', orderId, rows[0]);
}

export async function auditCancelled(client: PoolClient, staff: StaffCaller, orderId: string): Promise<void> {
  const { rows } = await client.query<object>('SELECT reference, holder, reason FROM boxoffice.orders WHERE id = $1', [
    orderId,
  ]);
  await write(client, staff, 'order.cancel', orderId, rows[0]);
}

/** Money that staff took, whether or not the order could still use it. */
export async function auditTaken(
  client: PoolClient,
  staff: StaffCaller,
  { outcome, orderId }: SettledReport,
  { kind, paymentId, received }: PaymentReport,
): Promise<void> {
  if (orderId !== undefined)
    await write(client, staff, 'payment.take', orderId, { kind, paymentId, ...received, outcome });
}

async function write(
  client: PoolClient,
  caller: StaffCaller,
  action: string,
  orderId: string,
  after: object | undefined,
) {
  await postgresAudit.write(client, { caller, action, subject: `order:${orderId}`, after });
}
