import type { PoolClient } from 'pg';
import type { RefundReport } from '../payments/paid-orders-port.js';
import { NOT_OF_ORDER } from './judge-report.js';

interface RefundRow {
  readonly orderId: string;
  readonly amount: string;
  readonly reason: string;
  readonly state: 'pending' | 'succeeded' | 'failed';
}

/** What a provider reports of a refund, in the caller's transaction. The order's row is locked first, as everywhere. */
export async function settleRefund(
  client: PoolClient,
  { provider, eventId, kind, refundId, providerRef, state, failure }: RefundReport,
  now: number,
): Promise<'taken' | 'repeated' | 'unknown_refund'> {
  const lock =
    'SELECT FROM boxoffice.orders WHERE id = (SELECT order_id FROM boxoffice.refunds WHERE id = $1) FOR UPDATE';
  await client.query(lock, [refundId]);
  const { rows } = await client.query<RefundRow>(
    'SELECT order_id AS "orderId", amount, reason, state FROM boxoffice.refunds WHERE id = $1 FOR UPDATE',
    [refundId],
  );
  const [refund] = rows;
  const outcome = !refund ? 'unknown_refund' : refund.state === state ? 'repeated' : 'taken';
  const { rowCount } = await client.query(
    `INSERT INTO boxoffice.payment_events (provider, event_id, kind, provider_ref, outcome, received_at)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0)) ON CONFLICT DO NOTHING`,
    [provider, eventId, kind, providerRef, outcome, now],
  );
  if (!refund) return 'unknown_refund';
  if (rowCount === 0 || outcome === 'repeated') return 'repeated';
  // A bank can send money back after it was given: then the refund has failed after all.
  if (state === 'pending' || (refund.state === 'failed' && state !== 'succeeded')) return 'taken';
  await client.query(
    `UPDATE boxoffice.refunds SET state = $2, provider_ref = coalesce($3, provider_ref), failure = $4,
            settled_at = to_timestamp($5 / 1000.0) WHERE id = $1`,
    [refundId, state, providerRef, failure ?? null, now],
  );
  const isOfOrder = !(NOT_OF_ORDER as readonly string[]).includes(refund.reason);
  const wasCounted = refund.state === 'succeeded';
  if (isOfOrder && wasCounted !== (state === 'succeeded')) {
    const amount = state === 'succeeded' ? Number(refund.amount) : -Number(refund.amount);
    await client.query(
      `UPDATE boxoffice.orders
          SET refunded = refunded + $2,
              state = CASE WHEN state NOT IN ('fulfilled', 'partly_refunded') OR $2 < 0 THEN state
                           WHEN refunded + exchanged + $2 >= total + credit THEN 'refunded' ELSE 'partly_refunded' END
        WHERE id = $1`,
      [refund.orderId, amount],
    );
  }
  await client.query(
    `INSERT INTO boxoffice.outbox (topic, subject, payload)
     VALUES ('refund.settled', 'order:' || $2, jsonb_build_object('refundId', $1::text, 'orderId', $2::text))`,
    [refundId, refund.orderId],
  );
  return 'taken';
}
