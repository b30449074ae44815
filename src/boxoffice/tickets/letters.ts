/**
 * The 20 letters that a scanner types alike on every keyboard layout that was measured (German, Swiss, French, Spanish, Czech,
 * Turkish). QR codes have them in their alphanumeric mode, which needs 5.5 bits for one of them.
 */
export const LETTERS = 'BCDEFGHIJKLNOPRSTUVX';
const BASE = BigInt(LETTERS.length);

/** How many letters bytes of this number need. */
export function letterCount(byteCount: number): number {
  return Math.ceil((byteCount * 8) / Math.log2(LETTERS.length));
}

/** Writes bytes as one number in base 20, the most significant letter first; always `letterCount` letters. */
export function toLetters(bytes: Uint8Array): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
  let letters = '';
  for (let left = letterCount(bytes.length); left > 0; left--) {
    letters = (LETTERS[Number(rest % BASE)] ?? '') + letters;
    rest /= BASE;
  }
  return letters;
}

/** The bytes that `toLetters` wrote as these letters; undefined: it wrote no bytes of this number as them. */
export function fromLetters(letters: string, byteCount: number): Buffer | undefined {
  if (letters.length !== letterCount(byteCount)) return undefined;
  let value = 0n;
  for (const letter of letters) {
    const digit = LETTERS.indexOf(letter);
    if (digit < 0) return undefined;
    value = value * BASE + BigInt(digit);
  }
  const digits = value.toString(16).padStart(byteCount * 2, '0');
  // Letters can spell somewhat larger numbers than the bytes.
  return digits.length > byteCount * 2 ? undefined : Buffer.from(digits, 'hex');
}
