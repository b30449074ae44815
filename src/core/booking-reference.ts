/**
 * Booking references: ten random signs and a check sign, for people to read out, type and scan.
 *
 * The alphabet leaves out what is misread (I, L, O, U) and every letter that a keyboard-wedge scanner changes on a German,
 * French, Spanish, Czech or Turkish layout (A, M, Q, W, Y, Z; measured with real layouts, see decision 0026). Digits are
 * lost on French and Czech layouts, but never become another sign of the alphabet, so such a scan is refused as well.
 *
 * The check sign makes the sum of position × value, itself included with weight −1, a multiple of 29. 29 is prime and
 * larger than the alphabet and than the length, so one wrong sign and two swapped signs, wherever they stand, always
 * change the sum (ISO/IEC 7064 describes such systems).
 */
const ALPHABET = '0123456789BCDEFGHJKNPRSTVX';
const MODULUS = 29;
const RANDOM_SIGNS = 10;

/** References from before the check sign: ten signs of Crockford's base 32. They stay valid. */
const UNCHECKED = /^[0-9A-HJKMNP-TV-Z]{10}$/;

export type ReadReference =
  | { readonly ok: true; readonly reference: string }
  | { readonly ok: false; readonly fault: 'malformed' | 'mistyped' };

/**
 * Makes a reference of eleven signs.
 * @param randomByte gives the next random byte, 0–255. More than ten may be drawn: bytes that would make one sign likelier
 *   than another, and the one body in ten whose check sign is not in the alphabet, are drawn again.
 */
export function makeReference(randomByte: () => number): string {
  for (;;) {
    let body = '';
    while (body.length < RANDOM_SIGNS) body += ALPHABET[randomByte() & 31] ?? '';
    const check = ALPHABET[checkOf(body)];
    if (check !== undefined) return body + check;
  }
}

/**
 * Reads what a person typed or a scanner sent: in either case, with blanks and hyphens between the signs, O for 0, and I
 * or L for 1. Nothing is looked up: a reference that is `mistyped` (its check sign does not fit) or `malformed` cannot exist.
 */
export function readReference(text: string): ReadReference {
  const typed = text.replace(/\s/g, '').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1');
  // Without hyphens only: a scanner on a French layout makes one of a 6, and a sign would go missing unseen.
  if (UNCHECKED.test(typed)) return { ok: true, reference: typed };
  const reference = typed.replaceAll('-', '');
  const isWellFormed = reference.length === RANDOM_SIGNS + 1 && [...reference].every((sign) => ALPHABET.includes(sign));
  if (!isWellFormed) return { ok: false, fault: 'malformed' };
  const fits = ALPHABET[checkOf(reference.slice(0, RANDOM_SIGNS))] === reference.at(-1);
  return fits ? { ok: true, reference } : { ok: false, fault: 'mistyped' };
}

function checkOf(body: string): number {
  let sum = 0;
  for (let at = 0; at < RANDOM_SIGNS; at++) sum += (at + 1) * ALPHABET.indexOf(body[at] ?? '');
  return sum % MODULUS;
}
