import { isCurrency, type Money } from '../../../protocol/money.js';

/**
 * Where Stripe's smallest unit is not the minor unit of ISO 4217. Source: docs.stripe.com/currencies, "Zero-decimal
 * currencies", "Three-decimal currencies" and "Special cases", as of November 2026. The SDK has no such table.
 *
 * `unit`: one minor unit of ISO 4217 in units of Stripe. `step`: amounts are multiples of this many units of Stripe.
 */
const EXCEPTIONS: Readonly<Record<string, { readonly unit: number; readonly step: number }>> = {
  // Zero-decimal at Stripe, with two digits in ISO 4217.
  MGA: { unit: 0.01, step: 1 },
  // Without digits in ISO 4217, and sent with two.
  ISK: { unit: 100, step: 100 },
  UGX: { unit: 100, step: 100 },
  // Three digits, of which the last one is 0.
  BHD: { unit: 1, step: 10 },
  JOD: { unit: 1, step: 10 },
  KWD: { unit: 1, step: 10 },
  OMR: { unit: 1, step: 10 },
  TND: { unit: 1, step: 10 },
};
/** Three digits in ISO 4217, and in none of Stripe's lists: a guess would be wrong by ten. */
const UNKNOWN = ['IQD', 'LYD'];
const USUAL = { unit: 1, step: 1 };

/** An amount as Stripe takes it; undefined: it cannot take this sum in this currency. */
export function toStripeAmount({ amount, currency }: Money): number | undefined {
  if (!isCurrency(currency) || UNKNOWN.includes(currency)) return undefined;
  const { unit, step } = EXCEPTIONS[currency] ?? USUAL;
  // Divided and not multiplied by 0.01, which is no exact number.
  const units = unit < 1 ? amount / Math.round(1 / unit) : amount * unit;
  return Number.isSafeInteger(units) && units % step === 0 ? units : undefined;
}

/** Undefined: a part of a minor unit, which no price of ours has. */
export function fromStripeAmount(units: number, stripeCurrency: string): Money | undefined {
  const currency = stripeCurrency.toUpperCase();
  const { unit } = EXCEPTIONS[currency] ?? USUAL;
  const amount = unit < 1 ? units * Math.round(1 / unit) : units / unit;
  return Number.isSafeInteger(amount) ? { amount, currency } : undefined;
}
