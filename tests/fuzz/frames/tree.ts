/**
 * What a frame says before it is bytes: wider than JSON or plain MessagePack, since what is written here is meant to be
 * wrong. A map is a list of pairs, so that a key may come twice and, in MessagePack, be anything.
 */
export type Tree = null | undefined | boolean | number | bigint | string | readonly Tree[] | Pairs | Verbatim;

export class Pairs {
  constructor(readonly entries: readonly (readonly [key: Tree, value: Tree])[]) {}
}

/** Written as it stands: `text` into JSON, `bytes` into MessagePack. */
export class Verbatim {
  constructor(
    readonly text: string,
    readonly bytes: Buffer,
  ) {}
}

export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return value.map(treeOf);
  if (typeof value === 'object' && value !== null) {
    return new Pairs(Object.entries(value).map(([key, item]) => [key, treeOf(item)] as const));
  }
  return value as Tree;
}

/** JSON, as far as the tree is one: NaN and the like are written as JavaScript does. */
export function writeJson(tree: Tree): string {
  if (tree instanceof Verbatim) return tree.text;
  if (tree instanceof Pairs) {
    const entries = tree.entries.map(([key, value]) => `${jsonKey(key)}:${writeJson(value)}`);
    return `{${entries.join(',')}}`;
  }
  if (Array.isArray(tree)) return `[${tree.map(writeJson).join(',')}]`;
  if (typeof tree === 'string') return JSON.stringify(tree);
  if (typeof tree === 'number') return Object.is(tree, -0) ? '-0' : String(tree);
  return String(tree);
}

function jsonKey(key: Tree): string {
  return JSON.stringify(typeof key === 'string' ? key : writeJson(key));
}

/** How long heads are: as short as they can be, or longer than they need to, which MessagePack allows. */
export type Width = 'shortest' | 'wide';

export function writeMsgpack(tree: Tree, width: Width = 'shortest'): Buffer {
  const pieces: Buffer[] = [];
  const write = (item: Tree): void => {
    if (item instanceof Verbatim) pieces.push(item.bytes);
    else if (item instanceof Pairs) {
      pieces.push(head(item.entries.length, width, 0x80, 15, [undefined, 0xde, 0xdf]));
      for (const [key, value] of item.entries) {
        write(key);
        write(value);
      }
    } else if (Array.isArray(item)) {
      pieces.push(head(item.length, width, 0x90, 15, [undefined, 0xdc, 0xdd]));
      for (const one of item) write(one);
    } else if (typeof item === 'string') {
      const bytes = utf8WithHalves(item);
      pieces.push(head(bytes.length, width, 0xa0, 31, [0xd9, 0xda, 0xdb]), bytes);
    } else if (typeof item === 'number') pieces.push(number(item, width));
    else if (typeof item === 'bigint') pieces.push(int64(item));
    else if (typeof item === 'boolean') pieces.push(Buffer.of(item ? 0xc3 : 0xc2));
    else pieces.push(Buffer.of(item === null ? 0xc0 : 0xc1));
  };
  write(tree);
  return Buffer.concat(pieces);
}

type Heads = readonly [byte: number | undefined, word: number, long: number];

function head(length: number, width: Width, fix: number, fixMax: number, [byte, word, long]: Heads): Buffer {
  if (width === 'shortest') {
    if (length <= fixMax) return Buffer.of(fix | length);
    if (byte !== undefined && length < 0x100) return Buffer.of(byte, length);
    if (length < 0x10000) return Buffer.of(word, length >> 8, length & 0xff);
  }
  const bytes = Buffer.of(long, 0, 0, 0, 0);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

function number(value: number, width: Width): Buffer {
  if (Number.isInteger(value) && !Object.is(value, -0) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
    if (width === 'wide') return int64(BigInt(value));
    if (value >= 0 && value < 0x80) return Buffer.of(value);
    if (value >= -0x20 && value < 0) return Buffer.of(value + 0x100);
    if (value >= 0 && value < 0x10000) return Buffer.of(0xcd, value >> 8, value & 0xff);
    if (value < 0 || value > 0xffffffff) return int64(BigInt(value));
    const bytes = Buffer.of(0xce, 0, 0, 0, 0);
    bytes.writeUInt32BE(value, 1);
    return bytes;
  }
  const bytes = Buffer.of(0xcb, 0, 0, 0, 0, 0, 0, 0, 0);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.of(value < 0n ? 0xd3 : 0xcf, 0, 0, 0, 0, 0, 0, 0, 0);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value), 1);
  return bytes;
}

/** Halves of characters are written as if they were whole ones, which no UTF-8 is. */
function utf8WithHalves(text: string): Buffer {
  if (!/\p{Cs}/u.test(text)) return Buffer.from(text);
  return Buffer.concat(
    Array.from(text, (character) => {
      const code = character.charCodeAt(0);
      if (character.length > 1 || code < 0xd800 || code > 0xdfff) return Buffer.from(character);
      return Buffer.of(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    }),
  );
}
