/** WebSocket frames as clients send them (RFC 6455, 5): whole, final, masked. */

export const OPCODE = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** Any odd start; a mask has to differ from frame to frame, not to be a secret from the machine that we measure. */
let maskState = 0x9e3779b9;

/** @param payload at most 64 KiB: larger than any message that a client of ours has to say. */
export function maskedFrame(opcode: number, payload: string | Uint8Array): Buffer {
  const length = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
  if (length > 0xffff) throw new RangeError(`A client frame of ${length} bytes.`);
  const header = length < 126 ? 2 : 4;
  const frame = Buffer.allocUnsafe(header + 4 + length);
  frame[0] = 0x80 | opcode;
  if (length < 126) {
    frame[1] = 0x80 | length;
  } else {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(length, 2);
  }
  maskState = Math.imul(maskState ^ (maskState >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
  frame.writeInt32BE(maskState | 0, header);
  const start = header + 4;
  if (typeof payload === 'string') frame.write(payload, start, 'utf8');
  else frame.set(payload, start);
  for (let i = 0; i < length; i++) {
    frame[start + i] = (frame[start + i] ?? 0) ^ (frame[header + (i & 3)] ?? 0);
  }
  return frame;
}

/** @param code 1000, or 3000–4999. */
export function closeFrame(code: number): Buffer {
  const payload = Buffer.allocUnsafe(2);
  payload.writeUInt16BE(code, 0);
  return maskedFrame(OPCODE.close, payload);
}
