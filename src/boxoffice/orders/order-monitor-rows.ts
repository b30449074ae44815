/** What the monitor of orders reads and claims. */
import type { Reads } from '../catalogue/reads.js';
import { NOT_OF_ORDER } from './judge-report.js';
import type { OrderState } from './order-port.js';
import type { DueOrders, MoneyFault } from './order-store-port.js';
import { ORDER_TIMES } from './order-times.js';

export async function expireOrders(
  db: Reads,
  now: number,
  holdsDueAt: number,
  limit: number,
): Promise<{ readonly id: string; readonly hasDiscounts: boolean }[]> {
  const { rows } = await db.query<{ id: string; hasDiscounts: boolean }>(
    `WITH due AS (
       SELECT id FROM boxoffice.orders WHERE state = 'awaiting_payment' AND expires_at <= to_timestamp($1 / 1000.0)
        ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
     ), gone AS (
       UPDATE boxoffice.orders o SET state = 'expired', ended_at = to_timestamp($1 / 1000.0), holds_due_at = to_timestamp($3 / 1000.0)
         FROM due WHERE o.id = due.id RETURNING o.id
     ), told AS (
       INSERT INTO boxoffice.outbox (topic, subject, payload)
       SELECT 'order.expired', 'order:' || id, jsonb_build_object('orderId', id) FROM gone
     )
     SELECT id, EXISTS (SELECT FROM boxoffice.order_discounts d WHERE d.order_id = gone.id) AS "hasDiscounts" FROM gone`,
    [now, limit, holdsDueAt],
  );
  return rows;
}

/** The ids of orders whose holds are to be given back by whoever asks. */
export async function claimHoldsDue(db: Reads, now: number, claimedUntil: number, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `WITH due AS (
       SELECT id FROM boxoffice.orders WHERE holds_due_at <= to_timestamp($1 / 1000.0)
        ORDER BY holds_due_at LIMIT $3 FOR UPDATE SKIP LOCKED
     )
     UPDATE boxoffice.orders o SET holds_due_at = to_timestamp($2 / 1000.0) FROM due WHERE o.id = due.id RETURNING o.id`,
    [now, claimedUntil, limit],
  );
  return rows.map(({ id }) => id);
}

export async function dueOrders(db: Reads, now: number, claimedUntil: number, limit: number): Promise<DueOrders> {
  const { rows } = await db.query<{ id: string; state: OrderState; paid_at: Date | null }>(
    `WITH due AS (
       SELECT id FROM boxoffice.orders
        WHERE state IN ('draft', 'awaiting_payment', 'paid')
          AND (state = 'draft' AND created_at <= to_timestamp(($1::float8 - $4::float8) / 1000)
               OR state = 'paid' AND paid_at <= to_timestamp(($1::float8 - $5::float8) / 1000))
          AND (claimed_until IS NULL OR claimed_until <= to_timestamp($1::float8 / 1000))
        ORDER BY expires_at LIMIT $3 FOR UPDATE SKIP LOCKED
     )
     UPDATE boxoffice.orders o SET claimed_until = to_timestamp($2 / 1000.0) FROM due WHERE o.id = due.id
     RETURNING o.id, o.state, o.paid_at`,
    [now, claimedUntil, limit, ORDER_TIMES.draftMsMax, ORDER_TIMES.paidMsMax],
  );
  return {
    drafts: rows.filter(({ state }) => state === 'draft').map(({ id }) => id),
    paid: rows.flatMap(({ id, paid_at }) => (paid_at ? [{ orderId: id, paidAt: paid_at.getTime() }] : [])),
  };
}

/**
 * What is kept of the money of an order must be what its state says: all of it while it is fulfilled, a part once something was
 * given back, nothing where it has no seats. What came from an earlier order counts, and what went into a later one does not. A
 * refund that failed for good has given nothing back.
 */
export async function moneyFaults(db: Reads, from: number, until: number): Promise<MoneyFault[]> {
  const { rows } = await db.query<{
    id: string;
    reference: string;
    state: OrderState;
    received: string;
    returned: string;
    missing: number;
  }>(
    `SELECT o.id, o.reference, o.state, m.received, m.returned, b.missing
       FROM (SELECT DISTINCT order_id FROM boxoffice.payments
              WHERE state = 'succeeded' AND settled_at >= to_timestamp($1 / 1000.0) AND settled_at < to_timestamp($2 / 1000.0)) t
       JOIN boxoffice.orders o ON o.id = t.order_id
      CROSS JOIN LATERAL (
        SELECT (SELECT coalesce(sum(received), 0) FROM boxoffice.payments p
                 WHERE p.order_id = o.id AND p.state = 'succeeded') AS received,
               (SELECT coalesce(sum(amount), 0) FROM boxoffice.refunds r
                 WHERE r.order_id = o.id AND r.state <> 'failed') AS returned,
               (SELECT coalesce(sum(amount), 0) FROM boxoffice.refunds r
                 WHERE r.order_id = o.id AND r.state <> 'failed' AND r.reason <> ALL ($3)) AS "ofOrder") m
      CROSS JOIN LATERAL (
        SELECT count(*)::integer AS missing FROM boxoffice.order_bookings ob
         WHERE ob.order_id = o.id AND ob.status = 'confirmed'
           AND NOT EXISTS (SELECT FROM usher.bookings u WHERE u.id = ob.booking_id)) b
      CROSS JOIN LATERAL (SELECT CASE WHEN o.fulfilled_at IS NULL THEN 0 ELSE o.credit END AS credit) c
      WHERE o.state <> 'paid'
        AND (b.missing > 0 OR CASE
          WHEN o.state = 'fulfilled' THEN m.received - m.returned <> o.total AND m."ofOrder" = 0
          WHEN o.state IN ('partly_refunded', 'refunded') THEN m.received + c.credit - o.exchanged - m.returned NOT BETWEEN 0 AND o.total + c.credit
          ELSE m.received <> m.returned END)
      LIMIT 100`,
    [from, until, NOT_OF_ORDER],
  );
  return rows.map(({ id, reference, state, received, returned, missing }) => {
    return {
      orderId: id,
      reference,
      state,
      received: Number(received),
      returned: Number(returned),
      bookingsMissing: missing,
    };
  });
}
