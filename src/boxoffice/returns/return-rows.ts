/** What returns read and write, in the transaction of whoever decides. The order's row is locked first, as everywhere. */
import type { PoolClient } from 'pg';
import type { Reads } from '../catalogue/reads.js';
import type { Share } from '../loyalty/points-ledger.js';
import { NOT_OF_ORDER } from '../orders/judge-report.js';
import type { Order } from '../orders/order-port.js';
import { readOrders } from '../orders/order-rows.js';
import { salePolicySchema } from '../orders/sale-policy.js';
import { writeOutbox } from '../outbox/write-outbox.js';
import type { LineStanding, ReturnedLine } from './judge-return.js';

export type ReturnReason = 'returned' | 'staff' | 'showtime_cancelled';

/** The order as it stays until the transaction ends. Its tickets are locked too: nobody is let in with them meanwhile. */
export async function lockOrder(client: PoolClient, orderId: string): Promise<Order | undefined> {
  await client.query('SELECT FROM boxoffice.orders WHERE id = $1 FOR UPDATE', [orderId]);
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

/**
 * What can still be given back of the payment by which the order was bought, and that payment; undefined: it cost nothing. A second
 * payment is known by its refund, and not by its time: clocks of nodes differ, and both can be settled in one millisecond.
 */
export async function findPayment(
  db: Reads,
  orderId: string,
): Promise<{ readonly id: string; readonly left: number } | undefined> {
  const { rows } = await db.query<{ id: string; left: string }>(
    `SELECT p.id, p.received - (SELECT coalesce(sum(r.amount), 0) FROM boxoffice.refunds r
                                 WHERE r.payment_id = p.id AND r.state <> 'failed') AS left
       FROM boxoffice.payments p JOIN boxoffice.orders o ON o.id = p.order_id
      WHERE p.order_id = $1 AND p.state = 'succeeded' AND p.received = o.total
        AND coalesce(p.received_currency, p.currency) = o.currency
        AND NOT EXISTS (SELECT FROM boxoffice.refunds n
                         WHERE n.order_id = o.id AND n.payment_id = p.id AND n.reason = ANY ($2))
      ORDER BY p.settled_at, p.id LIMIT 1`,
    [orderId, NOT_OF_ORDER],
  );
  const [row] = rows;
  return row && { id: row.id, left: Number(row.left) };
}

export interface NewReturn {
  readonly id: string;
  readonly order: Order;
  readonly reason: ReturnReason;
  /** All for which something is given back, in money or seats. */
  readonly lines: readonly ReturnedLine[];
  /** Of those, whose seats come free. */
  readonly freed: readonly number[];
  readonly refund: number;
  /** Absent: nothing is refunded. */
  readonly paymentId: string | undefined;
  readonly asked: string | undefined;
  readonly askedBy: string | undefined;
}

/** For so long only the node that decided asks the house. */
const HEAD_START = '15 seconds';

/** Writes what was decided: lines, tickets, bookings, the refund and what is told about it. */
export async function writeReturn(client: PoolClient, one: NewReturn): Promise<void> {
  const { id, order, reason, lines, freed, refund, paymentId, asked, askedBy } = one;
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
     SELECT $1, $2, $10, $5, $3, $8, $7 WHERE $5 > 0`,
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
      paymentId ?? null,
    ],
  );
  if (refund === 0) await endWithoutMoney(client, order.id);
  const payload = { orderId: order.id, refundId: id, reason };
  await writeOutbox(client, [{ topic: 'order.refunded', subject: `order:${order.id}`, payload }]);
}

/** Where money goes back, the report of the provider changes the state. */
async function endWithoutMoney(client: PoolClient, orderId: string): Promise<void> {
  await client.query(
    `UPDATE boxoffice.orders o
        SET state = CASE WHEN o.refunded >= o.total AND NOT EXISTS (
                      SELECT FROM boxoffice.order_lines l WHERE l.order_id = o.id AND l.state = 'sold')
                    THEN 'refunded' ELSE 'partly_refunded' END
      WHERE o.id = $1 AND o.state IN ('fulfilled', 'partly_refunded')`,
    [orderId],
  );
}

/** What was returned of an order so far, and all of it: seats before discounts, and money. `refund`: what is given back now. */
export function returnedShare(order: Order, freed: readonly number[], refund = 0): Required<Share> {
  const worth = (lines: Order['lines']) => lines.reduce((sum, { price, fee }) => sum + price + fee, 0);
  const gone = order.lines.filter(({ line, state }) => state === 'returned' || freed.includes(line));
  const refunded = order.lines.reduce((sum, line) => sum + line.refunded, refund);
  return { returned: worth(gone), of: worth(order.lines), refunded, paid: order.total };
}
