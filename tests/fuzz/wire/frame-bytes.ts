import { OPCODE } from '../../../bench/load/masked-frame.js';

/** A frame as RFC 6455 has it or, where asked to, as it does not. */
export interface FrameBytes {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly final?: boolean;
  /** The three reserved bits, 0 to 7. */
  readonly reserved?: number;
  readonly masked?: boolean;
  /** What its head says of its length, where that is not true. */
  readonly claimedLength?: number | bigint;
  /** Bytes for the length: 0 for the usual one, else 2 or 8, though fewer would do. */
  readonly lengthBytes?: 0 | 2 | 8;
}

const MASK = Buffer.of(0x5a, 0xc3, 0x91, 0x2e);

/** Of any length; maskedFrame of bench/load makes those that keep to the rules. */
export function frameBytes({
  opcode,
  payload,
  final = true,
  reserved = 0,
  masked = true,
  claimedLength = payload.length,
  lengthBytes = 0,
}: FrameBytes): Buffer {
  const length = BigInt(claimedLength);
  const size = lengthBytes || (length < 126n ? 0 : length <= 0xffffn ? 2 : 8);
  const head = Buffer.alloc(2 + size);
  head[0] = (final ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (size === 0 ? Number(length) : size === 2 ? 126 : 127);
  if (size === 2) head.writeUInt16BE(Number(length), 2);
  if (size === 8) head.writeBigUInt64BE(BigInt.asUintN(64, length), 2);
  if (!masked) return Buffer.concat([head, payload]);
  const body = Buffer.from(payload);
  for (let i = 0; i < body.length; i++) body[i] = (body[i] ?? 0) ^ (MASK[i & 3] ?? 0);
  return Buffer.concat([head, MASK, body]);
}

export function messageBytes(payload: Buffer, binary: boolean): Buffer {
  return frameBytes({ opcode: binary ? OPCODE.binary : OPCODE.text, payload });
}
