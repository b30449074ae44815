/**
 * Seat statuses and their two wire forms. The order of SEAT_STATUSES is the 2-bit code of the packed form; it is part
 * of the protocol and never changes.
 */
export const SEAT_STATUSES = ['available', 'held', 'booked', 'blocked'] as const;

export type SeatStatus = (typeof SEAT_STATUSES)[number];

/** One character a seat, by code, for the JSON snapshot: `.` available, `h` held, `b` booked, `x` blocked. */
const LETTERS = '.hbx';

/** Codes (0…3, one a byte) to 2 bits a seat, lowest bits first: seat i sits at bits 2·(i mod 4) of byte ⌊i/4⌋. */
export function packStatuses(codes: Uint8Array): Uint8Array {
  const packed = new Uint8Array((codes.length + 3) >> 2);
  for (let i = 0; i < codes.length; i++) {
    packed[i >> 2] = (packed[i >> 2] ?? 0) | ((codes[i] ?? 0) << ((i & 3) << 1));
  }
  return packed;
}

/** The inverse of packStatuses; `count` is the number of seats of the map, since the last byte may hold padding. */
export function unpackStatuses(packed: Uint8Array, count: number): Uint8Array {
  const codes = new Uint8Array(count);
  for (let i = 0; i < count; i++) codes[i] = ((packed[i >> 2] ?? 0) >> ((i & 3) << 1)) & 3;
  return codes;
}

export function spellStatuses(codes: Uint8Array): string {
  let text = '';
  for (const code of codes) text += LETTERS[code];
  return text;
}

/** The inverse of spellStatuses. An unknown letter reads as `blocked`: a client must never offer what it cannot read. */
export function readStatuses(letters: string): Uint8Array {
  const codes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) {
    const code = LETTERS.indexOf(letters.charAt(i));
    codes[i] = code < 0 ? 3 : code;
  }
  return codes;
}
