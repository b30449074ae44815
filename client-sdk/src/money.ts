import type { Money } from '../../src/protocol/money.js';

/** The amount in its currency as the locale writes it; minor units follow ISO 4217 through Intl (JPY has none). */
export function formatMoney(money: Money, locale: string | undefined): string {
  const format = moneyFormat(money.currency, locale);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(money.amount / 10 ** digits);
}

const formats = new Map<string, Intl.NumberFormat>();

/** Kept, because making one costs more than a frame's worth of formatting. */
function moneyFormat(currency: string, locale: string | undefined): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  const known = formats.get(key);
  if (known) return known;
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  formats.set(key, format);
  return format;
}
