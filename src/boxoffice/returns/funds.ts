import type { Reads } from '../catalogue/reads.js';
import type { Fund } from '../orders/exchange.js';
import { NOT_OF_ORDER } from '../orders/judge-report.js';

/**
 * What can still be given back of the money that an order was bought with, or passed on: of the payment that brought its total, and
 * of payments for earlier orders that were exchanged for it. The own payment comes first. A second payment is known by its
 * refund, and not by its time: clocks of nodes differ, and both can be settled in one millisecond.
 */
export async function readFunds(db: Reads, orderId: string): Promise<Fund[]> {
  const { rows } = await db.query<{ paymentId: string; left: string }>(
    `WITH own AS (
       SELECT p.id, p.received FROM boxoffice.payments p JOIN boxoffice.orders o ON o.id = p.order_id
        WHERE p.order_id = $1 AND p.state = 'succeeded' AND p.received = o.total
          AND coalesce(p.received_currency, p.currency) = o.currency
          AND NOT EXISTS (SELECT FROM boxoffice.refunds n
                           WHERE n.order_id = o.id AND n.payment_id = p.id AND n.reason = ANY ($2))
        ORDER BY p.settled_at, p.id LIMIT 1
     ), moved AS (
       SELECT payment_id AS id, sum(amount) AS amount, min(created_at) AS at FROM boxoffice.order_credits
        WHERE order_id = $1 GROUP BY payment_id
     )
     SELECT coalesce(own.id, moved.id) AS "paymentId",
            coalesce(own.received, 0) + coalesce(moved.amount, 0) - (
              SELECT coalesce(sum(r.amount), 0) FROM boxoffice.refunds r
               WHERE r.order_id = $1 AND r.payment_id = coalesce(own.id, moved.id) AND r.state <> 'failed') AS left
       FROM own FULL JOIN moved USING (id)
      ORDER BY own.id IS NULL, moved.at, id`,
    [orderId, NOT_OF_ORDER],
  );
  return rows.map(({ paymentId, left }) => ({ paymentId, left: Number(left) }));
}
