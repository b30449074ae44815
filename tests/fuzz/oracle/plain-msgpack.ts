const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * What is wrong with a frame as the plain MessagePack that PROTOCOL.md promises: maps with string keys, text in UTF-8, no
 * extension types, nothing after the message. Undefined: nothing. A reader of its own, so that no decoder's leniency
 * stands between the server and this.
 */
export function faultOfMsgpack(bytes: Buffer): string | undefined {
  try {
    const end = skip(bytes, 0, 0);
    return end === bytes.length ? undefined : `${bytes.length - end} bytes after the message`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const DEPTH_MAX = 12;
/** By the type byte: how many bytes follow it. */
const FIXED: Readonly<Record<number, number>> = {
  192: 0,
  194: 0,
  195: 0,
  202: 4,
  203: 8,
  204: 1,
  205: 2,
  206: 4,
  207: 8,
  208: 1,
  209: 2,
  210: 4,
  211: 8,
};

/** @returns where the value that starts at `at` ends. */
function skip(bytes: Buffer, at: number, depth: number): number {
  if (depth > DEPTH_MAX) throw new Error('nested too deep');
  const type = bytes.readUInt8(at);
  const next = at + 1;
  if (type < 0x80 || type >= 0xe0) return next;
  if (type < 0x90) return skipMap(bytes, next, type & 15, depth);
  if (type < 0xa0) return skipArray(bytes, next, type & 15, depth);
  if (type < 0xc0) return skipText(bytes, next, type & 31);
  const fixed = FIXED[type];
  if (fixed !== undefined) return within(bytes, next + fixed);
  switch (type) {
    case 0xc4:
      return within(bytes, next + 1 + bytes.readUInt8(next));
    case 0xc5:
      return within(bytes, next + 2 + bytes.readUInt16BE(next));
    case 0xc6:
      return within(bytes, next + 4 + bytes.readUInt32BE(next));
    case 0xd9:
      return skipText(bytes, next + 1, bytes.readUInt8(next));
    case 0xda:
      return skipText(bytes, next + 2, bytes.readUInt16BE(next));
    case 0xdb:
      return skipText(bytes, next + 4, bytes.readUInt32BE(next));
    case 0xdc:
      return skipArray(bytes, next + 2, bytes.readUInt16BE(next), depth);
    case 0xdd:
      return skipArray(bytes, next + 4, bytes.readUInt32BE(next), depth);
    case 0xde:
      return skipMap(bytes, next + 2, bytes.readUInt16BE(next), depth);
    case 0xdf:
      return skipMap(bytes, next + 4, bytes.readUInt32BE(next), depth);
    default:
      throw new Error(`the type byte 0x${type.toString(16)}, which is not plain`);
  }
}

function within(bytes: Buffer, end: number): number {
  if (end > bytes.length) throw new Error('cut off');
  return end;
}

function skipText(bytes: Buffer, at: number, length: number): number {
  const end = within(bytes, at + length);
  try {
    utf8.decode(bytes.subarray(at, end));
  } catch {
    throw new Error('text that is not UTF-8');
  }
  return end;
}

function skipArray(bytes: Buffer, at: number, count: number, depth: number): number {
  let end = at;
  for (let i = 0; i < count; i++) end = skip(bytes, end, depth + 1);
  return end;
}

function skipMap(bytes: Buffer, at: number, count: number, depth: number): number {
  let end = at;
  for (let i = 0; i < count; i++) {
    const key = bytes.readUInt8(end);
    if (!((key >= 0xa0 && key < 0xc0) || (key >= 0xd9 && key <= 0xdb))) throw new Error('a key that is no text');
    end = skip(bytes, skip(bytes, end, depth + 1), depth + 1);
  }
  return end;
}
