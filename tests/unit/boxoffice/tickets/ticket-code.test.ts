import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLetters, LETTERS, letterCount, toLetters } from '../../../../src/boxoffice/tickets/letters.js';
import { doorKeyOf, readCode, tagOf, writeCode } from '../../../../src/boxoffice/tickets/ticket-code.js';

const uuid = fc.uuid();
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const generation = fc.integer({ min: 1, max: 255 });

/** A code with all that it was made of. */
const coded = fc.record({ ticketId: uuid, showtimeId: uuid, generation, keyNumber: generation, key }).map((made) => {
  const doorKey = doorKeyOf(made.key, made.showtimeId);
  return { ...made, doorKey, code: writeCode(made, made.showtimeId, made.keyNumber, doorKey) };
});

/** What a gate with this door key makes of a code. */
const isTaken = (code: string, doorKey: Uint8Array) => readCode(code)?.isSignedBy(doorKey) ?? false;

describe('letters', () => {
  it('bring back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
        const letters = toLetters(bytes);
        expect(letters).toHaveLength(letterCount(bytes.length));
        expect(fromLetters(letters, bytes.length)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('that spell a larger number than the bytes can be are refused', () => {
    expect(fromLetters('X'.repeat(60), 32)).toBeUndefined();
  });
});

describe('the code of a ticket', () => {
  it('says what it was made of, to whoever has the door key', () => {
    fc.assert(
      fc.property(coded, ({ code, doorKey, ticketId, showtimeId, generation, keyNumber }) => {
        expect(code).toMatch(/^[BCDEFGHIJKLNOPRSTUVX]{60}$/);
        expect(readCode(code)).toMatchObject({ ticketId, generation, keyNumber, showtimeTag: tagOf(showtimeId) });
        expect(isTaken(code, doorKey)).toBe(true);
      }),
    );
  });

  it('is refused with any letter changed', () => {
    fc.assert(
      fc.property(coded, ({ code, doorKey }) => {
        for (let at = 0; at < code.length; at++) {
          for (const letter of LETTERS) {
            if (letter === code[at]) continue;
            expect(isTaken(code.slice(0, at) + letter + code.slice(at + 1), doorKey)).toBe(false);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is refused with two letters swapped, one missing or one too many', () => {
    fc.assert(
      fc.property(coded, fc.nat(58), ({ code, doorKey }, at) => {
        const swapped = code.slice(0, at) + code[at + 1] + code[at] + code.slice(at + 2);
        if (swapped !== code) expect(isTaken(swapped, doorKey)).toBe(false);
        expect(readCode(code.slice(0, at) + code.slice(at + 1))).toBeUndefined();
        expect(readCode(`${code.slice(0, at)}B${code.slice(at)}`)).toBeUndefined();
      }),
    );
  });

  it('is refused by the gates of another showtime and under another key', () => {
    fc.assert(
      fc.property(coded, uuid, key, ({ code, key, showtimeId, doorKey }, other, otherKey) => {
        fc.pre(other !== showtimeId && !Buffer.from(otherKey).equals(Buffer.from(key)));
        expect(isTaken(code, doorKeyOf(key, other))).toBe(false);
        expect(isTaken(code, doorKeyOf(otherKey, showtimeId))).toBe(false);
        expect(isTaken(code, doorKey)).toBe(true);
      }),
    );
  });

  it('is read as people and scanners write it', () => {
    const showtimeId = randomUUID();
    const doorKey = doorKeyOf(randomBytes(32), showtimeId);
    const code = writeCode({ ticketId: randomUUID(), generation: 1 }, showtimeId, 1, doorKey);
    const typed = ` ${code.toLowerCase().replaceAll(/.{5}/g, '$& ')}\r\n`;
    expect(isTaken(typed, doorKey)).toBe(true);
  });

  it.each(['', 'B', '1', 'https://example.org', 'Q'.repeat(60), '\0'.repeat(60), 'ı'.repeat(60)])(
    'is not what %j is',
    (text) => {
      expect(readCode(text)).toBeUndefined();
    },
  );
});
