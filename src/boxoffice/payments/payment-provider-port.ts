import type { WireError } from '../../protocol/errors.js';
import type { Money } from '../../protocol/money.js';
import type { PaymentReport, ProviderName, ReportedState } from './paid-orders-port.js';

export interface StartedPayment {
  readonly ok: true;
  /** The provider's id of the payment. */
  readonly providerRef: string;
  readonly state: ReportedState;
  /** What the buyer's browser continues the payment with. Secret: it goes to the buyer only, and into no log. */
  readonly clientSecret?: string;
  /** The page on which the buyer continues the payment. */
  readonly url?: string;
  /** Present where the provider has decided already: to be given to `PaidOrders.settled`. */
  readonly report?: PaymentReport;
}

export interface RefundAsked {
  /** The provider knows a repeated request by it. */
  readonly refundId: string;
  readonly paymentId: string;
  readonly providerRef: string;
  readonly amount: Money;
}

export type RefundAnswer =
  /** `pending`: the provider has accepted it, and reports later. */
  | { readonly state: 'succeeded' | 'pending'; readonly providerRef: string }
  /**
   * `retryable`: nothing is known about this try, or another one may succeed. Repeat it with the same `refundId`. Else the
   * provider refused for good, and a person has to give the money back.
   */
  | { readonly state: 'failed'; readonly failure: string; readonly retryable: boolean };

/**
 * A provider moves the money. Each method may be slow, may fail, and may take effect although its answer was lost. So callers hold no
 * lock and no transaction open, and may repeat each call: by the ids in the call the provider recognises a repeat.
 */
export interface PaymentProvider {
  readonly name: ProviderName;
  /** Whether only staff (`orders.staff`) may take payments by it. */
  readonly isStaffOnly: boolean;
  /**
   * Starts a payment, or finds the one that was started for this `paymentId` before.
   *
   * An answer with `ok: false` and the outcome `not-applied` says that there is no such payment at the provider, and there
   * will be none. With the outcome `unknown` there may be one: keep the payment open, and the look at open payments finds it.
   * A declined card is `ok: true` with the state `failed`.
   */
  start(payment: {
    readonly paymentId: string;
    readonly orderId: string;
    /** Of the order, for people. */
    readonly reference: string;
    readonly amount: Money;
    readonly email?: string | undefined;
    /** Where the buyer is sent after a page of the provider. */
    readonly returnUrl: string;
    /** As the buyer sent it; only the provider reads it. */
    readonly details: unknown;
  }): Promise<StartedPayment | { readonly ok: false; readonly error: WireError }>;
  refund(refund: RefundAsked): Promise<RefundAnswer>;
  /**
   * How a payment stands now. Undefined: the provider has none for this id.
   * @throws where the provider does not answer
   */
  find(payment: {
    readonly paymentId: string;
    readonly providerRef?: string | undefined;
  }): Promise<PaymentReport | undefined>;
  /**
   * How a refund stands now. Undefined: the provider has none for this id.
   * @throws where the provider does not answer
   */
  findRefund(refund: RefundAsked): Promise<RefundAnswer | undefined>;
  /**
   * Ends a payment that is still open, so that no money arrives by it. One that has been paid or has ended is left as it is.
   * @throws where the provider does not answer
   */
  cancel(providerRef: string): Promise<void>;
}
