import { z } from 'zod';
import { type Endpoint, endpoint } from '../../../http/endpoint.js';
import type { Log } from '../../../kernel/log.js';
import { wireError } from '../../../protocol/errors.js';
import type { StripeEvents } from './stripe-events.js';
import { verifyEvent } from './verify-event.js';

const BYTES_MAX = 256 * 1024;
const RETRY_AFTER_MS = 5_000;

export interface PaymentEventParts {
  /** Undefined: no payments by Stripe here. */
  readonly stripe: { readonly events: StripeEvents; readonly webhookSecrets: readonly string[] } | undefined;
  readonly wallMs: () => number;
  readonly log: Log;
}

/**
 * Where providers report. The answer is 200 once the report is committed, or is none of ours; 503 makes Stripe send it again,
 * for up to three days. What is not signed by Stripe learns nothing.
 */
export function paymentEventEndpoint({ stripe, wallMs, log }: PaymentEventParts): Endpoint {
  return endpoint({
    id: 'reportPaymentEvent',
    method: 'POST',
    path: '/v1/payment-events/{provider}',
    summary: 'Takes a webhook of a payment provider, which has to be signed.',
    tag: 'Payments',
    access: 'public',
    // The provider sends from few addresses, and in a rush as often as people buy. What is not signed costs one hash.
    rate: 'none',
    parameters: { provider: z.string() },
    accepts: ['application/json'],
    bodyBytesMax: BYTES_MAX,
    reply: z.object({ outcome: z.string().meta({ description: 'What came of it, for people who read the log.' }) }),
    errors: ['not_found', 'unavailable'],
    handle: async ({ parameters: { provider }, body, signature }) => {
      if (provider !== 'stripe' || !stripe) {
        return { ok: false, error: wireError('not_found', 'No provider reports here.') };
      }
      const verified = verifyEvent(body.bytes, signature, stripe.webhookSecrets, wallMs());
      if (!verified.ok) {
        const fields = { event: 'payments.event_unsigned', reason: verified.reason };
        log.warn(fields, 'A payment event was refused: check STRIPE_WEBHOOK_SECRETS, and the clock of this server.');
        return {
          ok: false,
          error: wireError('bad_message', 'This is no event that was signed for this endpoint just now.'),
        };
      }
      try {
        return { ok: true, body: { outcome: await stripe.events.take(verified.event) } };
      } catch (error) {
        const fields = { event: 'payments.event_not_taken', err: error, eventId: verified.event.id };
        log.warn(fields, 'A payment event could not be taken. The provider sends it again.');
        const message = 'The event cannot be taken at the moment.';
        return { ok: false, error: wireError('unavailable', message, { retryAfterMs: RETRY_AFTER_MS }) };
      }
    },
  });
}
