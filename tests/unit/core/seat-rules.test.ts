import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import type { House } from '../../../src/core/house.js';
import { houseOf, mapOf, seat } from './halls.js';

/** `ok`, or each refused seat with its reason. */
function hold(house: House, seats: string[], holder = 'me', addTo?: string): string | string[] {
  const id = `h${house.holds.size + house.bookings.size}`;
  const base = { type: 'hold', holder, seats, newHoldId: id } as const;
  const { reply } = apply(house, addTo === undefined ? base : { ...base, addTo }, 0);
  if (reply.ok) return 'ok';
  return 'conflicts' in reply.refusal
    ? reply.refusal.conflicts.map((conflict) => `${conflict.seat} ${conflict.reason}`)
    : reply.refusal.code;
}

function book(house: House, holdId: string, holder = 'me'): void {
  const ids = { newBookingId: `b-${holdId}`, newReference: holdId };
  const price = { amount: 1000 * (house.holds.get(holdId)?.seats.length ?? 0), currency: 'EUR' };
  expect(apply(house, { type: 'book', holder, holdId, price, ...ids }, 0).reply.ok).toBe(true);
}

describe('pairs', () => {
  it('[SEAT-RULE-PAIR-1] are sold both or neither', () => {
    const house = houseOf(mapOf(['.pqpq.']));
    expect(hold(house, ['A-2'])).toEqual(['A-2 pair_split']);
    expect(hold(house, ['A-3', 'A-4', 'A-1'])).toEqual(['A-3 pair_split', 'A-4 pair_split']);
    expect(hold(house, ['A-3', 'A-2', 'A-1'])).toBe('ok');
  });

  it('[SEAT-RULE-PAIR-1] are not sold by half where the other half is blocked', () => {
    const map = mapOf(['.pq.']);
    const house = houseOf(map, {}, { blocked: [seat(map, 'A-2')] });
    expect(hold(house, ['A-3'])).toEqual(['A-3 pair_split']);
  });
});

describe('companion seats', () => {
  it('[SEAT-RULE-COMPANION-1] go with their wheelchair space, which may go alone', () => {
    const house = houseOf(mapOf(['.cwc.']));
    expect(hold(house, ['A-2', 'A-4', 'A-5'])).toEqual(['A-2 companion_alone', 'A-4 companion_alone']);
    expect(hold(house, ['A-2', 'A-3'])).toBe('ok');
    expect(hold(houseOf(mapOf(['.cwc.'])), ['A-3'])).toBe('ok');
  });

  it('[SEAT-RULE-COMPANION-2] may be added to the hold that has the space, and bought after it, by the same holder only', () => {
    const house = houseOf(mapOf(['.cwc.']));
    expect(hold(house, ['A-3'])).toBe('ok');
    expect(hold(house, ['A-2'], 'you')).toEqual(['A-2 companion_alone']);
    // The hold with the space may end before another one with the companion.
    expect(hold(house, ['A-2'])).toEqual(['A-2 companion_alone']);
    expect(hold(house, ['A-2'], 'me', 'h0')).toBe('ok');
    book(house, 'h0');
    expect(hold(house, ['A-4'], 'you')).toEqual(['A-4 companion_alone']);
    expect(hold(house, ['A-4'])).toBe('ok');
  });
});

describe('distancing', () => {
  it('[SEAT-RULE-DISTANCE-1] keeps free seats between parties in a block, held and booked alike', () => {
    const house = houseOf(mapOf(['........_..', '..']), { distancing: 2 });
    expect(hold(house, ['A-1', 'A-2'], 'you')).toBe('ok');
    expect(hold(house, ['A-3', 'A-4', 'A-5'])).toEqual(['A-3 distancing', 'A-4 distancing']);
    book(house, 'h0', 'you');
    expect(hold(house, ['A-4'])).toEqual(['A-4 distancing']);
    expect(hold(house, ['A-5', 'A-8'])).toBe('ok');
    expect(hold(house, ['A-9'], 'you')).toBe('ok');
    expect(hold(house, ['B-1'], 'he')).toBe('ok');
  });

  it('[SEAT-RULE-DISTANCE-2] does not keep a party from itself, and takes a blocked seat for an empty one', () => {
    const map = mapOf(['......']);
    const house = houseOf(map, { distancing: 1 }, { blocked: [seat(map, 'A-3')] });
    expect(hold(house, ['A-1'])).toBe('ok');
    expect(hold(house, ['A-2'])).toBe('ok');
    expect(hold(house, ['A-4'], 'you')).toBe('ok');
  });
});
