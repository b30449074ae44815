import { OPCODE } from './masked-frame.js';

/**
 * A text frame of a client whose mask is four zeros: what it masks stays as it is, so that it can be written into later,
 * while the server does the same work as for any other mask. (RFC 6455, 5.3, wants masks that no attacker foresees; there
 * is none here.)
 * @param text of at most 64 KiB
 */
export function unmaskedFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > 0xffff) throw new RangeError(`A client frame of ${payload.length} bytes.`);
  const head = Buffer.alloc(payload.length < 126 ? 6 : 8);
  head[0] = 0x80 | OPCODE.text;
  head[1] = 0x80 | Math.min(payload.length, 126);
  if (payload.length >= 126) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}
