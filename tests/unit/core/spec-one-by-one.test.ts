/** Seats that come to a hold, or go from it, one after the other. */
import { expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import type { Command } from '../../../src/core/command.js';
import type { House, HouseRules } from '../../../src/core/house.js';
import { houseOf, mapOf } from './halls.js';

const opened = (rules: Partial<HouseRules> = {}) => houseOf(mapOf(['.........', '..wc..pq..']), rules);
const say = (house: House, command: Command) => {
  const { reply } = apply(house, command, 0);
  assertHouse(house);
  return reply;
};
const hold = (seats: string[], addTo?: string): Command => {
  const command = { type: 'hold', holder: 'me', seats, newHoldId: 'h' } as const;
  return addTo === undefined ? command : { ...command, addTo };
};
const release = (seats: string[]): Command => ({ type: 'release', holder: 'me', holdId: 'h', seats });

it('[SEAT-RULE-GAP-7] a gap beside a seat that one has is refused as beside anybody’s, also in the hold that it joins', () => {
  const together = opened({ singleGap: 'strict' });
  expect(say(together, hold(['A-3', 'A-4', 'A-5'])).ok).toBe(true);
  const house = opened({ singleGap: 'strict' });
  expect(say(house, hold(['A-3'])).ok).toBe(true);
  const conflicts = [{ seat: 'A-4', reason: 'single_gap', beside: ['A-5'] }];
  expect(say(house, hold(['A-5'], 'h'))).toEqual({ ok: false, refusal: { code: 'seat_rule', conflicts } });
  expect(say(house, hold(['A-4'], 'h')).ok).toBe(true);
  expect(say(house, hold(['A-5'], 'h')).ok).toBe(true);
});

it('[RELEASE-4] a hold is gone with its last seat, and not before', () => {
  const house = opened();
  say(house, hold(['A-1', 'A-2']));
  expect(say(house, release(['A-2']))).toMatchObject({ ok: true, hold: { id: 'h' } });
  const last = say(house, release(['A-1']));
  expect(last).toMatchObject({ ok: true, type: 'release' });
  expect(last).not.toHaveProperty('hold');
  expect(house.holds.size).toBe(0);
  expect(say(house, release(['A-1']))).toEqual({ ok: false, refusal: { code: 'unknown_hold' } });
});

it('[BLOCK-2] staff may block half a pair, a companion, and the neighbour of a seat that stays alone', () => {
  for (const label of ['B-7', 'B-4', 'A-2']) {
    const house = opened({ singleGap: 'strict' });
    expect(say(house, hold([label]))).toMatchObject({ ok: false, refusal: { code: 'seat_rule' } });
    expect(say(house, { type: 'block', seats: [label], reason: 'broken' })).toMatchObject({ ok: true });
  }
});
