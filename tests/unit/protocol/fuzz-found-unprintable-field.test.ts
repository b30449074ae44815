import { describe, expect, it } from 'vitest';
import { encodeServerFrame } from '../../../src/protocol/encode.js';
import { type ReadResult, readClientFrame } from '../../../src/protocol/read-client-frame.js';

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}]/u;

/** The refusal of a frame with one field more, of this name. */
function refusalOf(name: string): ReadResult & { ok: false } {
  const frame = Buffer.from(JSON.stringify({ type: 'ping', id: 7, [name]: 1 }));
  const read = readClientFrame(frame.buffer.slice(frame.byteOffset, frame.byteOffset + frame.length), false);
  if (read.ok) throw new Error(`A field ${JSON.stringify(name)} was taken.`);
  return read;
}

describe('the name of a field that a client made up', () => {
  it.each([
    ['a colour for the terminal', '\u001b[31mred'],
    ['a turn of direction', '\u202egnp.exe'],
    ['half of a character', 'x\udfff'],
    ['NUL', 'a\u0000b'],
    ['a character that the bound cuts in two', `${'x'.repeat(199)}\u{1f3ad}`],
  ])('stands in `field` without %s', (_, name) => {
    const { error } = refusalOf(name);
    expect(error.code).toBe('invalid_field');
    expect(error.field?.length).toBeGreaterThan(0);
    expect(error.field).not.toMatch(UNPRINTABLE);
  });

  it('leaves MessagePack that any reader takes for UTF-8', () => {
    const { error } = refusalOf('x\udfff');
    const frame = encodeServerFrame({ type: 'reply', id: 7, ok: false, error }, 'msgpack');
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(error.field ?? ''))).not.toThrow();
    expect(Buffer.from(frame).includes(Buffer.from([0xed, 0xbf, 0xbf]))).toBe(false);
  });

  it('is told as it is where it can be printed', () => {
    expect(refusalOf('größe').error.field).toBe('größe');
  });
});
