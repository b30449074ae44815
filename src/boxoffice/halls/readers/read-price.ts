/**
 * Reads prices as people write them. "1.250" may be a thousand or one and a quarter, so it is never guessed: the option
 * `decimal` decides, or another price of the same file that can be read in one way only.
 */
export type Decimal = ',' | '.';
export type PriceReading =
  | { readonly kind: 'price'; readonly value: string; readonly decimal: Decimal | undefined }
  | { readonly kind: 'ambiguous'; readonly separator: Decimal }
  | { readonly kind: 'invalid' };

const CURRENCY = /^[A-Z]{3}\s*|\s*[A-Z]{3}$|[€$£¥₹₺₽₴₪₩₫฿]|\b(kr|zł|Kč|Ft)\.?(?=\s|$)/giu;
const DIGITS_MAX = 12;

/** @param decimal what stands before the cents, where that is known. */
export function readPrice(text: string, decimal: Decimal | undefined): PriceReading {
  const bare = text.replace(CURRENCY, '').replace(/,-$/, '').trim();
  // Spaces of all widths, and the Swiss apostrophe, are between thousands only.
  const digits = bare.replace(/(?<=\d)[\s'’](?=\d{3}(\D|$))/gu, '');
  if (!/^\d[\d.,]*$/.test(digits) || digits.length > DIGITS_MAX) return { kind: 'invalid' };
  const separators = digits.replace(/\d/g, '');
  if (separators === '') return priceOf(digits, '', undefined);
  const last = separators.at(-1) as Decimal;
  const at = digits.lastIndexOf(last);
  const [before, after] = [digits.slice(0, at), digits.slice(at + 1)];
  if (separators.length === 1 && after.length !== 3) {
    if (after.length > 2 || after === '' || (decimal !== undefined && decimal !== last)) return { kind: 'invalid' };
    return priceOf(before, after, last);
  }
  if (separators.length === 1) {
    if (decimal === undefined) return { kind: 'ambiguous', separator: last };
    return decimal === last ? priceOf(before, after, last) : thousands(digits, last, '', undefined);
  }
  const other = last === ',' ? '.' : ',';
  if (separators.slice(0, -1).includes(last)) {
    return separators.includes(other) ? { kind: 'invalid' } : thousands(digits, last, '', undefined);
  }
  return thousands(before, other, after, last);
}

function thousands(text: string, separator: string, cents: string, decimal: Decimal | undefined): PriceReading {
  const [first = '', ...groups] = text.split(separator);
  const isGrouped = first.length >= 1 && first.length <= 3 && groups.every((group) => /^\d{3}$/.test(group));
  return isGrouped ? priceOf(first + groups.join(''), cents, decimal) : { kind: 'invalid' };
}

function priceOf(whole: string, cents: string, decimal: Decimal | undefined): PriceReading {
  const units = whole.replace(/^0+(?=\d)/, '');
  return { kind: 'price', value: cents === '' ? units : `${units}.${cents.padEnd(2, '0')}`, decimal };
}
