import type { Money } from '../../protocol/money.js';

/** `none` is of orders that cost nothing: they need no provider. */
export const PROVIDER_NAMES = ['test', 'stripe', 'cash', 'none'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/** How a payment stands, as its provider says. */
export type ReportedState = 'succeeded' | 'failed' | 'processing' | 'requires_action' | 'cancelled';

/** What a provider says about one payment: in the answer to a call of ours, in a webhook, or because we asked. */
export interface PaymentReport {
  readonly provider: ProviderName;
  /**
   * One event has one id, however often it arrives and by whichever way. A report that was read rather than sent has an id
   * made of the payment and its state, so that two looks at the same state are one event. The same success may still be
   * reported under two ids, once sent and once read: what was settled stays settled.
   */
  readonly eventId: string;
  /** The provider's name of the event, such as `payment_intent.succeeded`. For people who read the record. */
  readonly kind: string;
  /** The provider's id of the payment. */
  readonly providerRef: string;
  /** Ours, where the provider knows it: the answer that would have told us `providerRef` may have been lost. */
  readonly paymentId?: string;
  /**
   * Reports come late and in any order. `succeeded` is the only final one: money can still arrive for a payment that was
   * reported as failed (the buyer tries another card) or as cancelled (the request to cancel came too late).
   */
  readonly state: ReportedState;
  /** With `succeeded`: what arrived. It may be another sum, or another currency, than was asked for. */
  readonly received?: Money;
  /** With `failed`: why, as a code of the provider. */
  readonly failure?: string;
}

/** What a provider says about one refund. */
export interface RefundReport {
  readonly provider: ProviderName;
  readonly eventId: string;
  readonly kind: string;
  /** Ours. */
  readonly refundId: string;
  /** The provider's id of the refund; null where it never made one. */
  readonly providerRef: string | null;
  /** A bank can send a refund back days later: `failed` may follow `succeeded`. */
  readonly state: 'succeeded' | 'pending' | 'failed';
  readonly failure?: string;
}

/** What came of a report: `late`: the hold has ended; `repeated`: the same event was reported before. */
export type Settled = 'taken' | 'late' | 'wrong_sum' | 'repeated' | 'unknown_payment';

/** The orders, as payments see them. */
export interface PaidOrders {
  /**
   * Takes a report. When it resolves, the effect is committed; a repeat of the same event changes nothing.
   * @throws where Postgres does not answer: the report is to be made again
   */
  settled(report: PaymentReport): Promise<Settled>;
  /** The same for a refund. It settles the row of the refund, the sums of its order, and writes `refund.settled`. */
  refundSettled(report: RefundReport): Promise<'taken' | 'repeated' | 'unknown_refund'>;
}
