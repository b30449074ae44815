import type Stripe from 'stripe';
import type { PaymentReport, ReportedState } from '../paid-orders-port.js';
import { fromStripeAmount } from './stripe-money.js';

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The members of a payment intent that we read; of an event of another version of the API there may be less. */
export type ReadIntent = Pick<
  Stripe.PaymentIntent,
  'id' | 'status' | 'amount_received' | 'currency' | 'metadata' | 'last_payment_error'
>;

/** @param event the one that told it; absent: it was read */
export function reportOfIntent(
  intent: ReadIntent,
  event?: { readonly id: string; readonly type: string },
): PaymentReport {
  const state = stateOf(intent);
  const paymentId = intent.metadata?.['payment_id'];
  const received = state === 'succeeded' ? fromStripeAmount(intent.amount_received, intent.currency) : undefined;
  if (state === 'succeeded' && received === undefined) throw new Error(`${intent.id} has a sum that is none of ours.`);
  return {
    provider: 'stripe',
    eventId: event?.id ?? `${intent.id}:${state}`,
    kind: event?.type ?? `payment_intent.${intent.status}`,
    providerRef: intent.id,
    ...(paymentId !== undefined && UUID.test(paymentId) ? { paymentId } : {}),
    state,
    ...(received ? { received } : {}),
    ...(state === 'failed' ? { failure: failureOf(intent.last_payment_error) } : {}),
  };
}

function stateOf({ status, last_payment_error: error }: ReadIntent): ReportedState {
  if (status === 'succeeded') return 'succeeded';
  if (status === 'canceled') return 'cancelled';
  // `requires_capture`: money that is reserved and not taken. Nothing of ours asks for that.
  if (status === 'processing' || status === 'requires_capture') return 'processing';
  return status === 'requires_payment_method' && error ? 'failed' : 'requires_action';
}

function failureOf(error: Stripe.PaymentIntent['last_payment_error']): string {
  return error?.decline_code ?? error?.code ?? 'payment_failed';
}
