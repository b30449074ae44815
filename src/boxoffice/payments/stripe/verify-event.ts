import Stripe from 'stripe';

/** Stripe's own default, for clocks that differ. */
const TOLERANCE_S = 300;

export type VerifiedEvent =
  | { readonly ok: true; readonly event: Stripe.Event }
  | { readonly ok: false; readonly reason: 'signature' | 'not_json' };

/**
 * Checks who sent a webhook: one of the secrets must have signed these very bytes, at most five minutes ago and at most five
 * minutes from now. The SDK (23.1.0) checks the past only: it would take an event that is signed in the future for as long
 * as its clock says.
 */
export function verifyEvent(body: Buffer, signature: string, secrets: readonly string[], nowMs: number): VerifiedEvent {
  if (isFromTheFuture(signature, nowMs)) return { ok: false, reason: 'signature' };
  for (const secret of secrets) {
    try {
      const event = Stripe.webhooks.constructEvent(body, signature, secret, TOLERANCE_S, undefined, nowMs);
      return isEvent(event) ? { ok: true, event } : { ok: false, reason: 'not_json' };
    } catch (error) {
      // Signed by this secret, and no JSON.
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) return { ok: false, reason: 'not_json' };
    }
  }
  return { ok: false, reason: 'signature' };
}

/** The SDK uses the last `t` of a header. This refuses a header in which one of several is in the future. */
function isFromTheFuture(signature: string, nowMs: number): boolean {
  const latest = nowMs / 1000 + TOLERANCE_S;
  return signature.split(',').some((part) => part.trim().startsWith('t=') && Number(part.trim().slice(2)) > latest);
}

function isEvent(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, type, data } = value as Partial<Stripe.Event>;
  return typeof id === 'string' && typeof type === 'string' && typeof data?.object === 'object' && data.object !== null;
}
