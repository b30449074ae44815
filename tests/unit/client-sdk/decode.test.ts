import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { decodeServerFrame } from '../../../src/protocol/decode.js';
import { unpack } from '../../../src/protocol/unpack.js';
import { SERVER_TIME, welcome } from './fake-surroundings.js';

const packr = new Packr({ useRecords: false, variableMapSize: true });

describe('decodeServerFrame', () => {
  it('reads text as JSON and bytes as MessagePack, to the same message', () => {
    const message = welcome();
    const packed = Uint8Array.from(packr.pack(message));
    expect(decodeServerFrame(JSON.stringify(message))).toEqual(message);
    expect(decodeServerFrame(packed)).toEqual(message);
    expect(decodeServerFrame(packed.buffer)).toEqual(message);
  });

  it('reads a 64-bit integer as a number, whoever encoded it', () => {
    const integer = Buffer.alloc(9);
    integer[0] = 0xcf;
    integer.writeBigUInt64BE(BigInt(SERVER_TIME), 1);
    const frame = Buffer.concat([Buffer.from('82a474797065a174a26174', 'hex'), integer]);
    expect(decodeServerFrame(frame)).toEqual({ type: 't', at: SERVER_TIME });
  });

  it('keeps what a newer server added', () => {
    expect(decodeServerFrame(packr.pack({ type: 'weather', degrees: 21 }))).toEqual({ type: 'weather', degrees: 21 });
  });

  it.each(['', '{', 'null', '[]', '7', '{"kind":"delta"}', '{"type":7}'])('throws on the text %j', (frame) => {
    expect(() => decodeServerFrame(frame)).toThrow();
  });

  it.each([[], [0xc1], [0x81], [0xc0], [0x80]])('throws on the bytes %j', (...bytes) => {
    expect(() => decodeServerFrame(Uint8Array.from(bytes))).toThrow();
  });
});

describe('unpack', () => {
  const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, false),
      fc.integer(),
      fc.maxSafeInteger(),
      // msgpackr packs -0 as the integer 0.
      fc.double({ noNaN: true }).filter((value) => !Object.is(value, -0)),
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.string({ maxLength: 40 }),
      fc.uint8Array({ maxLength: 80 }),
      fc.array(tie('value'), { maxLength: 20 }),
      fc.dictionary(
        fc.string({ maxLength: 40 }).filter((key) => key !== '__proto__'),
        tie('value'),
        { noNullPrototype: true },
      ),
    ),
  }))['value'] as fc.Arbitrary<unknown>;

  it('reads what another implementation packs', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(unpack(Uint8Array.from(packr.pack(value)))).toEqual(value);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['text of 70,000 bytes', 'x'.repeat(70_000)],
    ['bytes of 70,000', new Uint8Array(70_000).fill(7)],
    ['a list of 70,000', Array.from({ length: 70_000 }, (_, i) => i)],
    ['a map of 70,000', Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, i]))],
  ])('reads %s', (_, value) => {
    expect(unpack(Uint8Array.from(packr.pack(value)))).toEqual(value);
  });

  it.each([
    ['d0 80', -128],
    ['d1 80 00', -32_768],
    ['d2 80 00 00 00', -2_147_483_648],
    ['d3 ff ff ff ff ff ff ff ff', -1],
    ['cf 00 00 01 99 c8 2c c0 00', 1_760_000_000_000],
    ['ca 3f 80 00 00', 1],
    ['81 a9 5f 5f 70 72 6f 74 6f 5f 5f 01', JSON.parse('{"__proto__":1}')],
  ])('reads %s', (hex, value) => {
    expect(unpack(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toEqual(value);
  });

  it.each([
    ['an extension', 'd4 01 00'],
    ['a key that is no text', '81 01 02'],
    ['a list longer than the bytes', 'dd ff ff ff ff'],
    ['text longer than the bytes', 'db ff ff ff ff 41'],
    ['bytes longer than the bytes', 'c4 05 01'],
    ['more than one value', '01 02'],
    ['a hundred lists in each other', `${'91'.repeat(100)}01`],
  ])('throws on %s', (_, hex) => {
    expect(() => unpack(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toThrow();
  });
});
