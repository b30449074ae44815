/** Currencies in whose digits engines differ from ISO 4217 or from each other, and some in which they do not. */
interface MoneyCase {
  readonly currency: string;
  readonly digits: number;
  readonly amount: number;
  /** In English, without the sign: what that is differs with the age of the engine. */
  readonly written: string;
}

const TWO_DIGITS = [
  // CLDR 48 has them without digits.
  ...['AFN', 'ALL', 'COP', 'HUF', 'IDR', 'IRR', 'KPW', 'LAK', 'LBP', 'MGA', 'MMK', 'PKR', 'SOS', 'SYP', 'YER'],
  // CLDR before 48, and Chromium 148 to 156, have it without.
  'RSD',
  // Newer than some engines, or than all; and some that all agree on.
  ...['VED', 'SLE', 'XCG', 'ZWG', 'MRU', 'EUR', 'USD', 'TWD'],
];
/** CLDR 48 has IQD without digits. */
const THREE_DIGITS = ['IQD', 'BHD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'];
const NO_DIGITS = ['JPY', 'KRW', 'ISK', 'UGX', 'CLP', 'BIF', 'RWF', 'PYG', 'VND', 'XOF'];

export const MONEY_CASES: readonly MoneyCase[] = [
  ...TWO_DIGITS.map((currency) => ({ currency, digits: 2, amount: 250_050, written: '2,500.50' })),
  ...THREE_DIGITS.map((currency) => ({ currency, digits: 3, amount: 2_500_050, written: '2,500.050' })),
  ...NO_DIGITS.map((currency) => ({ currency, digits: 0, amount: 2_500, written: '2,500' })),
];

export const withoutSign = (text: string) => text.replace(/^\D*/, '');
