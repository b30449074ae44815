import { describe, expect, it } from 'vitest';
import { fromStripeAmount, toStripeAmount } from '../../../src/boxoffice/payments/stripe/stripe-money.js';
import { isCurrency, minorDigits } from '../../../src/protocol/money.js';

// docs.stripe.com/currencies, November 2026.
const ZERO = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ');
const THREE = 'BHD JOD KWD OMR TND'.split(' ');
const UNKNOWN = ['IQD', 'LYD'];
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const ALL = LETTERS.flatMap((a) => LETTERS.flatMap((b) => LETTERS.map((c) => a + b + c))).filter(isCurrency);

/** By how many digits the smallest unit of Stripe is smaller than the currency itself. */
function stripeDigits(currency: string): number {
  if (ZERO.includes(currency)) return 0;
  return THREE.includes(currency) ? 3 : 2;
}

describe('amounts of Stripe', () => {
  it('are the same money in every currency, and come back as they went', () => {
    expect(ALL.length).toBeGreaterThan(150);
    for (const currency of ALL.filter((each) => !UNKNOWN.includes(each))) {
      const whole = 120 * 10 ** minorDigits(currency);
      const units = toStripeAmount({ amount: whole, currency });
      expect(units, currency).toBe(120 * 10 ** stripeDigits(currency));
      expect(fromStripeAmount(units!, currency.toLowerCase()), currency).toEqual({ amount: whole, currency });
    }
  });

  it.each([
    ['EUR', 1_234, 1_234],
    ['JPY', 500, 500],
    ['ISK', 500, 50_000],
    ['UGX', 500, 50_000],
    ['HUF', 950_050, 950_050],
    ['TWD', 12_050, 12_050],
    ['MGA', 500, 5],
    ['MGA', 550, undefined],
    ['KWD', 1_230, 1_230],
    ['KWD', 1_235, undefined],
    ['IQD', 1_000, undefined],
    ['LYD', 1_000, undefined],
    ['XAU', 1_000, undefined],
  ])('%s %i are %s', (currency, amount, units) => {
    expect(toStripeAmount({ amount, currency })).toBe(units);
  });

  it('that are a part of a minor unit are none of ours', () => {
    expect(fromStripeAmount(50, 'isk')).toBeUndefined();
  });
});
