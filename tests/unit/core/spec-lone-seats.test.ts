/** Seats that may stay alone, as they are sold by need and not by what is left. */
import { expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { houseOf, mapOf, seat } from './halls.js';

/** Whether strict lets `label` be held where `blocked` are blocked. Each row has places elsewhere that leave no gap. */
function mayHold(row: string, labels: string[], blocked: string[] = []): boolean {
  const map = mapOf([row]);
  const house = houseOf(map, { singleGap: 'strict' }, { blocked: blocked.map((label) => seat(map, label)) });
  return apply(house, { type: 'hold', holder: 'me', seats: labels, newHoldId: 'h' }, 0).reply.ok;
}

it('[SEAT-RULE-GAP-5] a wheelchair space, a companion seat and half a pair may stay alone, and a plain seat may not', () => {
  expect(mayHold('......', ['A-5'])).toBe(false);
  expect(mayHold('.....w', ['A-5'])).toBe(true);
  expect(mayHold('....wc', ['A-5'])).toBe(true);
  expect(mayHold('......', ['A-4'], ['A-6'])).toBe(false);
  expect(mayHold('....pq', ['A-4'], ['A-6'])).toBe(true);
});
