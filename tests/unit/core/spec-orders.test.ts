/** Holds and bookings of orders, which no client can ask for. */
import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import { changeRules } from '../../../src/core/change-rules.js';
import type { Command } from '../../../src/core/command.js';
import { firstOutcome } from '../../../src/core/first-outcome.js';
import type { House, HouseRules } from '../../../src/core/house.js';
import type { Limits } from '../../../src/core/limits/limit-rules.js';
import type { Reply } from '../../../src/core/reply.js';
import { houseOf, labels, mapOf, seat } from './halls.js';

const map = mapOf(['..........', '.pq.wc....']);
const NOW = 1_000_000;
const TTL = 300_000;
const OFF: Limits = {
  seatsHeldPerAccount: 0,
  holdsPerAccount: 0,
  bookingsPerAccount: 0,
  seatsHeldPerAddress: 0,
  holdsPerAddress: 0,
  bookingsPerAddress: 0,
  seatHeldMsMax: 0,
  seatRestMs: 0,
};

/** A house, and a buyer whose hold "h" has two seats. */
class Desk {
  readonly house: House;
  now = NOW;

  constructor(rules: Partial<HouseRules> = {}, seats: readonly string[] = ['A-1', 'A-2']) {
    this.house = houseOf(map, rules);
    this.do({ type: 'hold', holder: 'ann', seats, newHoldId: 'h', from: { address: 'home' } });
  }

  do(command: Command): Reply {
    apply(this.house, { type: 'expire' }, this.now);
    const { reply } = apply(this.house, command, this.now);
    assertHouse(this.house);
    return reply;
  }

  code(command: Command): string {
    const reply = this.do(command);
    return reply.ok ? 'ok' : reply.refusal.code;
  }

  checkOut(orderId = 'o', until = NOW + TTL, more: Partial<Extract<Command, { type: 'check_out' }>> = {}): string {
    return this.code({ type: 'check_out', holder: 'ann', holdId: 'h', orderId, until, ...more });
  }

  book(orderId: string | false = 'o', holdId = 'h', amount = 2000): string {
    const price = { amount, currency: 'EUR' };
    const order = orderId === false ? {} : { orderId, paymentMethod: 'card' };
    const made = { newBookingId: `b-${holdId}`, newReference: `R-${holdId}` };
    return this.code({ type: 'book', holder: 'ann', holdId, price, ...made, ...order });
  }

  get hold() {
    return this.house.holds.get('h');
  }

  get booking() {
    return this.house.bookings.get('b-h');
  }
}

describe('a hold in an order', () => {
  it('[ORDER-1] was asked all that could refuse its booking: sales, price, seats, and how many bookings one may have', () => {
    expect(new Desk().checkOut('o', NOW + TTL, { price: { amount: 1, currency: 'EUR' } })).toBe('price_changed');
    const price = { amount: 2000, currency: 'EUR' };
    expect(new Desk().checkOut('o', NOW + TTL, { price, seats: ['A-1', 'A-3'] })).toBe('price_changed');
    expect(new Desk().checkOut('o', NOW + TTL, { price, seats: ['A-2', 'A-1'] })).toBe('ok');
    const desk = new Desk();
    changeRules(desk.house, { ...desk.house.rules, salesOpen: false });
    expect(desk.checkOut()).toBe('sales_closed');
    // As with `book`, a hold that runs when time closes sales can still be sold.
    changeRules(desk.house, { ...desk.house.rules, salesOpen: true, salesCloseAt: NOW });
    expect(desk.checkOut()).toBe('ok');
  });

  it('[ORDER-2] is changed by nobody else, and stays as it is', () => {
    const desk = new Desk();
    desk.checkOut();
    const before = desk.hold;
    const of = { holder: 'ann', holdId: 'h' };
    const others: Command[] = [
      { type: 'hold', holder: 'ann', seats: ['A-3'], newHoldId: 'n', addTo: 'h' },
      { type: 'release', ...of },
      { type: 'release', ...of, seats: ['A-1'] },
      { type: 'release', ...of, orderId: 'other' },
      { type: 'retype', ...of, seats: ['A-1'], ticketTypes: ['child'] },
      { type: 'extend', ...of },
      { type: 'check_out', ...of, orderId: 'other', until: NOW },
      { type: 'return_hold', ...of, orderId: 'other', expiresAt: NOW },
      { type: 'take_away', holdId: 'h', reason: '' },
      { type: 'take_away', seats: ['A-2', 'A-3'], reason: '' },
    ];
    for (const command of others) expect([command.type, desk.code(command)]).toEqual([command.type, 'hold_in_order']);
    expect(desk.book(false)).toBe('hold_in_order');
    expect(desk.book('other')).toBe('hold_in_order');
    expect(desk.hold).toEqual(before);
    expect(desk.code({ type: 'release', ...of, orderId: 'o' })).toBe('ok');
    expect(desk.house.available).toBe(map.count);
  });

  it('[ORDER-2] that an order names, and that is in none, is not its own', () => {
    const desk = new Desk();
    expect(desk.book()).toBe('hold_in_order');
    expect(desk.code({ type: 'release', holder: 'ann', holdId: 'h', orderId: 'o' })).toBe('hold_in_order');
  });

  it('[ORDER-3] is kept until the later of two ends, for as long as the order asks, and no longer', () => {
    const desk = new Desk();
    desk.checkOut('o', NOW + 10);
    expect(desk.hold?.expiresAt).toBe(NOW + TTL);
    desk.now = NOW + TTL - 1;
    changeRules(desk.house, { ...desk.house.rules, salesOpen: false });
    expect(desk.checkOut('o', NOW + TTL + 50)).toBe('ok');
    expect(desk.checkOut('o', NOW)).toBe('ok');
    expect(desk.hold?.expiresAt).toBe(NOW + TTL + 50);
    desk.now = NOW + TTL + 50;
    expect(desk.book()).toBe('hold_expired');
    expect(desk.house.available).toBe(map.count);
  });

  it("[ORDER-4] that is returned is its buyer's again, and ends no later than it would have", () => {
    const desk = new Desk();
    desk.checkOut('o', NOW + 2 * TTL);
    const back = { type: 'return_hold', holder: 'ann', holdId: 'h', orderId: 'o' } as const;
    expect(desk.code({ ...back, expiresAt: NOW + TTL })).toBe('ok');
    expect(desk.hold).toMatchObject({ expiresAt: NOW + TTL });
    expect(desk.hold).not.toHaveProperty('orderId');
    // Once more, late: it changes nothing of what has become of the hold.
    expect(desk.code({ ...back, expiresAt: NOW })).toBe('ok');
    expect(desk.hold?.expiresAt).toBe(NOW + TTL);
    expect(desk.code({ type: 'extend', holder: 'ann', holdId: 'h' })).toBe('ok');
    desk.checkOut('p', NOW);
    expect(desk.code({ ...back, orderId: 'p', expiresAt: NOW + 9 * TTL })).toBe('ok');
    expect(desk.hold?.expiresAt).toBe(NOW + TTL);
  });

  it('[ORDER-5] is booked for its order, whatever has become of sales and limits, at the price of the hold', () => {
    const desk = new Desk({ limits: { ...OFF, bookingsPerAccount: 1 } });
    desk.checkOut();
    changeRules(desk.house, { ...desk.house.rules, salesOpen: false });
    expect(desk.book('o', 'h', 1)).toBe('price_changed');
    expect(desk.book()).toBe('ok');
    expect(desk.booking).toMatchObject({ orderId: 'o', holdId: 'h', price: { amount: 2000 }, status: 'confirmed' });
  });

  it('[ORDER-11] ends with its showtime', () => {
    const desk = new Desk();
    desk.checkOut();
    changeRules(desk.house, { ...desk.house.rules, cancelled: true });
    expect(desk.book()).toBe('hold_expired');
    const again = { type: 'retake', holder: 'ann', seats: ['A-1'], prices: [1000], newHoldId: 'h2' } as const;
    expect(desk.code({ ...again, orderId: 'o', until: NOW + TTL })).toBe('sales_closed');
  });

  it('[ORDER-9] counts as a booking and as a hold, for its account and for the address that it was made from', () => {
    const from = { account: 'a', address: 'office' };
    const limits = { ...OFF, bookingsPerAccount: 1, bookingsPerAddress: 1, holdsPerAccount: 2, seatsHeldPerAddress: 3 };
    const desk = new Desk({ limits });
    desk.do({ type: 'hold', holder: 'ann', seats: ['A-5'], newHoldId: 'g', from });
    expect(desk.checkOut('o', NOW + TTL, { from })).toBe('ok');
    const other = { type: 'check_out', holder: 'ann', holdId: 'g', orderId: 'p', until: NOW + TTL } as const;
    expect(desk.do({ ...other, from })).toMatchObject({ refusal: { code: 'too_many_bookings', scope: 'account' } });
    const bob = { holder: 'bob', from: { address: 'home' } };
    desk.do({ type: 'hold', ...bob, seats: ['A-7'], newHoldId: 'k' });
    const third = { type: 'check_out', ...bob, holdId: 'k', orderId: 'q', until: NOW + TTL } as const;
    expect(desk.do(third)).toMatchObject({ refusal: { code: 'too_many_bookings', scope: 'address' } });
    expect(desk.do({ type: 'hold', ...bob, seats: ['A-9'], newHoldId: 'm' })).toMatchObject({
      refusal: { code: 'too_many_held', scope: 'address', of: 'seats' },
    });
    // The same once it is booked, and none once it is cancelled.
    desk.book();
    expect(desk.do(third)).toMatchObject({ refusal: { code: 'too_many_bookings', scope: 'address' } });
    const cancel = { type: 'cancel', holder: 'ann', bookingId: 'b-h', asStaff: false, orderId: 'o' } as const;
    expect(desk.code(cancel)).toBe('ok');
    expect(desk.code(third)).toBe('ok');
    expect(desk.code({ ...other, from })).toBe('ok');
    expect(desk.house.tallies?.bookingsOfPerson).toEqual(
      new Map([
        ['a', 1],
        ['bob', 1],
      ]),
    );
    desk.now = NOW + TTL;
    apply(desk.house, { type: 'expire' }, desk.now);
    expect(desk.house.tallies?.bookingsOfPerson.size).toBe(0);
    expect(desk.house.tallies?.bookingsOfAddress.size).toBe(0);
  });

  it('[ORDER-9] is counted for the account that its holder logs in to later', () => {
    const desk = new Desk({ limits: { ...OFF, bookingsPerAccount: 1 } });
    desk.checkOut('o', NOW + TTL, { from: {} });
    desk.do({ type: 'hold', holder: 'ann', seats: ['A-5'], newHoldId: 'g', from: { account: 'a' } });
    const more = { type: 'check_out', holder: 'ann', holdId: 'g', orderId: 'p', until: NOW + TTL } as const;
    expect(desk.do({ ...more, from: { account: 'a' } })).toMatchObject({ refusal: { scope: 'account' } });
    expect(desk.do({ ...more, from: { account: 'b' } })).toMatchObject({ refusal: { scope: 'account' } });
    expect(desk.house.tallies?.bookingsOfPerson).toEqual(new Map([['b', 1]]));
  });
});

describe('retake', () => {
  const again = { type: 'retake', holder: 'ann', newHoldId: 'h2', orderId: 'o', until: NOW + TTL } as const;

  it('[ORDER-6] holds the very seats at the old prices, asks no rule or limit, and does not mind closed sales', () => {
    const rules = { singleGap: 'strict', salesOpen: false, seatsPerHold: 1, holdsPerHolder: 1 } as const;
    const desk = new Desk({ ...rules, salesOpen: true, limits: { ...OFF, seatsHeldPerAddress: 1 } }, ['A-10']);
    changeRules(desk.house, { ...desk.house.rules, salesOpen: false, prices: [7000, 500, 250] });
    const seats = ['A-4', 'A-2'];
    const reply = desk.do({ ...again, seats, prices: [800, 900], ticketTypes: ['x', ''], from: { address: 'home' } });
    expect(reply).toMatchObject({ ok: true, hold: { prices: [800, 900], ticketTypes: ['x', ''], orderId: 'o' } });
    expect(desk.house.holds.get('h2')).toMatchObject({
      seats: seats.map((label) => seat(map, label)),
      expiresAt: NOW + TTL,
    });
    expect(desk.book('o', 'h2', 1700)).toBe('ok');
  });

  it('[ORDER-6] takes all of the seats or none, and those that are allocated to its channel', () => {
    const desk = new Desk();
    const take = { ...again, prices: [1000, 1000] };
    expect(desk.code({ ...take, seats: ['A-2', 'A-3'] })).toBe('seats_unavailable');
    desk.do({ type: 'allocate', seats: ['A-3', 'A-4'], channel: 'pos', reason: '', by: 'staff' });
    expect(desk.code({ ...take, seats: ['A-3', 'A-4'] })).toBe('seats_unavailable');
    expect(desk.code({ ...take, seats: ['A-3', 'A-4'], channel: 'pos' })).toBe('ok');
    expect(desk.house.holds.get('h2')?.channel).toBe('pos');
  });

  it('[ORDER-7] brings no hold back that has ended, and is answered with one that runs', () => {
    const desk = new Desk();
    const take = { ...again, seats: ['A-5'], prices: [1000] };
    expect(desk.code({ ...take, until: NOW })).toBe('hold_expired');
    expect(desk.code(take)).toBe('ok');
    expect(desk.do(take)).toMatchObject({ ok: true, hold: { id: 'h2', expiresAt: NOW + TTL } });
    expect(desk.code({ ...take, orderId: 'other' })).toBe('hold_in_order');
    desk.now = NOW + TTL;
    expect(desk.code({ ...take, until: NOW + 9 * TTL })).toBe('hold_expired');
  });
});

it('[ORDER-12] a hold that the box office makes with an end of its own ends then', () => {
  const desk = new Desk();
  desk.do({ type: 'hold', holder: 'bob', seats: ['A-5'], newHoldId: 'k', until: NOW + 9 * TTL });
  desk.do({ type: 'best_available', holder: 'bob', count: 1, newHoldId: 'm', until: NOW + 8 });
  expect(desk.house.holds.get('k')?.expiresAt).toBe(NOW + 9 * TTL);
  desk.now = NOW + 8;
  expect(desk.code({ type: 'extend', holder: 'bob', holdId: 'm' })).toBe('hold_expired');
});

describe('a booking', () => {
  const cancel = { type: 'cancel', holder: 'ann', bookingId: 'b-h', asStaff: false } as const;
  const sold = (seats: string[], rules: Partial<HouseRules> = {}) => {
    const desk = new Desk(rules, seats);
    desk.checkOut();
    expect(desk.book('o', 'h', 1000 * seats.length)).toBe('ok');
    return desk;
  };

  it('[ORDER-8] of an order is cancelled by that order only, and reseated by staff', () => {
    const desk = sold(['A-1', 'A-2']);
    expect(desk.code(cancel)).toBe('booking_in_order');
    expect(desk.code({ ...cancel, holder: 'desk', asStaff: true })).toBe('booking_in_order');
    expect(desk.code({ ...cancel, orderId: 'other' })).toBe('booking_in_order');
    expect(desk.code({ type: 'reseat', bookingId: 'b-h', seats: ['A-6', 'A-7'], reason: '' })).toBe('ok');
    expect(desk.booking?.orderId).toBe('o');
    expect(desk.code({ ...cancel, holder: 'desk', asStaff: true, orderId: 'o' })).toBe('ok');
    expect(desk.booking?.status).toBe('cancelled');
  });

  it('[CANCEL-3] gives back the named seats alone, and costs less by what was said, but never less than nothing', () => {
    const desk = sold(['A-1', 'A-2', 'A-3']);
    const part = { ...cancel, orderId: 'o', seats: ['A-2'], amount: 700 };
    expect(desk.do(part)).toMatchObject({ ok: true, booking: { price: { amount: 2300 }, status: 'confirmed' } });
    expect(labels(map, [...(desk.booking?.seats ?? [])])).toEqual(['A-1', 'A-3']);
    expect(desk.house.available).toBe(map.count - 2);
    expect(desk.code(part)).toBe('not_in_hold');
    desk.do({ ...cancel, orderId: 'o', seats: ['A-3'], amount: 9_999 });
    expect(desk.booking?.price.amount).toBe(0);
    expect(desk.do({ ...cancel, orderId: 'o', seats: ['A-1'], amount: 0 })).toMatchObject({
      booking: { status: 'cancelled' },
    });
    expect(desk.house.available).toBe(map.count);
  });

  it('[CANCEL-4] has pairs and companions together in what remains', () => {
    const desk = sold(['B-1', 'B-2', 'B-3', 'B-5', 'B-6']);
    const part = (...seats: string[]) => desk.do({ ...cancel, orderId: 'o', seats, amount: 0 });
    const alone = (label: string, reason: string) => ({ refusal: { conflicts: [{ seat: label, reason }] } });
    expect(part('B-2')).toMatchObject(alone('B-3', 'pair_split'));
    expect(part('B-5')).toMatchObject(alone('B-6', 'companion_alone'));
    expect(part('B-2', 'B-3')).toMatchObject({ ok: true });
    expect(part('B-6')).toMatchObject({ ok: true });
  });

  it('[CANCEL-5] that was cancelled in part is to a replay of its book as it was booked', () => {
    const types = ['adult', 'child'].map((id) => ({ id, name: id, prices: [1000, 500, 250] }));
    const desk = sold(['A-1', 'A-2', 'A-3'], { ticketTypes: types });
    const made = desk.booking!;
    desk.do({ ...cancel, orderId: 'o', seats: ['A-1'], amount: 1000 });
    desk.do({ type: 'reseat', bookingId: 'b-h', seats: ['A-8', 'A-9'], reason: '' });
    desk.do({ ...cancel, orderId: 'o', seats: ['A-9'], amount: 1000 });
    expect(desk.booking).toMatchObject({ price: { amount: 1000 }, ticketTypes: ['adult'] });
    expect(firstOutcome(desk.booking!)).toEqual(made);
  });
});
