/** Time opens and closes sales. */
import { expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import type { Command } from '../../../src/core/command.js';
import { areSalesOpen, canBook, nextSalesChange } from '../../../src/core/sales.js';
import { houseOf, mapOf, RULES, seat } from './halls.js';

const map = mapOf(['.....']);
const holder = 'me';
const price = { amount: 1000, currency: 'EUR' };
const [OPENS, CLOSES] = [1_000, 2_000];
const times = { salesOpenAt: OPENS, salesCloseAt: CLOSES };

const taking: Command[] = [
  { type: 'hold', holder, seats: ['A-4'], newHoldId: 'n' },
  { type: 'hold', holder, seats: ['A-4'], newHoldId: 'n', addTo: 'h' },
  { type: 'best_available', holder, count: 1, newHoldId: 'n' },
  { type: 'extend', holder, holdId: 'h' },
];
const booking: Command = { type: 'book', holder, holdId: 'h', price, newBookingId: 'n', newReference: 'N' };

function answer(command: Command, now: number, rules: object = {}): string {
  const held = { id: 'h', holder, seats: [seat(map, 'A-1')], prices: [1000], expiresAt: 9_000, extensions: 0 };
  const { reply } = apply(houseOf(map, { ...times, ...rules }, { holds: [held] }), command, now);
  return reply.ok ? 'ok' : reply.refusal.code;
}

it.each(taking)('[SALES-1] %j is taken from the first moment of sales to the last, and not outside', (command) => {
  const at = [OPENS - 1, OPENS, CLOSES - 1, CLOSES].map((now) => answer(command, now));
  expect(at).toEqual(['sales_closed', 'ok', 'ok', 'sales_closed']);
});

it('[SALES-1] the switch closes sales at any time, and opens none that are not due', () => {
  for (const now of [0, OPENS, CLOSES]) expect(answer(taking[0]!, now, { salesOpen: false })).toBe('sales_closed');
  expect(areSalesOpen({ ...RULES, ...times, salesOpen: true }, 0)).toBe(false);
  expect(areSalesOpen(RULES, Number.MAX_SAFE_INTEGER)).toBe(true);
});

it('[SALES-2] a hold that runs when sales end by time can be booked until it ends, by setting', () => {
  expect([CLOSES, 8_999, 9_000].map((now) => answer(booking, now))).toEqual(['ok', 'ok', 'hold_expired']);
  expect(answer(booking, CLOSES, { bookAfterClose: false })).toBe('sales_closed');
  // Whoever closes sales by hand means all of them; and what is not on sale yet cannot be bought.
  expect(answer(booking, CLOSES, { salesOpen: false })).toBe('sales_closed');
  expect(canBook({ ...RULES, ...times }, OPENS - 1)).toBe(false);
});

it('[SALES-3] the next moment at which time changes anything is known', () => {
  const rules = { ...RULES, ...times };
  expect([0, OPENS, CLOSES].map((now) => nextSalesChange(rules, now))).toEqual([OPENS, CLOSES, undefined]);
  expect(nextSalesChange(RULES, 0)).toBeUndefined();
});
