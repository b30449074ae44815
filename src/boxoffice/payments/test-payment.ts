/**
 * The built-in payment that moves no money: for the demo, for tests, and to develop against. The node refuses it in
 * production unless told otherwise, since it would give seats away.
 */
export type TestCharge =
  | { readonly ok: true; readonly method: 'test' }
  | { readonly ok: false; readonly reason: 'not_accepted' | 'declined' };

/** The token that is declined, as test cards of payment providers are. */
const DECLINED_TOKEN = 'decline';

export function chargeTestPayment(token: string | undefined, accepted: boolean): TestCharge {
  if (!accepted) return { ok: false, reason: 'not_accepted' };
  return token === DECLINED_TOKEN ? { ok: false, reason: 'declined' } : { ok: true, method: 'test' };
}
