/** A showtime whose sales are closed goes on for whoever has something of it. */
import { expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import type { Command } from '../../../src/core/command.js';
import { houseOf, mapOf, seat } from './halls.js';

const map = mapOf(['.....']);

/** Somebody has A-1 on hold and has bought A-2; A-3 is blocked. */
function closed() {
  const hold = { id: 'h', holder: 'me', seats: [seat(map, 'A-1')], prices: [1000], expiresAt: 100, extensions: 0 };
  const price = { amount: 1000, currency: 'EUR' };
  const sold = { id: 'b', reference: 'R', holder: 'me', holdId: 'g', seats: [seat(map, 'A-2')], price };
  const state = { holds: [hold], bookings: [{ ...sold, status: 'confirmed' as const }], blocked: [seat(map, 'A-3')] };
  return houseOf(map, { salesOpen: false }, state);
}

const holder = 'me';
const refused: Command[] = [
  { type: 'hold', holder, seats: ['A-4'], newHoldId: 'n' },
  { type: 'hold', holder, seats: ['A-4'], newHoldId: 'n', addTo: 'h' },
  { type: 'best_available', holder, count: 1, newHoldId: 'n' },
  { type: 'extend', holder, holdId: 'h' },
  { type: 'book', holder, holdId: 'h', price: { amount: 1000, currency: 'EUR' }, newBookingId: 'n', newReference: 'N' },
];
it.each(refused)('[HOUSE-6] closed sales refuse %j', (command) => {
  expect(apply(closed(), command, 0)).toEqual({ reply: { ok: false, refusal: { code: 'sales_closed' } }, changes: [] });
});

const taken: [command: Command, change: string][] = [
  [{ type: 'release', holder, holdId: 'h' }, 'hold_dropped'],
  [{ type: 'cancel', holder, bookingId: 'b', asStaff: false }, 'cancelled'],
  [{ type: 'block', seats: ['A-4'], reason: 'camera' }, 'blocked'],
  [{ type: 'unblock', seats: ['A-3'] }, 'unblocked'],
];
it.each(taken)('[HOUSE-6] closed sales do not stand in the way of %j', (command, change) => {
  const { reply, changes } = apply(closed(), command, 0);
  expect([reply.ok, changes.map(({ type }) => type)]).toEqual([true, [change]]);
});

it('[HOUSE-6] nor do holds go on for ever when sales are closed', () => {
  expect(apply(closed(), { type: 'expire' }, 100).changes).toMatchObject([{ type: 'hold_dropped', cause: 'expired' }]);
});
