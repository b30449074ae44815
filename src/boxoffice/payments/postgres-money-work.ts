import type { Reads } from '../catalogue/reads.js';
import type { DueRefund, MoneyWork, OpenPayment } from './money-work-port.js';

/**
 * Invariant: what is taken is taken by one node. A take moves the time of the next try on by a lease in a statement of its
 * own, so no lock is held over the call to the provider, and what a dead node has taken comes back when its lease ends.
 */
export class PostgresMoneyWork implements MoneyWork {
  readonly #db: Reads;
  readonly #leaseMs: number;

  /** @param leaseMs longer than all calls to a provider for one refund or payment may take together */
  constructor(db: Reads, leaseMs: number) {
    this.#db = db;
    this.#leaseMs = leaseMs;
  }

  async takeRefunds(max: number): Promise<DueRefund[]> {
    const { rows } = await this.#db.query<DueRefund>(
      `WITH due AS (
         SELECT id FROM boxoffice.refunds WHERE state = 'pending' AND try_after <= clock_timestamp()
          ORDER BY try_after LIMIT $1 FOR UPDATE SKIP LOCKED)
       UPDATE boxoffice.refunds r
          SET tries = r.tries + 1, try_after = clock_timestamp() + make_interval(secs => $2::float8 / 1000)
         FROM due, boxoffice.payments p WHERE r.id = due.id AND p.id = r.payment_id
       RETURNING r.id AS "refundId", p.id AS "paymentId", p.provider, p.provider_ref AS "paymentRef",
                 r.provider_ref AS "refundRef", r.amount::float8 AS amount, coalesce(p.received_currency, p.currency) AS currency, r.tries`,
      [max, this.#leaseMs],
    );
    return rows;
  }

  async postponeRefund(
    refundId: string,
    afterMs: number,
    failure: string | null,
    refundRef: string | null,
  ): Promise<void> {
    await this.#db.query(
      `UPDATE boxoffice.refunds SET try_after = clock_timestamp() + make_interval(secs => $2::float8 / 1000),
              failure = $3, provider_ref = coalesce($4, provider_ref)
        WHERE id = $1 AND state = 'pending'`,
      [refundId, afterMs, failure, refundRef],
    );
  }

  async takePayments(max: number, minAgeMs: number): Promise<OpenPayment[]> {
    const { rows } = await this.#db.query<OpenPayment>(
      `WITH due AS (
         SELECT id FROM boxoffice.payments
          WHERE state IN ('created', 'requires_action', 'processing')
            AND created_at <= clock_timestamp() - make_interval(secs => $3::float8 / 1000)
            AND coalesce(look_after, '-infinity') <= clock_timestamp()
          ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       UPDATE boxoffice.payments p
          SET looks = p.looks + 1, look_after = clock_timestamp() + make_interval(secs => $2::float8 / 1000)
         FROM due, boxoffice.orders o WHERE p.id = due.id AND o.id = p.order_id
       RETURNING p.id AS "paymentId", p.provider, p.provider_ref AS "providerRef", p.looks,
                 extract(epoch FROM clock_timestamp() - p.created_at)::float8 * 1000 AS "ageMs",
                 (o.state NOT IN ('draft', 'awaiting_payment') OR o.expires_at <= clock_timestamp()) AS "hasOrderEnded"`,
      [max, this.#leaseMs, minAgeMs],
    );
    return rows;
  }

  async postponePayment(paymentId: string, afterMs: number): Promise<void> {
    await this.#db.query(
      `UPDATE boxoffice.payments p SET look_after = least(
                clock_timestamp() + make_interval(secs => $2::float8 / 1000),
                CASE WHEN o.expires_at > clock_timestamp() THEN o.expires_at END)
         FROM boxoffice.orders o WHERE p.id = $1 AND o.id = p.order_id`,
      [paymentId, afterMs],
    );
  }
}
