/** At most so many letters count; longer labels are names. */
const LETTERS = /^(.*[^A-Z])?([A-Z]{1,2})$/i;
const DIGITS = /(\d{1,4})\D*$/;

/**
 * Which row this is, counted from the first: 12 for "12" and "Row 12", 3 for "C", 27 for "AA", as doubled letters follow
 * on Z. Undefined for a name.
 */
export function rowOrdinal(label: string): number | undefined {
  const digits = DIGITS.exec(label)?.[1];
  if (digits !== undefined) return Number(digits);
  const letters = LETTERS.exec(label)?.[2]?.toUpperCase();
  if (letters === undefined || (letters.length === 2 && letters[0] !== letters[1])) return undefined;
  return letters.charCodeAt(0) - 64 + 26 * (letters.length - 1);
}
