/** Integer minor units (cents) of an ISO 4217 currency. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

// ISO 4217, list one, as of amendment 180 (1 January 2026): currencies that are legal tender somewhere, with the digits of
// their minor units. Not in it: funds codes (BOV, CLF, …), metals and other codes without a coin (XAU, XDR, …), and what
// was withdrawn (ANG, BGN, CUC, HRK, SLL, ZWL, …). Neither `Intl` nor npm has this list: `Intl.supportedValuesOf` lacks VED
// and keeps HRK, SLL and ZWL; Chromium lacks SLE, XCG and ZWG; currency-codes 2.2.0 lacks XCG and keeps ANG and CUC. And
// the digits of `Intl` are CLDR's: with CLDR 48 (Node 20.20.1, 22.22.1, 24.13.1 and later, Chromium 148 and later) HUF, IDR
// and some twenty others have none, and engines differ in RSD. A price of 250000 would be 2,500.00 Ft in one and 250,000 Ft
// in the other.
const NO_DIGITS = 'BIFCLPDJFGNFISKJPYKMFKRWPYGRWFUGXVNDVUVXAFXOFXPF';
const THREE_DIGITS = 'BHDIQDJODKWDLYDOMRTND';
const TWO_DIGITS =
  'AEDAFNALLAMDAOAARSAUDAWGAZNBAMBBDBDTBMDBNDBOBBRLBSDBTNBWPBYNBZDCADCDFCHFCNYCOPCRCCUPCVECZKDKKDOPDZDEGPERNETBEURFJDFKP' +
  'GBPGELGHSGIPGMDGTQGYDHKDHNLHTGHUFIDRILSINRIRRJMDKESKGSKHRKPWKYDKZTLAKLBPLKRLRDLSLMADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMXN' +
  'MYRMZNNADNGNNIONOKNPRNZDPABPENPGKPHPPKRPLNQARRONRSDRUBSARSBDSCRSDGSEKSGDSHPSLESOSSRDSSPSTNSVCSYPSZLTHBTJSTMTTOPTRYTTD' +
  'TWDTZSUAHUSDUYUUZSVEDVESWSTXCDXCGYERZARZMWZWG';

/** How many digits the minor unit of a currency is: 2 for cents, 0 where there is none. Of no currency: 2. */
export function minorDigits(currency: string): number {
  if (has(NO_DIGITS, currency)) return 0;
  return has(THREE_DIGITS, currency) ? 3 : 2;
}

/** Whether something can be sold in it today. */
export function isCurrency(code: string): boolean {
  return has(TWO_DIGITS, code) || has(NO_DIGITS, code) || has(THREE_DIGITS, code);
}

function has(codes: string, code: string): boolean {
  return codes.match(/.{3}/g)?.includes(code) ?? false;
}
