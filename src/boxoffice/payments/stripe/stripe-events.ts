import type Stripe from 'stripe';
import type { Log } from '../../../kernel/log.js';
import type { PaidOrders, RefundReport } from '../paid-orders-port.js';
import { logRefused } from '../refund-runner.js';
import type { Disputes } from './disputes.js';
import { reportOfIntent, UUID } from './read-intent.js';

export interface StripeEventsParts {
  readonly orders: PaidOrders;
  readonly disputes: Disputes;
  readonly isLive: boolean;
  /** Of the connected account that is paid; undefined: the account of the key, whose events name none. */
  readonly account: string | undefined;
  readonly log: Log;
}

/**
 * What an event of Stripe means here. Events come in any order, more than once, and years late. Each says how its object
 * stood when the event was made; what counts is decided by the orders.
 */
export class StripeEvents {
  readonly #parts: StripeEventsParts;

  constructor(parts: StripeEventsParts) {
    this.#parts = parts;
  }

  /**
   * What came of it, as a code.
   * @throws where Postgres does not answer: Stripe is to send it again
   */
  async take(event: Stripe.Event): Promise<string> {
    const { orders, disputes } = this.#parts;
    const foreign = this.#whyForeign(event);
    if (foreign !== undefined) return this.#ignore(event, foreign);
    switch (event.type) {
      case 'payment_intent.succeeded':
      case 'payment_intent.payment_failed':
      case 'payment_intent.processing':
      case 'payment_intent.requires_action':
      case 'payment_intent.canceled':
        return await orders.settled(reportOfIntent(event.data.object, event));
      case 'refund.created':
      case 'refund.updated':
      case 'refund.failed':
      case 'charge.refund.updated': {
        const report = reportOfRefund(event.data.object, event);
        return report ? await this.#settleRefund(report) : this.#ignore(event, 'refund_not_ours');
      }
      case 'charge.dispute.created':
      case 'charge.dispute.updated':
      case 'charge.dispute.closed':
      case 'charge.dispute.funds_withdrawn':
      case 'charge.dispute.funds_reinstated':
        return await disputes.take(event.data.object, event);
      default:
        return 'ignored';
    }
  }

  async #settleRefund(report: RefundReport): Promise<string> {
    const outcome = await this.#parts.orders.refundSettled(report);
    if (report.state === 'failed' && outcome === 'taken') logRefused(this.#parts.log, report);
    return outcome;
  }

  #whyForeign({ account, livemode }: Stripe.Event): string | undefined {
    if ((account ?? undefined) !== this.#parts.account) return 'another_account';
    return livemode === this.#parts.isLive ? undefined : 'another_mode';
  }

  #ignore({ id, type }: Stripe.Event, reason: string): string {
    const fields = { event: 'payments.event_ignored', reason, eventId: id, type };
    this.#parts.log.warn(
      fields,
      'An event of Stripe is not for this server. Check where the webhook endpoint belongs.',
    );
    return reason;
  }
}

function reportOfRefund(refund: Stripe.Refund, { id, type }: Stripe.Event): RefundReport | undefined {
  const refundId = refund.metadata?.['refund_id'];
  if (refundId === undefined || !UUID.test(refundId)) return undefined;
  const common = { provider: 'stripe', eventId: id, kind: type, refundId, providerRef: refund.id } as const;
  if (refund.status === 'succeeded') return { ...common, state: 'succeeded' };
  if (refund.status !== 'failed' && refund.status !== 'canceled') return { ...common, state: 'pending' };
  return { ...common, state: 'failed', failure: refund.failure_reason ?? `refund_${refund.status}` };
}
