/** What a report of a provider means. Pure: every store asks it, within the transaction that holds the order. */
import type { PaymentReport, Settled } from '../payments/paid-orders-port.js';
import type { Decision, OrderState, PaymentState } from './order-port.js';

export interface ReportedPayment {
  readonly state: PaymentState;
  readonly amount: number;
  readonly currency: string;
}

export interface PaidOrder {
  readonly state: OrderState;
  readonly decision: Decision | undefined;
  /** When the order expired, its vouchers and points were given back. */
  readonly hasDiscounts: boolean;
}

/** Reasons of refunds of money that never was the order's: it does not count as given back of what the order cost. */
export const NOT_OF_ORDER = ['wrong_sum', 'paid_twice', 'order_cancelled'] as const;
/** Of an order whose seats cannot be sold any more, or whose discounts were given back. */
export const LATE_PAYMENT = 'late_payment';
type RefundReason = (typeof NOT_OF_ORDER)[number] | typeof LATE_PAYMENT;

export interface Judged {
  readonly outcome: Settled;
  /** What becomes of the payment; absent: nothing. */
  readonly payment?: { readonly state: PaymentState; readonly received?: number; readonly failure?: string };
  /** The order is paid from now on. */
  readonly pays?: boolean;
  /** It is not to be fulfilled: the node that brings it on refunds the money, and notifies the buyer. */
  readonly decision?: 'refund';
  /** All that arrived goes back at once. */
  readonly refund?: RefundReason;
}

export function judgeReport(report: PaymentReport, payment: ReportedPayment, order: PaidOrder): Judged {
  // Money that is here stays here: nothing that is reported of the payment later changes that.
  if (payment.state === 'succeeded') return { outcome: 'repeated' };
  if (report.state !== 'succeeded') return judgeOpen(report, payment);
  const received = report.received ?? { amount: payment.amount, currency: payment.currency };
  const succeeded = { state: 'succeeded', received: received.amount } as const;
  if (received.amount !== payment.amount || received.currency !== payment.currency) {
    return { outcome: 'wrong_sum', payment: succeeded, refund: 'wrong_sum' };
  }
  switch (order.state) {
    case 'awaiting_payment':
      return { outcome: 'taken', payment: succeeded, pays: true };
    case 'expired':
      return order.hasDiscounts
        ? { outcome: 'late', payment: succeeded, pays: true, decision: 'refund', refund: LATE_PAYMENT }
        : { outcome: 'late', payment: succeeded, pays: true };
    case 'draft':
    case 'cancelled':
      return { outcome: 'late', payment: succeeded, refund: 'order_cancelled' };
    case 'paid':
    case 'fulfilled':
    case 'refunded':
    case 'partly_refunded':
      return { outcome: 'late', payment: succeeded, refund: 'paid_twice' };
  }
}

/** Reports come in any order: that a payment is under way says nothing once it was cancelled. */
function judgeOpen(report: PaymentReport, payment: ReportedPayment): Judged {
  const { state } = report;
  if (state === 'succeeded' || payment.state === 'cancelled' || payment.state === state) return { outcome: 'taken' };
  const { failure } = report;
  return { outcome: 'taken', payment: { state, ...(failure === undefined ? {} : { failure }) } };
}
