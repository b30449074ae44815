import type { ProviderName } from './paid-orders-port.js';

export interface DueRefund {
  readonly refundId: string;
  readonly paymentId: string;
  readonly provider: ProviderName;
  /** Of the payment; null: its provider's answer was lost, and it has to be found first. */
  readonly paymentRef: string | null;
  /** Of the refund; null: the provider has not accepted it yet. */
  readonly refundRef: string | null;
  readonly amount: number;
  /** The currency in which the money arrived, which may differ from the order's: the refund is in it. */
  readonly currency: string;
  /** With this one. */
  readonly tries: number;
}

export interface OpenPayment {
  readonly paymentId: string;
  readonly provider: ProviderName;
  readonly providerRef: string | null;
  readonly ageMs: number;
  /** No money is wanted any more. */
  readonly hasOrderEnded: boolean;
  /** With this one. */
  readonly looks: number;
}

/**
 * Which refunds and open payments a node is to ask the provider about.
 *
 * Each method rejects where the store does not answer; whether it took effect is then unknown. What was taken by nobody who
 * lives comes back when its lease ends.
 */
export interface MoneyWork {
  takeRefunds(max: number): Promise<DueRefund[]>;
  /** It is tried again after so long. `refundRef`: the provider has accepted it under this id. */
  postponeRefund(refundId: string, afterMs: number, failure: string | null, refundRef: string | null): Promise<void>;
  /** Payments that are open for `minAgeMs` or longer. */
  takePayments(max: number, minAgeMs: number): Promise<OpenPayment[]>;
  /** Looked at again after so long, or when its order ends, where that is sooner. */
  postponePayment(paymentId: string, afterMs: number): Promise<void>;
}
