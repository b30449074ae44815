import Stripe from 'stripe';
import { z } from 'zod';
import type { Log } from '../../../kernel/log.js';
import { type WireError, wireError } from '../../../protocol/errors.js';
import { fieldError } from '../../../protocol/field-error.js';
import type { PaymentProvider, RefundAnswer, RefundAsked, StartedPayment } from '../payment-provider-port.js';
import { reportOfIntent, UUID } from './read-intent.js';
import { isNotNow, isUnknown, loggedError, withOneRetry } from './stripe-client.js';
import { toStripeAmount } from './stripe-money.js';

const RETRY_AFTER_MS = 2_000;
const REFUNDS_PER_PAYMENT_MAX = 1_000;

/** Without a payment method the buyer's browser chooses one, and confirms with the client secret. */
const stripeDetails = z.strictObject({
  paymentMethod: z
    .string()
    .regex(/^pm_\w{1,200}$/, 'is the id of a payment method, such as pm_…')
    .optional(),
});

type Start = Parameters<PaymentProvider['start']>[0];
type Started = Awaited<ReturnType<PaymentProvider['start']>>;

/** Stripe, by payment intents. The keys of its requests are made of ids that were stored before. */
export function stripeProvider(stripe: Stripe, log: Log): PaymentProvider {
  return {
    name: 'stripe',
    isStaffOnly: false,
    start: async (payment) => {
      const details = stripeDetails.safeParse(payment.details ?? {});
      if (!details.success) return { ok: false, error: fieldError(details.error) };
      const amount = toStripeAmount(payment.amount);
      if (amount === undefined) return refuse('payment_required', 'Stripe cannot take this sum in this currency.');
      try {
        const params = paramsOf(payment, amount, details.data.paymentMethod);
        const options = { idempotencyKey: `usher_payment_${payment.paymentId}` };
        return startedBy(await withOneRetry(() => stripe.paymentIntents.create(params, options)));
      } catch (error) {
        return notStarted(error, log);
      }
    },
    refund: async (refund) => await refundBy(stripe, refund),
    find: async ({ paymentId, providerRef }) => {
      if (providerRef !== undefined) {
        const intent = await found(() => stripe.paymentIntents.retrieve(providerRef));
        return intent && reportOfIntent(intent);
      }
      if (!UUID.test(paymentId)) return undefined;
      // The search knows a new intent after some seconds, and after up to an hour in an outage of Stripe's.
      const { data } = await stripe.paymentIntents.search({ query: `metadata['payment_id']:'${paymentId}'`, limit: 1 });
      return data[0] && reportOfIntent(data[0]);
    },
    findRefund: async ({ refundId, providerRef }) => {
      const refunds = await stripe.refunds
        .list({ payment_intent: providerRef, limit: 100 })
        .autoPagingToArray({ limit: REFUNDS_PER_PAYMENT_MAX });
      const refund = refunds.find(({ metadata }) => metadata?.['refund_id'] === refundId);
      return refund && answerOf(refund);
    },
    cancel: async (providerRef) => {
      try {
        await stripe.paymentIntents.cancel(providerRef, {}, { idempotencyKey: `usher_cancel_${providerRef}` });
      } catch (error) {
        // It has ended, or its money is on the way.
        if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
      }
    },
  };
}

function paramsOf(
  { paymentId, orderId, reference, amount, returnUrl }: Start,
  units: number,
  paymentMethod: string | undefined,
): Stripe.PaymentIntentCreateParams {
  return {
    amount: units,
    currency: amount.currency.toLowerCase(),
    description: reference,
    metadata: { payment_id: paymentId, order_id: orderId, reference },
    automatic_payment_methods: { enabled: true },
    ...(paymentMethod === undefined ? {} : { payment_method: paymentMethod, confirm: true, return_url: returnUrl }),
  };
}

function startedBy(intent: Stripe.PaymentIntent): StartedPayment {
  const report = reportOfIntent(intent);
  const { state } = report;
  const url = intent.next_action?.redirect_to_url?.url;
  const isOpen = state === 'requires_action';
  return {
    ok: true,
    providerRef: intent.id,
    state,
    ...(isOpen && intent.client_secret !== null ? { clientSecret: intent.client_secret } : {}),
    ...(isOpen && url ? { url } : {}),
    ...(state === 'succeeded' || state === 'failed' || state === 'cancelled' ? { report } : {}),
  };
}

function notStarted(error: unknown, log: Log): Started {
  // A declined card: there is an intent, and the buyer may pay it with another one.
  if (error instanceof Stripe.errors.StripeCardError && error.payment_intent) return startedBy(error.payment_intent);
  log.warn({ event: 'payments.stripe_start_failed', ...loggedError(error) }, 'Stripe did not start a payment.');
  if (isNotNow(error))
    return refuse('unavailable', 'The payment provider takes no payments at the moment.', RETRY_AFTER_MS);
  if (isUnknown(error)) return refuse('outcome_unknown', 'The payment provider did not answer.', RETRY_AFTER_MS);
  const { param } = error as Stripe.errors.StripeInvalidRequestError;
  if (param === 'payment_method') {
    return {
      ok: false,
      error: wireError('invalid_field', 'Stripe does not know this payment method.', { field: 'paymentMethod' }),
    };
  }
  return refuse('payment_declined', 'The payment provider refused this payment.');
}

function refuse(code: WireError['code'], message: string, retryAfterMs?: number) {
  return { ok: false, error: wireError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs }) } as const;
}

async function refundBy(
  stripe: Stripe,
  { refundId, paymentId, providerRef, amount }: RefundAsked,
): Promise<RefundAnswer> {
  const units = toStripeAmount(amount);
  if (units === undefined) return { state: 'failed', failure: 'amount_not_possible', retryable: false };
  const metadata = { refund_id: refundId, payment_id: paymentId };
  const options = { idempotencyKey: `usher_refund_${refundId}` };
  try {
    const params = { payment_intent: providerRef, amount: units, metadata };
    return answerOf(await withOneRetry(() => stripe.refunds.create(params, options)));
  } catch (error) {
    const code = error instanceof Stripe.errors.StripeError ? (error.code ?? error.type) : 'no_answer';
    return { state: 'failed', failure: code, retryable: isUnknown(error) || isNotNow(error) };
  }
}

function answerOf({ id, status, failure_reason: reason }: Stripe.Refund): RefundAnswer {
  if (status === 'succeeded') return { state: 'succeeded', providerRef: id };
  if (status === 'failed' || status === 'canceled') {
    return { state: 'failed', failure: reason ?? `refund_${status}`, retryable: false };
  }
  return { state: 'pending', providerRef: id };
}

async function found<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 404) return undefined;
    throw error;
  }
}
