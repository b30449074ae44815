/**
 * Arrays in the binary format of Postgres (array_send, uuid_send and so on in its sources). As text, which is the
 * driver's way, a flush cost a third of the time that it takes: a parser and a printer for each value, on both sides.
 */

type ElementType = 'int4' | 'int8' | 'float8' | 'uuid' | 'text' | 'json';

/** Fixed for ever in Postgres' catalogue (pg_type.dat). */
const OIDS: Readonly<Record<ElementType, number>> = {
  int4: 23,
  int8: 20,
  float8: 701,
  uuid: 2950,
  text: 25,
  json: 114,
};
/** Dimensions, flags, type; then of the one dimension its length and its first index. */
const HEAD_BYTES = 20;
const EMPTY_HEAD_BYTES = 12;
const FIRST_BYTES = 512;
/** In UTF-8 a UTF-16 unit takes at most so many bytes. */
const BYTES_PER_UNIT = 3;
const UINT32 = 2 ** 32;

/** The value of a hexadecimal digit by its character code; 16 or more where it is none. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? 16 : digit;
});
/** Where the hexadecimal pairs of a UUID begin in its text. */
const PAIRS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const UUID_LENGTH = 36;

/** One array; the values are to be of its type. */
export class ArrayWriter {
  readonly #oid: number;
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #end = HEAD_BYTES;
  #count = 0;

  constructor(type: ElementType) {
    this.#oid = OIDS[type];
  }

  get count(): number {
    return this.#count;
  }

  /** @throws RangeError where it is not an integer of 32 bits. */
  int4(value: number): void {
    if (value !== (value | 0)) throw new RangeError(`Not an integer of 32 bits: ${value}`);
    const at = this.#element(4);
    this.#bytes.writeInt32BE(value, at);
  }

  /** @throws RangeError where it is not an integer that a number holds exactly. */
  int8(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`Not a safe integer: ${value}`);
    const at = this.#element(8);
    this.#bytes.writeInt32BE(Math.floor(value / UINT32), at);
    this.#bytes.writeUInt32BE(value >>> 0, at + 4);
  }

  float8(value: number): void {
    const at = this.#element(8);
    this.#bytes.writeDoubleBE(value, at);
  }

  /** @throws RangeError where it is none. */
  uuid(value: string): void {
    if (value.length !== UUID_LENGTH) throw new RangeError(`Not a UUID: ${value}`);
    const at = this.#element(16);
    let bad = 0;
    for (let i = 0; i < PAIRS.length; i++) {
      const pair = PAIRS[i] ?? 0;
      const high = DIGITS[value.charCodeAt(pair)] ?? 16;
      const low = DIGITS[value.charCodeAt(pair + 1)] ?? 16;
      bad |= high | low;
      this.#bytes[at + i] = (high << 4) | low;
    }
    if (bad > 15) throw new RangeError(`Not a UUID: ${value}`);
  }

  /** Also for json. */
  text(value: string): void {
    const at = this.#element(value.length * BYTES_PER_UNIT);
    const length = this.#bytes.write(value, at, 'utf8');
    this.#bytes.writeInt32BE(length, at - 4);
    this.#end = at + length;
  }

  /** The whole; nothing may be added any more. */
  finish(): Buffer {
    const bytes = this.#bytes;
    bytes.writeInt32BE(this.#count > 0 ? 1 : 0, 0);
    bytes.writeInt32BE(0, 4);
    bytes.writeInt32BE(this.#oid, 8);
    if (this.#count === 0) return bytes.subarray(0, EMPTY_HEAD_BYTES);
    bytes.writeInt32BE(this.#count, 12);
    bytes.writeInt32BE(1, 16);
    return bytes.subarray(0, this.#end);
  }

  /** Makes room for an element of so many bytes, says its length, and returns where it begins. */
  #element(bytes: number): number {
    const at = this.#end + 4;
    if (at + bytes > this.#bytes.length) this.#grow(at + bytes);
    this.#bytes.writeInt32BE(bytes, this.#end);
    this.#end = at + bytes;
    this.#count++;
    return at;
  }

  #grow(needed: number): void {
    const bytes = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(bytes, 0, 0, this.#end);
    this.#bytes = bytes;
  }
}
