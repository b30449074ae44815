/**
 * The code of a ticket: 32 bytes, written as 60 letters, which a QR code of version 3 holds. Decision 0041 says why it is
 * signed by a truncated MAC, and why so short.
 *
 * | bytes | what |
 * |---|---|
 * | 0 | the number of the key |
 * | 1 | the generation: how often the ticket was passed on, and one more |
 * | 2–17 | the id of the ticket |
 * | 18–21 | the last four bytes of the id of the showtime: a gate sees without a network that it is another's |
 * | 22–31 | the first ten bytes of HMAC-SHA-256 over bytes 0–21, by the door key of the showtime |
 *
 * The seat is not in it: a booking that is reseated keeps its codes.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { fromLetters, letterCount, toLetters } from './letters.js';

const CODE_BYTES = 32;
const SIGNED_BYTES = 22;

/** What the code of a ticket says. */
export interface TicketClaim {
  readonly ticketId: string;
  readonly generation: number;
}

export interface ReadCode extends TicketClaim {
  readonly keyNumber: number;
  /** The last eight hexadecimal digits of the showtime's id. */
  readonly showtimeTag: string;
  /** Whether the door key of its showtime signed it. */
  readonly isSignedBy: (doorKey: Uint8Array) => boolean;
}

/** The key by which the gates of one showtime check codes, 32 bytes: with it nobody can make codes of another showtime. */
export function doorKeyOf(ticketKey: Uint8Array, showtimeId: string): Buffer {
  return createHmac('sha256', ticketKey).update('usher door key 1 ').update(bytesOf(showtimeId)).digest();
}

/** @param doorKey of the key with `keyNumber`, see `doorKeyOf`. */
export function writeCode(claim: TicketClaim, showtimeId: string, keyNumber: number, doorKey: Uint8Array): string {
  const signed = Buffer.concat([
    Buffer.of(keyNumber, claim.generation),
    bytesOf(claim.ticketId),
    bytesOf(showtimeId).subarray(-4),
  ]);
  return toLetters(Buffer.concat([signed, macOf(signed, doorKey)]));
}

/**
 * Reads what a scanner sent: in either case, with blanks and hyphens between the letters. Nothing is believed yet: ask
 * `isSignedBy`. Undefined: it is no code of a ticket.
 */
export function readCode(text: string): ReadCode | undefined {
  const letters = text.replaceAll(/[\s-]/g, '').toUpperCase();
  if (letters.length !== letterCount(CODE_BYTES)) return undefined;
  const bytes = fromLetters(letters, CODE_BYTES);
  if (!bytes) return undefined;
  const signed = bytes.subarray(0, SIGNED_BYTES);
  return {
    keyNumber: bytes.readUInt8(0),
    generation: bytes.readUInt8(1),
    ticketId: uuidOf(bytes.subarray(2, 18)),
    showtimeTag: bytes.toString('hex', 18, SIGNED_BYTES),
    isSignedBy: (doorKey) => timingSafeEqual(bytes.subarray(SIGNED_BYTES), macOf(signed, doorKey)),
  };
}

/** As `ReadCode.showtimeTag`. */
export function tagOf(showtimeId: string): string {
  return showtimeId.slice(-8).toLowerCase();
}

function macOf(signed: Uint8Array, doorKey: Uint8Array): Buffer {
  return createHmac('sha256', doorKey)
    .update(signed)
    .digest()
    .subarray(0, CODE_BYTES - SIGNED_BYTES);
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
