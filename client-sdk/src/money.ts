import { type Money, minorDigits } from '../../src/protocol/money.js';

/**
 * The amount in its currency as the locale writes it. How many minor units make one unit is what ISO 4217 says; `Intl` is
 * only asked how it is written, with both of its bounds given: with the maximum alone HUF shows "9500,5 Ft".
 */
export function formatMoney({ amount, currency }: Money, locale: string | undefined): string {
  return moneyFormat(currency, locale).format(amount / 10 ** minorDigits(currency));
}

const formats = new Map<string, Intl.NumberFormat>();

/** Kept, because making one costs more than a frame's worth of formatting. */
function moneyFormat(currency: string, locale: string | undefined): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  const known = formats.get(key);
  if (known) return known;
  const digits = minorDigits(currency);
  const bounds = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, ...bounds });
  formats.set(key, format);
  return format;
}
