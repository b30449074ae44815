import type { Till } from '../../runtime/till-port.js';

/** The token that is declined, as test cards of payment providers are. */
const DECLINED_TOKEN = 'decline';

/**
 * The built-in payment that moves no money: for the demo, for tests, and to develop against. Where it is not
 * `accepted`, which is the rule in production, every payment is refused: it would give seats away.
 */
export function testTill(accepted: boolean): Till {
  return {
    charge({ method, token }) {
      if (!accepted || method !== 'test') return { ok: false, failure: 'payment_required' };
      return token === DECLINED_TOKEN ? { ok: false, failure: 'payment_declined' } : { ok: true, method };
    },
  };
}
