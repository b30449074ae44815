import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  packStatuses,
  readStatuses,
  SEAT_STATUSES,
  spellStatuses,
  unpackStatuses,
} from '../../../src/protocol/seat-status.js';

const codes = fc.uint8Array({ max: 3, maxLength: 300 });

describe('seat statuses', () => {
  it('[PROTO-8] are the same after either wire form, whatever they are', () => {
    fc.assert(
      fc.property(codes, (statuses) => {
        expect(unpackStatuses(packStatuses(statuses), statuses.length)).toEqual(statuses);
        expect(readStatuses(spellStatuses(statuses))).toEqual(statuses);
      }),
    );
  });

  it('are four to a byte, and the bits past the last seat are 0', () => {
    fc.assert(
      fc.property(codes, (statuses) => {
        const packed = packStatuses(statuses);
        expect(packed.length).toBe(Math.ceil(statuses.length / 4));
        const padded = unpackStatuses(packed, packed.length * 4).slice(statuses.length);
        expect([...padded].every((code) => code === 0)).toBe(true);
        expect(spellStatuses(statuses)).toHaveLength(statuses.length);
      }),
    );
  });

  it('[PROTO-8] are the bytes and letters of PROTOCOL.md', () => {
    const example = new Uint8Array([0, 0, 1, 2, 0, 3]);
    expect(spellStatuses(example)).toBe('..hb.x');
    expect([...packStatuses(example)]).toEqual([0x90, 0x0c]);
    expect(SEAT_STATUSES).toEqual(['available', 'held', 'booked', 'blocked']);
  });

  it('that cannot be read are blocked, never available; seats beyond the bytes are what 0 says', () => {
    expect([...readStatuses('.?h\u0000😀')]).toEqual([0, 3, 1, 3, 3, 3]);
    expect([...unpackStatuses(new Uint8Array([0x90]), 6)]).toEqual([0, 0, 1, 2, 0, 0]);
  });
});
