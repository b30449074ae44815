/**
 * MessagePack to values, as much of it as PROTOCOL.md allows: nil, booleans, numbers, text, bytes, arrays and maps with
 * text as keys. Written by hand for what a browser downloads: it is a tenth of a library, and installs nothing.
 * https://github.com/msgpack/msgpack/blob/master/spec.md
 */

const utf8 = new TextDecoder();
/** Shorter texts are read byte by byte while they are ASCII, which is several times faster than the decoder. */
const SHORT_TEXT_BYTES = 64;
/** Texts up to this many bytes may be names; so many are kept, a power of two. */
const NAME_BYTES = 16;
const NAMES = 256;
const names: string[] = [];
/** A frame of ours is four deep at most; what is deeper would end in a stack overflow. */
const DEPTH_MAX = 64;

/** The message that is being read. Kept here and not in an object a message, since many thousands are read a second. */
let bytes = new Uint8Array();
let at = 0;

/**
 * Reads the one value that the bytes hold. 64-bit integers become numbers, which are exact up to 2^53. Bytes in it are
 * views on `message` and not copies.
 * @throws where the bytes end too early, hold more than one value, or a type that the protocol does not use.
 */
export function unpack(message: Uint8Array): unknown {
  bytes = message as Uint8Array<ArrayBuffer>;
  at = 0;
  const value = read(0);
  if (at !== bytes.length) throw new RangeError('Bytes after the message.');
  return value;
}

/** Moves on by `size` bytes and returns where they begin. */
function skip(size: number): number {
  const from = at;
  at += size;
  if (at > bytes.length) throw new RangeError('The message is cut off.');
  return from;
}

/** An unsigned integer of 1, 2 or 4 bytes, by which lengths are written too. */
function unsigned(size: number): number {
  const end = skip(size) + size;
  let value = 0;
  for (let i = end - size; i < end; i++) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

/** The next `size` bytes, for the numbers that are rare enough to make a view each time. */
function view(size: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + skip(size), size);
}

function read(depth: number): unknown {
  const head = unsigned(1);
  if (head < 0x80) return head;
  if (head < 0x90) return map(head & 0x0f, depth);
  if (head < 0xa0) return array(head & 0x0f, depth);
  if (head < 0xc0) return text(head & 0x1f);
  if (head >= 0xe0) return head - 0x100;
  switch (head) {
    case 0xc0:
      return null;
    case 0xc2:
    case 0xc3:
      return head === 0xc3;
    case 0xc4:
    case 0xc5:
    case 0xc6: {
      const size = unsigned(1 << (head - 0xc4));
      return bytes.subarray(skip(size), at);
    }
    case 0xca:
      return view(4).getFloat32(0);
    case 0xcb:
      return view(8).getFloat64(0);
    case 0xcc:
    case 0xcd:
    case 0xce:
      return unsigned(1 << (head - 0xcc));
    case 0xcf:
      return Number(view(8).getBigUint64(0));
    case 0xd0:
      return view(1).getInt8(0);
    case 0xd1:
      return view(2).getInt16(0);
    case 0xd2:
      return view(4).getInt32(0);
    case 0xd3:
      return Number(view(8).getBigInt64(0));
    case 0xd9:
    case 0xda:
    case 0xdb:
      return text(unsigned(1 << (head - 0xd9)));
    case 0xdc:
    case 0xdd:
      return array(unsigned(2 << (head - 0xdc)), depth);
    case 0xde:
    case 0xdf:
      return map(unsigned(2 << (head - 0xde)), depth);
    default:
      throw new TypeError(`MessagePack type ${head.toString(16)} is not part of the protocol.`);
  }
}

/**
 * A name of a field or a status, which come over and over. A text that was read before is found by its length and ends:
 * making it anew costs more, above all where it becomes a key.
 */
function name(from: number, size: number): string | undefined {
  const slot = (size * 31 + (bytes[from] ?? 0) * 7 + (bytes[at - 1] ?? 0)) & (NAMES - 1);
  const known = names[slot];
  if (known?.length === size) {
    let i = 0;
    while (i < size && known.charCodeAt(i) === bytes[from + i]) i++;
    if (i === size) return known;
  }
  let made = '';
  for (let i = from; i < at; i++) {
    const byte = bytes[i] ?? 0;
    if (byte > 0x7f) return undefined;
    made += String.fromCharCode(byte);
  }
  names[slot] = made;
  return made;
}

function text(size: number): string {
  const from = skip(size);
  if (size <= NAME_BYTES) return name(from, size) ?? utf8.decode(bytes.subarray(from, at));
  if (size < SHORT_TEXT_BYTES) {
    let ascii = '';
    let i = from;
    for (let byte = 0; i < at; i++) {
      byte = bytes[i] ?? 0;
      if (byte > 0x7f) break;
      ascii += String.fromCharCode(byte);
    }
    if (i === at) return ascii;
  }
  return utf8.decode(bytes.subarray(from, at));
}

function array(length: number, depth: number): unknown[] {
  deepen(depth);
  // Not made as long as the head says before that much is there: five bytes could ask for gigabytes.
  const items: unknown[] = [];
  for (let i = 0; i < length; i++) items.push(read(depth + 1));
  return items;
}

function map(size: number, depth: number): object {
  deepen(depth);
  const entries: Record<string, unknown> = {};
  for (let i = 0; i < size; i++) {
    const key = read(depth + 1);
    if (typeof key !== 'string') throw new TypeError('A key is no text.');
    const value = read(depth + 1);
    // As JSON.parse does: an own member, whatever its name is.
    if (key === '__proto__') Object.defineProperty(entries, key, { value, enumerable: true });
    else entries[key] = value;
  }
  return entries;
}

function deepen(depth: number): void {
  if (depth > DEPTH_MAX) throw new RangeError('The message is too deep.');
}
