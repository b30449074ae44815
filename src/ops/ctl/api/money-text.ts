import { isCurrency, type Money, minorDigits } from '../../../protocol/money.js';
import { Misuse } from '../../misuse.js';

/** As `12.50 EUR`: the same for people and for other programs, whatever the language of the machine. */
export function moneyText({ amount, currency }: Money): string {
  const digits = minorDigits(currency);
  return `${(amount / 10 ** digits).toFixed(digits)} ${currency}`;
}

/**
 * Prices by category in minor units, from `Stalls=12.50`.
 * @throws Misuse where a price could be read in two ways, such as `1,250`.
 */
export function readPrices(texts: readonly string[], currency: string, option = '--price'): Record<string, number> {
  if (!isCurrency(currency)) throw new Misuse(`"${currency}" is no currency in use: it is like EUR (ISO 4217).`);
  const digits = minorDigits(currency);
  return Object.fromEntries(
    texts.map((text) => {
      // At the last sign, since a category may have one in its name.
      const at = text.lastIndexOf('=');
      const [category, price] = [text.slice(0, Math.max(0, at)).trim(), text.slice(at + 1).trim()];
      const [, whole, fraction = ''] = /^(\d{1,9})(?:\.(\d+))?$/.exec(price) ?? [];
      if (category === '' || whole === undefined || fraction.length > digits) {
        const example = digits === 0 ? '1250' : `12.${'5'.padEnd(digits, '0')}`;
        throw new Misuse(`${option} "${text}" is no price in ${currency}: it is like "Stalls=${example}".`);
      }
      return [category, Number(whole + fraction.padEnd(digits, '0'))];
    }),
  );
}
