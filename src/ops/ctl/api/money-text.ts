import { type Money, minorDigits } from '../../../protocol/money.js';

/** As `12.50 EUR`: the same for people and for other programs, whatever the language of the machine. */
export function moneyText({ amount, currency }: Money): string {
  const digits = minorDigits(currency);
  return `${(amount / 10 ** digits).toFixed(digits)} ${currency}`;
}
