/** What one account, one address and one person may have of a showtime. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import { changeRules } from '../../../src/core/change-rules.js';
import type { Command } from '../../../src/core/command.js';
import type { House } from '../../../src/core/house.js';
import type { Limits, Origin } from '../../../src/core/limits/limit-rules.js';
import { makeHouse } from '../../../src/core/make-house.js';
import type { Refusal } from '../../../src/core/refusal.js';
import { houseOf, mapOf, RULES } from './halls.js';

const map = mapOf(['....................', '....................']);
const NOW = 1_000_000;
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

let ids = 0;
const seatsOf = (...numbers: number[]) => numbers.map((number) => `A-${number}`);

class Desk {
  readonly house: House;
  now = NOW;

  constructor(limits: Partial<Limits>) {
    this.house = houseOf(map, { limits: { ...OFF, ...limits } });
  }

  do(command: Command) {
    apply(this.house, { type: 'expire' }, this.now);
    const { reply } = apply(this.house, command, this.now);
    assertHouse(this.house);
    return reply;
  }

  hold(holder: string, from: Origin | undefined, seats: string[], addTo?: string): string | Refusal {
    const id = `hold-${++ids}`;
    const command = { type: 'hold', holder, seats, newHoldId: id, from } as const;
    const reply = this.do(addTo === undefined ? command : { ...command, addTo });
    return reply.ok ? (addTo ?? id) : reply.refusal;
  }

  book(holder: string, from: Origin | undefined, seats: string[]): string | Refusal {
    const holdId = this.hold(holder, from, seats) as string;
    const price = { amount: 1000 * seats.length, currency: 'EUR' };
    const newBookingId = `booking-${++ids}`;
    const reply = this.do({ type: 'book', holder, holdId, price, newBookingId, newReference: newBookingId, from });
    return reply.ok ? newBookingId : reply.refusal;
  }

  release(holder: string, holdId: string | Refusal): void {
    expect(this.do({ type: 'release', holder, holdId: holdId as string }).ok).toBe(true);
  }
}

describe('an account', () => {
  const ann = { account: 'ann' };

  it('[LIMIT-1] has so many seats in holds of a showtime, through whichever holder, and room again once they are given back', () => {
    const desk = new Desk({ seatsHeldPerAccount: 3 });
    const first = desk.hold('guest:1', ann, seatsOf(1, 2));
    const refusal = { code: 'too_many_held', limit: 3, scope: 'account', of: 'seats' };
    expect(desk.hold('guest:2', ann, seatsOf(3, 4))).toEqual(refusal);
    expect(desk.hold('guest:1', ann, seatsOf(3, 4), first as string)).toEqual(refusal);
    expect(desk.hold('guest:3', { account: 'bob' }, seatsOf(3, 4))).toBeTypeOf('string');
    expect(desk.hold('guest:2', ann, seatsOf(5))).toBeTypeOf('string');
    desk.release('guest:1', first);
    expect(desk.hold('guest:2', ann, seatsOf(1, 2))).toBeTypeOf('string');
  });

  it('[LIMIT-1] has so many holds; adding to one needs no room, and one that ended by time leaves it', () => {
    const desk = new Desk({ holdsPerAccount: 2 });
    desk.hold('guest:1', ann, seatsOf(1));
    const second = desk.hold('guest:2', ann, seatsOf(2));
    expect(desk.hold('guest:3', ann, seatsOf(3))).toEqual({
      code: 'too_many_held',
      limit: 2,
      scope: 'account',
      of: 'holds',
    });
    expect(desk.hold('guest:2', ann, seatsOf(3), second as string)).toBe(second);
    desk.now += RULES.holdTtlMs;
    expect(desk.hold('guest:3', ann, seatsOf(3))).toBeTypeOf('string');
  });

  it('[LIMIT-1] is counted in a search as in a choice, and with what its guest held before it logged in', () => {
    const desk = new Desk({ seatsHeldPerAccount: 3 });
    desk.hold('guest:1', {}, seatsOf(1, 2));
    const search = { type: 'best_available', holder: 'guest:1', count: 2, newHoldId: 'x', from: ann } as const;
    expect(desk.do(search)).toMatchObject({ ok: false, refusal: { code: 'too_many_held', scope: 'account' } });
    // From another device of the account, as well.
    expect(desk.hold('guest:2', ann, seatsOf(5, 6))).toMatchObject({ code: 'too_many_held' });
  });

  it('[LIMIT-5] does not count where its holder is exempt', () => {
    const desk = new Desk({ seatsHeldPerAccount: 1, seatsHeldPerAddress: 1, bookingsPerAccount: 1, seatHeldMsMax: 1 });
    for (let time = 0; time < 3; time++) {
      const held = desk.hold('staff', undefined, seatsOf(1, 2, 3));
      desk.now += 1_000;
      desk.release('staff', held);
      expect(desk.book('staff', undefined, [`B-${time + 1}`])).toBeTypeOf('string');
    }
  });

  it('[LIMIT-7] is counted by the next owner with what it holds and has booked; an address is not', () => {
    const limits = { ...OFF, seatsHeldPerAccount: 2, bookingsPerAccount: 1, seatsHeldPerAddress: 2 };
    const desk = new Desk(limits);
    const from = { account: 'ann', address: '192.0.2.1' };
    const held = desk.hold('guest:1', from, seatsOf(1, 2));
    desk.book('guest:2', { account: 'ben' }, seatsOf(3));
    const { holds, bookings } = desk.house;
    const state = { holds: [...holds.values()], bookings: [...bookings.values()], blocked: [] };
    const accounts = new Map([
      ['guest:1', 'ann'],
      ['guest:2', 'ben'],
    ]);
    const next = makeHouse(map, { ...RULES, limits }, { ...state, accounts });
    const successor = Object.assign(new Desk(limits), { house: next });
    expect(successor.hold('guest:9', from, seatsOf(5))).toMatchObject({ code: 'too_many_held', scope: 'account' });
    expect(successor.book('guest:8', { account: 'ben' }, seatsOf(6))).toMatchObject({ code: 'too_many_bookings' });
    expect(successor.hold('guest:7', { address: '192.0.2.1' }, seatsOf(7, 8))).toBeTypeOf('string');
    successor.release('guest:1', held);
    expect(successor.hold('guest:9', { account: 'ann' }, seatsOf(1))).toBeTypeOf('string');
  });
});

describe('an address', () => {
  const there = { address: '192.0.2.1' };

  it('[LIMIT-2] has so many seats and holds, whoever comes from it', () => {
    const desk = new Desk({ seatsHeldPerAddress: 3, holdsPerAddress: 2 });
    const first = desk.hold('guest:1', there, seatsOf(1, 2));
    expect(desk.hold('guest:2', there, seatsOf(3, 4))).toEqual({
      code: 'too_many_held',
      limit: 3,
      scope: 'address',
      of: 'seats',
    });
    desk.hold('guest:2', there, seatsOf(3));
    desk.release('guest:1', first);
    desk.hold('guest:3', there, seatsOf(1));
    expect(desk.hold('guest:4', there, seatsOf(4))).toMatchObject({ limit: 2, scope: 'address', of: 'holds' });
    expect(desk.hold('guest:4', { address: '192.0.2.2' }, seatsOf(4))).toBeTypeOf('string');
  });

  it('[LIMIT-2] keeps a hold that it made, wherever its holder goes', () => {
    const desk = new Desk({ seatsHeldPerAddress: 2 });
    const held = desk.hold('guest:1', there, seatsOf(1, 2));
    const elsewhere = { address: '192.0.2.2' };
    expect(desk.hold('guest:1', elsewhere, seatsOf(3), held as string)).toMatchObject({ scope: 'address' });
    expect(desk.hold('guest:1', elsewhere, seatsOf(3, 4))).toBeTypeOf('string');
  });
});

it('[LIMIT-3] so many bookings may an account, a holder without one and an address have, cancelled ones not counted', () => {
  const desk = new Desk({ bookingsPerAccount: 1, bookingsPerAddress: 2 });
  const from = { account: 'ann', address: '192.0.2.1' };
  const booked = desk.book('guest:1', from, seatsOf(1));
  expect(desk.book('guest:2', from, seatsOf(2))).toEqual({ code: 'too_many_bookings', limit: 1, scope: 'account' });
  expect(desk.book('guest:3', {}, seatsOf(3))).toBeTypeOf('string');
  expect(desk.book('guest:3', {}, seatsOf(4))).toMatchObject({ scope: 'holder' });
  expect(desk.book('guest:4', { address: '192.0.2.1' }, seatsOf(5))).toBeTypeOf('string');
  expect(desk.book('guest:5', { address: '192.0.2.1' }, seatsOf(6))).toMatchObject({ limit: 2, scope: 'address' });
  desk.do({ type: 'cancel', holder: 'guest:1', bookingId: booked as string, asStaff: false });
  expect(desk.book('guest:2', from, seatsOf(1))).toBeTypeOf('string');
});

describe('a seat', () => {
  const limits = { seatHeldMsMax: 10 * 60_000, seatRestMs: 5 * 60_000 };
  /** Holds the seat again each time that the hold ends by time, and says for how long it could, in minutes. */
  const blockOf = (desk: Desk, holder: string, from: Origin): number => {
    const startedAt = desk.now;
    while (typeof desk.hold(holder, from, ['A-1']) === 'string') desk.now += RULES.holdTtlMs;
    return (desk.now - startedAt) / 60_000;
  };

  it('[LIMIT-6] cannot be held by the same person for ever, and can when it has rested', () => {
    const desk = new Desk(limits);
    expect(blockOf(desk, 'guest:1', {})).toBe(10);
    expect(desk.hold('guest:1', {}, ['A-1', 'A-2'])).toEqual({
      code: 'held_too_long',
      conflicts: [{ seat: 'A-1', reason: 'held_too_long' }],
    });
    desk.now += limits.seatRestMs;
    expect(blockOf(desk, 'guest:1', {})).toBe(10);
  });

  it('[LIMIT-6] nor by one account with guest after guest, nor by an address for twice as long', () => {
    const desk = new Desk(limits);
    const account = { account: 'ann' };
    for (let guest = 1; guest <= 2; guest++) {
      expect(desk.hold(`guest:${guest}`, account, ['A-1'])).toBeTypeOf('string');
      desk.now += RULES.holdTtlMs;
    }
    expect(desk.hold('guest:3', account, ['A-1'])).toMatchObject({ code: 'held_too_long' });
    const there = { address: '192.0.2.1' };
    let held = 0;
    while (typeof desk.hold(`other:${held}`, there, ['A-1']) === 'string') {
      held++;
      desk.now += RULES.holdTtlMs;
    }
    expect(held).toBe(4);
  });

  it('[LIMIT-6] is free for a person again once somebody else had it, and a change of mind costs nothing', () => {
    const desk = new Desk(limits);
    blockOf(desk, 'guest:1', {});
    const other = desk.hold('guest:2', {}, ['A-1']);
    desk.release('guest:2', other);
    for (let time = 0; time < 20; time++) {
      const held = desk.hold('guest:1', {}, ['A-1']);
      desk.now += 1_000;
      desk.release('guest:1', held);
    }
    // A search that finds nothing but seats that rest is refused with their names.
    blockOf(desk, 'guest:1', {});
    const everyOther = map.data.seats.label.flatMap((label, seat) => (label === 'A-1' ? [] : [seat]));
    const full = houseOf(map, { limits: { ...OFF, ...limits } }, { holds: [], bookings: [], blocked: everyOther });
    full.tenures = desk.house.tenures;
    const search = { type: 'best_available', holder: 'guest:1', count: 1, newHoldId: 'x', from: {} } as const;
    expect(apply(full, search, desk.now).reply).toMatchObject({ ok: false, refusal: { code: 'held_too_long' } });
  });
});

it('[LIMIT-1] [LIMIT-2] [LIMIT-3] whatever is done, nobody has more than they may, nor is refused what they may have', () => {
  const limits = { ...OFF, seatsHeldPerAccount: 4, holdsPerAccount: 3, bookingsPerAccount: 2, seatsHeldPerAddress: 6 };
  const step = fc.record({
    what: fc.constantFrom('hold', 'hold', 'book', 'release', 'cancel', 'wait'),
    guest: fc.integer({ min: 0, max: 5 }),
    seats: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 }),
    pick: fc.nat(20),
  });
  const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const desk = new Desk(limits);
    // Two guests of each account, two accounts of each address.
    const accountOf = (guest: number) => `account:${guest % 3}`;
    const addressOf = (guest: number) => `192.0.2.${guest % 2}`;
    const made = new Map<string, string>();
    for (const { what, guest, seats, pick } of steps) {
      const holder = `guest:${guest}`;
      const from = { account: accountOf(guest), address: addressOf(guest) };
      // As `do` does first: what has ended by now counts for nobody.
      if (what === 'hold') apply(desk.house, { type: 'expire' }, desk.now);
      const holds = [...desk.house.holds.values()];
      const chosen = holds[pick % Math.max(1, holds.length)];
      const of = (key: string) => holds.filter(({ id }) => made.get(id)?.split(' ').includes(key));
      const seatsIn = (list: typeof holds) => list.reduce((sum, hold) => sum + hold.seats.length, 0);
      if (what === 'wait') desk.now += RULES.holdTtlMs / 3;
      else if (what === 'hold') {
        const mine = of(from.account);
        const isTooMuch =
          mine.length >= 3 || seatsIn(mine) + seats.length > 4 || seatsIn(of(from.address)) + seats.length > 6;
        const held = desk.hold(holder, from, seatsOf(...seats));
        if (typeof held === 'string') made.set(held, `${from.account} ${from.address}`);
        expect(typeof held === 'string' ? false : held.code === 'too_many_held').toBe(isTooMuch);
      } else if (what === 'release' && chosen) {
        desk.do({ type: 'release', holder: chosen.holder, holdId: chosen.id });
      } else if (what === 'book' && chosen) {
        const account = accountOf(Number(chosen.holder.split(':')[1]));
        const booked = [...desk.house.bookings.values()].filter(
          ({ holder: by, status }) => status === 'confirmed' && accountOf(Number(by.split(':')[1])) === account,
        );
        const { id: holdId, holder: by } = chosen;
        const price = { amount: 1000 * chosen.seats.length, currency: 'EUR' };
        const newBookingId = `booking-${++ids}`;
        const newReference = newBookingId;
        const asked = { type: 'book', holder: by, holdId, price, newBookingId, newReference } as const;
        const isOver = chosen.expiresAt <= desk.now;
        const reply = desk.do({ ...asked, from: { account } });
        expect(reply.ok).toBe(!isOver && booked.length < 2);
      } else if (what === 'cancel') {
        const [booking] = [...desk.house.bookings.values()].filter(({ status }) => status === 'confirmed');
        if (booking) desk.do({ type: 'cancel', holder: booking.holder, bookingId: booking.id, asStaff: true });
      }
    }
  });
  fc.assert(property, { numRuns: 300 });
});

it('[LIMIT-1] limits that are set while a showtime is sold count what is held then', () => {
  const desk = new Desk({});
  desk.hold('guest:1', { account: 'ann' }, seatsOf(1, 2));
  expect(desk.house.tallies).toBeUndefined();
  changeRules(desk.house, { ...RULES, limits: { ...OFF, seatsHeldPerAccount: 3 } });
  expect(desk.hold('guest:1', { account: 'ann' }, seatsOf(3, 4))).toMatchObject({ code: 'too_many_held' });
  changeRules(desk.house, { ...RULES, limits: OFF });
  expect(desk.hold('guest:1', { account: 'ann' }, seatsOf(3, 4))).toBeTypeOf('string');
});
