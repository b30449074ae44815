/** What returns read and write, in the transaction of the decision. It locks the order's row first, as everywhere. */
import type { PoolClient } from 'pg';
import type { Reads } from '../catalogue/reads.js';
import type { Share } from '../loyalty/points-ledger.js';
import { uuidV5 } from '../orders/derived-ids.js';
import type { Order } from '../orders/order-port.js';
import { readOrders } from '../orders/order-rows.js';
import { salePolicySchema } from '../orders/sale-policy.js';
import { writeOutbox } from '../outbox/write-outbox.js';
import type { LineStanding, ReturnedLine } from './judge-return.js';

export type ReturnReason = 'returned' | 'staff' | 'showtime_cancelled' | 'exchanged';

/** The order as it stays until the transaction ends. Its tickets are locked too: nobody is let in with them meanwhile. */
export async function lockOrder(client: PoolClient, orderId: string): Promise<Order | undefined> {
  await client.query('SELECT FROM boxoffice.orders WHERE id = $1 FOR UPDATE', [orderId]);
  return await lockTickets(client, orderId);
}

/** Of an order whose row is locked. */
export async function lockTickets(client: PoolClient, orderId: string): Promise<Order | undefined> {
  await client.query('SELECT FROM boxoffice.tickets WHERE order_id = $1 ORDER BY id FOR NO KEY UPDATE', [orderId]);
  return (await readOrders(client, [orderId]))[0];
}

/** By line. Lines of showtimes that there no longer are have none. */
export async function readStandings(db: Reads, orderId: string): Promise<ReadonlyMap<number, LineStanding>> {
  const { rows } = await db.query<{
    line: number;
    policy: unknown;
    startsAt: Date;
    isCheckedIn: boolean;
    isPassedOn: boolean;
  }>(
    `SELECT l.line, s.sale_policy AS policy, s.starts_at AS "startsAt", a.ticket_id IS NOT NULL AS "isCheckedIn",
            coalesce(t.owner_holder IS NOT NULL, false) AS "isPassedOn"
       FROM boxoffice.order_lines l JOIN boxoffice.showtimes s ON s.id = l.showtime_id
       LEFT JOIN boxoffice.tickets t ON t.order_id = l.order_id AND t.line = l.line
       LEFT JOIN boxoffice.admissions a ON a.ticket_id = t.id
      WHERE l.order_id = $1`,
    [orderId],
  );
  return new Map(
    rows.map(({ line, policy, startsAt, isCheckedIn, isPassedOn }) => {
      return [line, { policy: salePolicySchema.parse(policy), startsAt: startsAt.getTime(), isCheckedIn, isPassedOn }];
    }),
  );
}

/** The hash of what the return with this id was asked for; undefined: there is none. */
export async function findAsked(db: Reads, returnId: string): Promise<{ readonly asked: string | null } | undefined> {
  const sql = 'SELECT asked FROM boxoffice.returns WHERE id = $1';
  return (await db.query<{ asked: string | null }>(sql, [returnId])).rows[0];
}

export interface NewReturn {
  readonly id: string;
  readonly order: Order;
  readonly reason: ReturnReason;
  /** All for which something is given back, in money or seats. */
  readonly lines: readonly ReturnedLine[];
  /** Of those, whose seats come free. */
  readonly freed: readonly number[];
  /** What goes back to the buyer, by payment. */
  readonly refunds: readonly { readonly paymentId: string; readonly amount: number }[];
  readonly asked: string | undefined;
  readonly askedBy: string | undefined;
}

/** For so long only the node that decided asks the house. */
const HEAD_START = '15 seconds';

/** Writes what was decided: lines, tickets, bookings and refunds. */
export async function writeReturn(client: PoolClient, one: NewReturn): Promise<void> {
  const { id, order, reason, lines, freed, refunds, asked, askedBy } = one;
  const refund = refunds.reduce((sum, { amount }) => sum + amount, 0);
  await client.query(
    `WITH decided AS (
       INSERT INTO boxoffice.returns (id, order_id, reason, lines, amount, asked, asked_by, freed_at, try_after)
       VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $4::integer[] = '{}' THEN clock_timestamp() END,
               clock_timestamp() + interval '${HEAD_START}')
     ), lines AS (
       UPDATE boxoffice.order_lines l
          SET state = CASE WHEN l.line = ANY ($4) THEN 'returned' ELSE l.state END, refunded = l.refunded + r.refund
         FROM unnest($8::integer[], $9::bigint[]) AS r (line, refund) WHERE l.order_id = $2 AND l.line = r.line
     ), tickets AS (
       UPDATE boxoffice.tickets SET state = CASE WHEN $3 = 'showtime_cancelled' THEN 'cancelled' ELSE 'refunded' END
        WHERE order_id = $2 AND line = ANY ($4)
     ), bookings AS (
       UPDATE boxoffice.order_bookings b SET status = 'cancelled'
        WHERE b.order_id = $2 AND b.status = 'confirmed'
          AND NOT EXISTS (SELECT FROM boxoffice.order_lines l WHERE l.order_id = b.order_id AND l.booking_number = b.number
                             AND l.state = 'sold' AND l.line <> ALL ($4))
     )
     INSERT INTO boxoffice.refunds (id, order_id, payment_id, amount, reason, lines, asked_by)
     SELECT r.id, $2, r.payment_id, r.amount, $3, $8, $7 FROM unnest($10::uuid[], $11::uuid[], $12::bigint[]) AS r (id, payment_id, amount)`,
    [
      id,
      order.id,
      reason,
      freed,
      refund,
      asked ?? null,
      askedBy ?? null,
      lines.map(({ line }) => line),
      lines.map((line) => line.refund),
      // The first has the id of the return.
      refunds.map((_, at) => (at === 0 ? id : uuidV5(id, `refund:${at}`))),
      refunds.map(({ paymentId }) => paymentId),
      refunds.map(({ amount }) => amount),
    ],
  );
  if (refund === 0) await endWithoutMoney(client, order.id);
}

/** Tells what was given back; of an exchange another event tells. */
export async function tellReturn(client: PoolClient, { id, order, reason }: NewReturn): Promise<void> {
  const payload = { orderId: order.id, refundId: id, reason };
  await writeOutbox(client, [{ topic: 'order.refunded', subject: `order:${order.id}`, payload }]);
}

/** Where money goes back, the report of the provider changes the state. */
async function endWithoutMoney(client: PoolClient, orderId: string): Promise<void> {
  await client.query(
    `UPDATE boxoffice.orders o
        SET state = CASE WHEN o.refunded + o.exchanged >= o.total + o.credit AND NOT EXISTS (
                      SELECT FROM boxoffice.order_lines l WHERE l.order_id = o.id AND l.state = 'sold')
                    THEN 'refunded' ELSE 'partly_refunded' END
      WHERE o.id = $1 AND o.state IN ('fulfilled', 'partly_refunded')`,
    [orderId],
  );
}

/**
 * What was returned of an order so far, and all of it: seats before discounts, and money. `refund`: what goes back now, or
 * into another order. What came from an earlier order counts as paid.
 */
export function returnedShare(order: Order, freed: readonly number[], refund = 0): Required<Share> {
  const worth = (lines: Order['lines']) => lines.reduce((sum, { price, fee }) => sum + price + fee, 0);
  const gone = order.lines.filter(({ line, state }) => state === 'returned' || freed.includes(line));
  const refunded = order.lines.reduce((sum, line) => sum + line.refunded + line.exchanged, refund);
  return { returned: worth(gone), of: worth(order.lines), refunded, paid: order.total + order.credit };
}
