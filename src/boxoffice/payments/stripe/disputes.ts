import type { Pool, PoolClient } from 'pg';
import type Stripe from 'stripe';
import type { Log } from '../../../kernel/log.js';
import type { Audit } from '../../audit/audit.js';
import { inTransaction } from '../../halls/hall-store.js';
import { writeOutbox } from '../../outbox/write-outbox.js';
import { fromStripeAmount } from './stripe-money.js';

/** Who did it, in the audit log. */
const STRIPE = { holder: 'provider:stripe', role: 'key' } as const;
/** Statuses of Stripe after which nothing follows. */
const CLOSED = ['won', 'lost', 'warning_closed', 'prevented'];

export interface DisputesParts {
  readonly pool: Pool;
  readonly audit: Audit;
  /** To be called after a commit: the outbox is moved. */
  readonly wake: () => void;
  readonly log: Log;
}

interface DisputedPayment {
  readonly id: string;
  readonly orderId: string;
}

/** A buyer who disputes a payment at their bank: staff have to answer, in the dashboard of Stripe, before a deadline. */
export class Disputes {
  readonly #parts: DisputesParts;

  constructor(parts: DisputesParts) {
    this.#parts = parts;
  }

  /** Tells each event once, in the log and the audit log; the outbox gets what changes how the dispute stands. */
  async take(dispute: Stripe.Dispute, event: Stripe.Event): Promise<string> {
    const { pool, log, wake } = this.#parts;
    const { id: disputeId, reason, status } = dispute;
    const providerRef = refOf(dispute.payment_intent);
    const outcome = await inTransaction(pool, (client) => this.#write(client, dispute, event));
    if (outcome === 'repeated') return outcome;
    wake();
    const fields = { event: 'payments.disputed', disputeId, providerRef, status, reason, type: event.type };
    log.warn(fields, 'A buyer disputes a payment. Answer in the dashboard of Stripe before its deadline.');
    return outcome;
  }

  async #write(client: PoolClient, dispute: Stripe.Dispute, { id: eventId, type, created }: Stripe.Event) {
    const { id: disputeId, amount, currency, reason, status } = dispute;
    const providerRef = refOf(dispute.payment_intent);
    const { rows } = await client.query<DisputedPayment>(
      `SELECT id, order_id AS "orderId" FROM boxoffice.payments WHERE provider = 'stripe' AND provider_ref = $1`,
      [providerRef],
    );
    const payment = rows[0];
    const result = payment ? 'told' : 'unknown_payment';
    const { rowCount } = await client.query(
      `INSERT INTO boxoffice.payment_events (provider, event_id, kind, provider_ref, outcome)
       VALUES ('stripe', $1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [eventId, type, providerRef, result],
    );
    if (rowCount === 0) return { result: 'repeated', commit: false };
    await this.#parts.audit.write(client, {
      caller: STRIPE,
      action: `payment.${type.split('.').slice(1).join('.')}`,
      subject: payment ? `payment:${payment.id}` : `stripe_payment:${providerRef}`,
      after: { disputeId, amount, currency, reason, status },
    });
    if (payment && (await changes(client, dispute, payment, created))) {
      const payload = { paymentId: payment.id, orderId: payment.orderId, disputeId };
      await writeOutbox(client, [{ topic: 'payment.disputed', subject: `order:${payment.orderId}`, payload }]);
    }
    return { result, commit: true };
  }
}

/**
 * Keeps how the dispute stands, and says whether that is news. Events come in any order and have whole seconds: an older one changes
 * nothing, and neither does one of the same second that would open what is closed.
 */
async function changes(
  client: PoolClient,
  { id, amount, currency, reason, status, evidence_details: evidence }: Stripe.Dispute,
  payment: DisputedPayment,
  created: number,
): Promise<boolean> {
  // Two events at once: the second sees what the first has written.
  await client.query('SELECT FROM boxoffice.payments WHERE id = $1 FOR UPDATE', [payment.id]);
  const { rows: before } = await client.query<{ status: string }>(
    `SELECT status FROM boxoffice.disputes WHERE provider = 'stripe' AND id = $1`,
    [id],
  );
  const { rowCount } = await client.query(
    `INSERT INTO boxoffice.disputes AS known
       (provider, id, payment_id, order_id, amount, currency, reason, status, answer_by, as_of)
     VALUES ('stripe', $1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8), to_timestamp($9::float8))
     ON CONFLICT (provider, id) DO UPDATE
        SET amount = excluded.amount, currency = excluded.currency, reason = excluded.reason, status = excluded.status,
            answer_by = excluded.answer_by, as_of = excluded.as_of
      WHERE known.as_of < excluded.as_of
         OR (known.as_of = excluded.as_of AND (known.status <> ALL ($10) OR excluded.status = ANY ($10)))`,
    [
      ...[id, payment.id, payment.orderId, fromStripeAmount(amount, currency)?.amount ?? null],
      ...[currency.toUpperCase(), reason, status, evidence?.due_by || null, created, CLOSED],
    ],
  );
  return rowCount === 1 && before[0]?.status !== status;
}

function refOf(intent: Stripe.Dispute['payment_intent']): string | null {
  return typeof intent === 'string' ? intent : (intent?.id ?? null);
}
