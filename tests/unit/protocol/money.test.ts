import { describe, expect, it } from 'vitest';
import { formatMoney } from '../../../client-sdk/src/money.js';
import { isCurrency, minorDigits } from '../../../src/protocol/money.js';
import { MONEY_CASES, withoutSign } from './money-cases.js';

describe('minor units', () => {
  it.each(MONEY_CASES)(
    'of $currency are those of ISO 4217, whatever Intl says',
    ({ currency, digits, amount, written }) => {
      expect([isCurrency(currency), minorDigits(currency)]).toEqual([true, digits]);
      expect(withoutSign(formatMoney({ amount, currency }, 'en'))).toBe(written);
    },
  );

  it('are written as the locale writes them', () => {
    const forint = formatMoney({ amount: 950_050, currency: 'HUF' }, 'hu');
    expect(forint.replaceAll(/\s/g, ' ')).toBe('9500,50 Ft');
    expect(formatMoney({ amount: 1_200, currency: 'EUR' }, 'de').replaceAll(/\s/g, ' ')).toBe('12,00 €');
  });
});

describe('a currency', () => {
  it.each(['HRK', 'SLL', 'ZWL', 'ANG', 'CUC', 'BGN', 'XAU', 'XDR', 'CLF', 'eur', 'EU', '', 'LLA', 'DAF', 'EURO'])(
    'is not %j, which is withdrawn, no money, or no code at all',
    (code) => {
      expect(isCurrency(code)).toBe(false);
    },
  );

  it('is what Intl of any engine knows, but for what is withdrawn or is no money', () => {
    const others = Intl.supportedValuesOf('currency').filter((code) => !isCurrency(code));
    // Of other versions there may be fewer, and none besides.
    const known = ['ANG', 'BGN', 'CUC', 'HRK', 'SLL', 'XDR', 'XSU', 'ZWL', 'XUA', 'XAD'];
    expect(known).toEqual(expect.arrayContaining(others));
  });
});
