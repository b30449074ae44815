import type { Pool } from 'pg';
import type Stripe from 'stripe';
import type { Log } from '../../../kernel/log.js';
import type { Audit } from '../../audit/audit.js';
import { inTransaction } from '../../halls/hall-store.js';
import { writeOutbox } from '../../outbox/write-outbox.js';

/** Who did it, in the audit log. */
const STRIPE = { holder: 'provider:stripe', role: 'key' } as const;

export interface DisputesParts {
  readonly pool: Pool;
  readonly audit: Audit;
  /** To be called after a commit: the outbox is moved. */
  readonly wake: () => void;
  readonly log: Log;
}

/** A buyer who disputes a payment at their bank: staff have to answer, in the dashboard of Stripe, before a deadline. */
export class Disputes {
  readonly #parts: DisputesParts;

  constructor(parts: DisputesParts) {
    this.#parts = parts;
  }

  /** Tells it once for each event: in the log, the audit log and the outbox. */
  async take(dispute: Stripe.Dispute, { id: eventId, type }: Stripe.Event): Promise<string> {
    const { pool, audit, log, wake } = this.#parts;
    const { id: disputeId, amount, currency, reason, status } = dispute;
    const providerRef = refOf(dispute.payment_intent);
    const outcome = await inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ id: string; order_id: string }>(
        `SELECT id, order_id FROM boxoffice.payments WHERE provider = 'stripe' AND provider_ref = $1`,
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
      const after = { disputeId, amount, currency, reason, status };
      const subject = payment ? `payment:${payment.id}` : `stripe_payment:${providerRef}`;
      await audit.write(client, {
        caller: STRIPE,
        action: `payment.${type.split('.').slice(1).join('.')}`,
        subject,
        after,
      });
      if (payment) {
        const payload = { paymentId: payment.id, orderId: payment.order_id, disputeId };
        await writeOutbox(client, [{ topic: 'payment.disputed', subject: `order:${payment.order_id}`, payload }]);
      }
      return { result, commit: true };
    });
    if (outcome === 'repeated') return outcome;
    wake();
    const fields = { event: 'payments.disputed', disputeId, providerRef, status, reason, type };
    log.warn(fields, 'A buyer disputes a payment. Answer in the dashboard of Stripe before its deadline.');
    return outcome;
  }
}

function refOf(intent: Stripe.Dispute['payment_intent']): string | null {
  return typeof intent === 'string' ? intent : (intent?.id ?? null);
}
