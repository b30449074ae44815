import Stripe from 'stripe';
import type { StripeConfig } from './stripe-settings.js';

/** Longer than the slowest answer that was seen in a rush, and short enough for a buyer to be told. */
const ANSWER_MS_MAX = 10_000;

export function stripeClient({ secretKey, account, apiBase }: StripeConfig): Stripe {
  const base = apiBase === undefined ? undefined : new URL(apiBase);
  return new Stripe(secretKey, {
    timeout: ANSWER_MS_MAX,
    // The SDK waits half a second before each retry, ignores Retry-After, and makes no retry of an answer that breaks off
    // after its headers. We retry once ourselves, under the same key. A request on a connection that was closed is still
    // sent twice by the SDK: each of ours has a key, so that it has one effect.
    maxNetworkRetries: 0,
    telemetry: false,
    ...(account === undefined ? {} : { stripeAccount: account }),
    ...(base === undefined
      ? {}
      : {
          host: base.hostname,
          port: base.port || (base.protocol === 'http:' ? '80' : '443'),
          protocol: base.protocol === 'http:' ? 'http' : 'https',
        }),
  });
}

/** Whether nothing is known about the effect of a request that failed so. */
export function isUnknown(error: unknown): boolean {
  const { StripeError, StripeConnectionError, StripeAPIError, StripeIdempotencyError } = Stripe.errors;
  if (!(error instanceof StripeError)) return true;
  // 409: a request with the same key is still under way.
  return (
    error instanceof StripeConnectionError ||
    error instanceof StripeAPIError ||
    error instanceof StripeIdempotencyError ||
    error.statusCode === 409 ||
    (error.statusCode ?? 500) >= 500
  );
}

/** Whether Stripe refused to look at the request: it had no effect, and can be sent again later. */
export function isNotNow(error: unknown): boolean {
  const { StripeRateLimitError, StripeAuthenticationError, StripePermissionError } = Stripe.errors;
  return (
    error instanceof StripeRateLimitError ||
    error instanceof StripeAuthenticationError ||
    error instanceof StripePermissionError
  );
}

/** Runs a request, and once more where its effect is unknown: it has a key, by which Stripe does it once. */
export async function withOneRetry<Answer>(request: () => Promise<Answer>): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    if (!isUnknown(error) || error instanceof Stripe.errors.StripeIdempotencyError) throw error;
    return await request();
  }
}

/** What a log may have of an error of Stripe: its message can quote what a buyer sent. */
export function loggedError(error: unknown): object {
  if (!(error instanceof Stripe.errors.StripeError)) return { err: error };
  const { type, code, statusCode, requestId, param } = error;
  return { stripe: { type, code, statusCode, requestId, param } };
}
