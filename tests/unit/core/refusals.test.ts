import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import type { Command } from '../../../src/core/command.js';
import type { Booking, Hold, House, HouseRules, HouseState } from '../../../src/core/house.js';
import type { Refusal } from '../../../src/core/refusal.js';
import { houseOf, mapOf, picture, seat } from './halls.js';

const map = mapOf(['..........', '..wc..pq..'], { name: 'Box', firstRow: 'X', rows: ['..'], category: 'Gold' });
const NOW = 1_000_000;
const hold = (id: string, holder: string, seats: string[], expiresAt = NOW + 1000): Hold => ({
  id,
  holder,
  seats: seats.map((label) => seat(map, label)),
  prices: seats.map(() => 1000),
  expiresAt,
  extensions: 0,
});
const booking = (id: string, holder: string, seats: string[], status: Booking['status'] = 'confirmed'): Booking => ({
  id,
  reference: `R-${id}`,
  holder,
  holdId: `of-${id}`,
  seats: seats.map((label) => seat(map, label)),
  price: { amount: 1000, currency: 'EUR' },
  status,
});
const STATE: HouseState = {
  holds: [hold('mine', 'me', ['A-1']), hold('theirs', 'you', ['A-5']), hold('late', 'me', ['A-10'], NOW)],
  bookings: [booking('b1', 'you', ['B-1']), booking('b0', 'me', ['B-2'], 'cancelled')],
  blocked: [seat(map, 'A-8')],
};

/** The refusal of a command, having checked that it changed nothing. */
function refusal(command: Command, rules: Partial<HouseRules> = {}, state = STATE): Refusal {
  const house: House = houseOf(map, rules, state);
  const before = picture(house);
  const { reply, changes } = apply(house, command, NOW);
  expect(changes).toEqual([]);
  expect(picture(house)).toBe(before);
  assertHouse(house);
  if (reply.ok) throw new Error('was not refused');
  return reply.refusal;
}

const holding = (seats: string[], addTo?: string): Command => ({
  type: 'hold',
  holder: 'me',
  seats,
  newHoldId: 'new',
  ...(addTo === undefined ? {} : { addTo }),
});
const best = (count: number, more: object = {}): Command => ({
  type: 'best_available',
  holder: 'me',
  count,
  newHoldId: 'new',
  ...more,
});
const conflicts = (code: string, ...pairs: [string, string][]) => ({
  code,
  conflicts: pairs.map(([label, reason]) => ({ seat: label, reason })),
});

describe('hold refuses, in this order', () => {
  const all = ['A-5', 'A-5', 'Q-1', 'A-8'];
  it('sales_closed before anything', () => {
    expect(refusal(holding(all, 'nothing'), { salesOpen: false })).toEqual({ code: 'sales_closed' });
  });
  it('[REFUSAL-1] [HOLD-8] unknown_seat, naming all of them', () => {
    expect(refusal(holding([...all, '__proto__'], 'nothing'))).toEqual(
      conflicts('unknown_seat', ['Q-1', 'unknown'], ['__proto__', 'unknown']),
    );
    expect(refusal(holding([]))).toEqual(conflicts('unknown_seat'));
  });
  it('[HOLD-7] duplicate_seat', () => {
    expect(refusal(holding(['A-5', 'A-5', 'A-2', 'A-5'], 'nothing'))).toEqual(
      conflicts('duplicate_seat', ['A-5', 'duplicate'], ['A-5', 'duplicate']),
    );
  });
  it('[HOLD-6] duplicate_seat also where the hold that it joins has the seat', () => {
    expect(refusal(holding(['A-1', 'A-2'], 'mine'))).toEqual(conflicts('duplicate_seat', ['A-1', 'duplicate']));
  });
  it('[TIME-1] unknown_hold, hold_expired, wrong_holder', () => {
    expect(refusal(holding(['A-5', 'A-2'], 'nothing'), { seatsPerHold: 1 })).toEqual({ code: 'unknown_hold' });
    expect(refusal(holding(['A-5', 'A-2'], 'late'), { seatsPerHold: 1 })).toEqual({ code: 'hold_expired' });
    expect(refusal(holding(['A-5', 'A-2'], 'theirs'), { seatsPerHold: 1 })).toEqual({ code: 'wrong_holder' });
  });
  it('[HOLD-4] too_many_seats, counting those of the hold that they join', () => {
    const rules = { seatsPerHold: 2, holdsPerHolder: 1 };
    expect(refusal(holding(['A-5', 'A-2', 'A-3']), rules)).toEqual({ code: 'too_many_seats', limit: 2 });
    expect(refusal(holding(['A-5', 'A-2'], 'mine'), rules)).toEqual({ code: 'too_many_seats', limit: 2 });
  });
  it('[HOLD-5] too_many_holds, of which ended ones are none', () => {
    expect(refusal(holding(['A-5']), { holdsPerHolder: 1 })).toEqual({ code: 'too_many_holds', limit: 1 });
    expect(refusal(holding(['A-5']), { holdsPerHolder: 2 }).code).toBe('seats_unavailable');
    expect(refusal(holding(['A-5'], 'mine'), { holdsPerHolder: 1 }).code).toBe('seats_unavailable');
  });
  it('[REFUSAL-1] [HOLD-1] [HOLD-6] seats_unavailable, naming each seat and what it is, own ones too', () => {
    expect(refusal(holding(['A-5', 'A-2', 'B-1', 'A-8', 'A-1', 'B-7']))).toEqual(
      conflicts('seats_unavailable', ['A-5', 'held'], ['B-1', 'booked'], ['A-8', 'blocked'], ['A-1', 'held']),
    );
  });
  it('seat_rule: pairs and companions, then distance, then gaps', () => {
    const rules = { distancing: 1, singleGap: 'strict' } as const;
    expect(refusal(holding(['B-7', 'B-4', 'A-4', 'B-9']), rules)).toEqual(
      conflicts('seat_rule', ['B-7', 'pair_split'], ['B-4', 'companion_alone']),
    );
    expect(refusal(holding(['A-4', 'A-3', 'A-6', 'B-9']), rules)).toEqual(
      conflicts('seat_rule', ['A-4', 'distancing'], ['A-6', 'distancing']),
    );
    expect(refusal(holding(['B-9', 'A-4']), { singleGap: 'strict' })).toEqual({
      code: 'seat_rule',
      conflicts: [{ seat: 'B-10', reason: 'single_gap', beside: ['B-9'] }],
    });
  });
});

describe('best_available refuses, in this order', () => {
  it('sales_closed', () => {
    expect(refusal(best(99, { category: '?' }), { salesOpen: false })).toEqual({ code: 'sales_closed' });
  });
  it('too_many_seats', () => {
    expect(refusal(best(11, { category: '?' }))).toEqual({ code: 'too_many_seats', limit: 10 });
  });
  it('unknown_category, unknown_zone', () => {
    const name = 'constructor';
    expect(refusal(best(1, { category: name, zone: '?' }))).toEqual({ code: 'unknown_category', name });
    expect(refusal(best(1, { zone: '?' }), { holdsPerHolder: 1 })).toEqual({ code: 'unknown_zone', name: '?' });
  });
  it('too_many_holds', () => {
    expect(refusal(best(3, { zone: 'Box' }), { holdsPerHolder: 1 })).toEqual({ code: 'too_many_holds', limit: 1 });
  });
  it('none_available', () => {
    expect(refusal(best(3, { zone: 'Box' }))).toEqual({ code: 'none_available' });
    expect(refusal(best(3, { category: 'Gold' }))).toEqual({ code: 'none_available' });
    expect(refusal(best(1, { zone: 'Box', category: 'Standard' }))).toEqual({ code: 'none_available' });
    expect(refusal(best(2, { zone: 'Box', accessible: true }))).toEqual({ code: 'none_available' });
    expect(refusal(best(0))).toEqual({ code: 'none_available' });
  });
});

describe('commands on a hold refuse, in this order', () => {
  const on = (type: 'extend' | 'release', holdId: string): Command => ({ type, holder: 'me', holdId });
  const book = (holdId: string): Command => ({
    type: 'book',
    holder: 'me',
    holdId,
    price: { amount: 1000, currency: 'EUR' },
    newBookingId: 'new',
    newReference: 'NEW',
  });
  it('sales_closed, but never for giving back', () => {
    expect(refusal(on('extend', 'nothing'), { salesOpen: false })).toEqual({ code: 'sales_closed' });
    expect(refusal(book('nothing'), { salesOpen: false })).toEqual({ code: 'sales_closed' });
    expect(refusal(on('release', 'nothing'), { salesOpen: false })).toEqual({ code: 'unknown_hold' });
  });
  it.each([on('extend', ''), on('release', ''), book('')])(
    '[TIME-1] unknown_hold, hold_expired, wrong_holder: %j',
    (command) => {
      expect(refusal({ ...command, holdId: 'nothing' } as Command)).toEqual({ code: 'unknown_hold' });
      expect(refusal({ ...command, holdId: 'late' } as Command)).toEqual({ code: 'hold_expired' });
      expect(refusal({ ...command, holdId: 'theirs' } as Command)).toEqual({ code: 'wrong_holder' });
    },
  );
  it.each([on('extend', 'late'), on('release', 'late'), book('late')])(
    'a stranger is told that the hold is not theirs, ended or not: %j',
    (command) => {
      const stranger = { ...command, holder: 'stranger' } as Command;
      expect(refusal(stranger)).toEqual({ code: 'wrong_holder' });
      const house = houseOf(map, {}, STATE);
      apply(house, { type: 'expire' }, NOW);
      expect(apply(house, stranger, NOW).reply).toEqual({ ok: false, refusal: { code: 'wrong_holder' } });
      expect(apply(house, command, NOW).reply).toEqual({ ok: false, refusal: { code: 'hold_expired' } });
    },
  );
  it('[EXTEND-2] extend: too_many_extensions', () => {
    const holds = [{ ...hold('mine', 'me', ['A-1']), extensions: 2 }];
    expect(refusal(on('extend', 'mine'), {}, { ...STATE, holds })).toEqual({ code: 'too_many_extensions', limit: 2 });
  });
  it('[REFUSAL-1] release: unknown_seat, then duplicate_seat, then not_in_hold', () => {
    const release = (seats: string[]): Command => ({ type: 'release', holder: 'me', holdId: 'mine', seats });
    expect(refusal(release(['A-1', 'A-1', 'A-5']))).toEqual(conflicts('duplicate_seat', ['A-1', 'duplicate']));
    expect(refusal(release(['A-1', 'A-5', 'Q-1']))).toEqual(conflicts('unknown_seat', ['Q-1', 'unknown']));
    expect(refusal(release(['A-1', 'A-5', 'A-2']))).toEqual(
      conflicts('not_in_hold', ['A-5', 'not_in_hold'], ['A-2', 'not_in_hold']),
    );
  });
});

describe('cancel, block and unblock refuse, in this order', () => {
  const cancel = (bookingId: string, asStaff = false, holder = 'me'): Command => ({
    type: 'cancel',
    holder,
    bookingId,
    asStaff,
  });
  it('cancel: unknown_booking, wrong_holder, booking_cancelled', () => {
    expect(refusal(cancel('nothing', true))).toEqual({ code: 'unknown_booking' });
    expect(refusal(cancel('b1'))).toEqual({ code: 'wrong_holder' });
    expect(refusal(cancel('b0', false, 'you'))).toEqual({ code: 'wrong_holder' });
    expect(refusal(cancel('b0'))).toEqual({ code: 'booking_cancelled' });
    expect(refusal(cancel('b0', true, 'staff'))).toEqual({ code: 'booking_cancelled' });
  });
  it('[BLOCK-1] block: unknown_seat, duplicate_seat, seats_unavailable', () => {
    const block = (...seats: string[]): Command => ({ type: 'block', seats, reason: 'camera' });
    expect(refusal(block('A-5', 'A-5', 'Q-1'))).toEqual(conflicts('unknown_seat', ['Q-1', 'unknown']));
    expect(refusal(block('A-5', 'A-5'))).toEqual(conflicts('duplicate_seat', ['A-5', 'duplicate']));
    expect(refusal(block('A-2', 'A-5', 'B-1', 'A-8'))).toEqual(
      conflicts('seats_unavailable', ['A-5', 'held'], ['B-1', 'booked'], ['A-8', 'blocked']),
    );
  });
  it('[UNBLOCK-1] unblock: unknown_seat, duplicate_seat, seats_unavailable', () => {
    const unblock = (...seats: string[]): Command => ({ type: 'unblock', seats });
    expect(refusal(unblock('A-5', 'A-5', 'Q-1'))).toEqual(conflicts('unknown_seat', ['Q-1', 'unknown']));
    expect(refusal(unblock('A-8', 'A-8'))).toEqual(conflicts('duplicate_seat', ['A-8', 'duplicate']));
    expect(refusal(unblock('A-8', 'A-2', 'A-5', 'B-1'))).toEqual(
      conflicts('seats_unavailable', ['A-5', 'held'], ['B-1', 'booked']),
    );
  });
});
