import { randomUUID } from 'node:crypto';
import type pg from 'pg';

interface Payment {
  readonly paymentId?: string;
  readonly provider?: string;
  readonly providerRef?: string | null;
  readonly state: string;
  readonly orderState?: string;
  readonly ageMs?: number;
}

const AMOUNT = 1_250;

/** A payment of an order of its own. */
export async function addPayment(
  pool: pg.Pool,
  { paymentId = randomUUID(), provider = 'stripe', providerRef = null, state, orderState, ageMs = 0 }: Payment,
): Promise<{ readonly paymentId: string; readonly orderId: string }> {
  const orderId = randomUUID();
  await pool.query(
    `INSERT INTO boxoffice.orders (id, reference, holder, state, currency, total, expires_at)
     VALUES ($1, $2, 'guest:1', $3, 'EUR', $4, clock_timestamp() + interval '1 hour')`,
    [orderId, orderId.slice(0, 11), orderState ?? 'awaiting_payment', AMOUNT],
  );
  await pool.query(
    `INSERT INTO boxoffice.payments (id, order_id, provider, provider_ref, amount, currency, state, received, created_at)
     VALUES ($1, $2, $3, $4, $5, 'EUR', $6, $7, clock_timestamp() - make_interval(secs => $8::float8 / 1000))`,
    [paymentId, orderId, provider, providerRef, AMOUNT, state, state === 'succeeded' ? AMOUNT : null, ageMs],
  );
  return { paymentId, orderId };
}

export async function addRefund(pool: pg.Pool, of: { paymentId: string; orderId: string }, amount: number) {
  const id = randomUUID();
  await pool.query(
    `INSERT INTO boxoffice.refunds (id, order_id, payment_id, amount, reason) VALUES ($1, $2, $3, $4, 'late_payment')`,
    [id, of.orderId, of.paymentId, amount],
  );
  return id;
}
