import type { WireError } from './errors.js';

const LATIN1 = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
const ASCII = /^[\0-\x7f]*$/;

const OPENING = '\x84\xa4type\xa5reply\xa2id';
const REFUSED = '\xa2ok\xc2\xa5error\x85\xa4code';

/**
 * The MessagePack of a refusal that names seats, as bytes written out in a string of Latin-1: in a rush nine answers of
 * ten are this one, and putting it together from ready pieces takes a third of the time of a general encoder. Byte for
 * byte what that one makes of `{ type: 'reply', id, ok: false, error }`, which a property test holds it to.
 * @returns undefined where the refusal is any other, is not in ASCII, or is too long: then the general one has to do it.
 */
export function packRefusal(id: number, error: WireError): Uint8Array | undefined {
  const { code, message, retryable, outcome, conflicts } = error;
  if (conflicts === undefined || error.field !== undefined || error.retryAfterMs !== undefined) return undefined;
  if (error.ticketType !== undefined) return undefined;
  if (id > 0xffff || conflicts.length > 15 || message.length > 255 || !ASCII.test(message)) return undefined;
  let frame = `${OPENING}${packedUint16(id)}${REFUSED}${packedText(code)}\xa7message${packedText(message)}\xa9retryable${
    retryable ? '\xc3' : '\xc2'
  }\xa7outcome${packedText(outcome)}\xa9conflicts${LATIN1[0x90 | conflicts.length]}`;
  for (const { seat, reason, beside } of conflicts) {
    if (beside !== undefined || seat.length > 255 || !ASCII.test(seat)) return undefined;
    frame += `\x82\xa4seat${packedText(seat)}\xa6reason${packedText(reason)}`;
  }
  return Buffer.from(frame, 'latin1');
}

/** @param text of ASCII, at most 255 long. */
function packedText(text: string): string {
  const { length } = text;
  return length < 32 ? `${LATIN1[0xa0 | length]}${text}` : `\xd9${LATIN1[length]}${text}`;
}

function packedUint16(value: number): string {
  if (value < 0x80) return LATIN1[value] ?? '';
  if (value < 0x100) return `\xcc${LATIN1[value]}`;
  return `\xcd${LATIN1[value >> 8]}${LATIN1[value & 0xff]}`;
}
