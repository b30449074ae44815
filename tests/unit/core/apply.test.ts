import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import type { Command } from '../../../src/core/command.js';
import { nextExpiry } from '../../../src/core/expiry.js';
import type { House } from '../../../src/core/house.js';
import { AVAILABLE, BLOCKED, BOOKED, HELD } from '../../../src/core/house.js';
import { InvariantError } from '../../../src/core/invariant.js';
import type { Applied } from '../../../src/core/reply.js';
import { houseOf, labels, mapOf, RULES, seat } from './halls.js';

const map = mapOf(
  { rows: ['..........', '..wcc.pq..'], standing: { Floor: 2 } },
  { rows: ['...'], firstRow: 'X', category: 'Gold' },
);
const T = 1_000_000;
const TTL = RULES.holdTtlMs;

function run(house: House, command: Command, now = T): Applied {
  const applied = apply(house, command, now);
  assertHouse(house);
  return applied;
}
const holding = (id: string, seats: string[], holder = 'me'): Command => ({
  type: 'hold',
  holder,
  seats,
  newHoldId: id,
});
const adding = (addTo: string, seats: string[]): Command => ({
  type: 'hold',
  holder: 'me',
  seats,
  newHoldId: '-',
  addTo,
});
const releasing = (holdId: string, seats?: string[]): Command => ({
  type: 'release',
  holder: 'me',
  holdId,
  ...(seats === undefined ? {} : { seats }),
});
const booking = (holdId: string, id: string, amount = 1000): Command => ({
  type: 'book',
  holder: 'me',
  holdId,
  price: { amount, currency: 'EUR' },
  newBookingId: id,
  newReference: `R${id}`,
});
const cancelling = (bookingId: string, holder = 'me', asStaff = false): Command => ({
  type: 'cancel',
  holder,
  bookingId,
  asStaff,
});
const ix = (...names: string[]) => names.map((label) => seat(map, label));
const statuses = (house: House, ...names: string[]) => ix(...names).map((index) => house.status[index]);

describe('hold', () => {
  it('[HOLD-1] [HOLD-2] [HOLD-9] takes all named seats, priced by category, until the hold time is over', () => {
    const house = houseOf(map);
    const gold = labels(map, [...map.blocks.at(-1)!])[0]!;
    const { reply, changes } = run(house, holding('h', ['A-1', gold, 'Floor-2']));
    const seats = ix('A-1', gold, 'Floor-2');
    const hold = { id: 'h', holder: 'me', seats, prices: [1000, 500, 1000], expiresAt: T + TTL, extensions: 0 };
    expect(reply).toEqual({ ok: true, type: 'hold', hold });
    expect(changes).toEqual([{ type: 'hold_put', hold, seats: hold.seats }]);
    expect(statuses(house, 'A-1', 'A-2', 'Floor-2')).toEqual([HELD, AVAILABLE, HELD]);
    expect(house.available).toBe(map.count - 3);
  });

  it('[HOLD-3] adds to a hold whose clock and extensions run on', () => {
    const house = houseOf(map);
    run(house, holding('h', ['A-1']));
    run(house, { type: 'extend', holder: 'me', holdId: 'h' }, T + 10);
    const { reply, changes } = run(house, adding('h', ['A-3', 'A-2']), T + 20);
    const seats = ix('A-1', 'A-3', 'A-2');
    const prices = [1000, 1000, 1000];
    const hold = { id: 'h', holder: 'me', seats, prices, expiresAt: T + 10 + TTL, extensions: 1 };
    expect(reply).toEqual({ ok: true, type: 'hold', hold });
    expect(changes).toEqual([{ type: 'hold_put', hold, seats: ix('A-3', 'A-2') }]);
    expect([...house.holds.keys()]).toEqual(['h']);
  });

  it('treats a second hold of one id as a bug', () => {
    const house = houseOf(map);
    run(house, holding('h', ['A-1']));
    expect(() => apply(house, holding('h', ['A-2']), T)).toThrow(InvariantError);
  });
});

describe('release', () => {
  it('[RELEASE-1] drops the whole hold', () => {
    const house = houseOf(map);
    const { reply } = run(house, holding('h', ['A-1', 'A-2']));
    const hold = reply.ok && reply.type === 'hold' ? reply.hold : undefined;
    const released = run(house, releasing('h'));
    expect(released.reply).toEqual({ ok: true, type: 'release', seats: ix('A-1', 'A-2') });
    const rest = undefined;
    expect(released.changes).toEqual([
      { type: 'hold_dropped', hold, seats: ix('A-1', 'A-2'), rest, cause: 'released' },
    ]);
    expect([house.available, house.holds.size, house.holdsOf.size]).toEqual([map.count, 0, 0]);
  });

  it('[RELEASE-2] drops named seats, and says what remains', () => {
    const house = houseOf(map, { singleGap: 'strict' });
    run(house, holding('h', ['A-1', 'A-2', 'A-3']));
    const { reply, changes } = run(house, releasing('h', ['A-3']));
    const kept = { seats: ix('A-1', 'A-2'), prices: [1000, 1000] };
    const rest = { id: 'h', holder: 'me', ...kept, expiresAt: T + TTL, extensions: 0 };
    expect(reply).toEqual({ ok: true, type: 'release', seats: ix('A-3'), hold: rest });
    expect(changes).toMatchObject([{ type: 'hold_dropped', seats: ix('A-3'), rest, cause: 'released' }]);
  });

  it('[RELEASE-3] takes along the other half of a pair and the companions of a wheelchair space', () => {
    const house = houseOf(map);
    run(house, holding('h', ['B-7', 'B-8', 'B-3', 'B-4', 'B-5', 'A-1']));
    expect(run(house, releasing('h', ['B-8'])).reply).toMatchObject({ seats: ix('B-7', 'B-8') });
    expect(run(house, releasing('h', ['B-5'])).reply).toMatchObject({ seats: ix('B-5') });
    expect(run(house, releasing('h', ['B-3'])).reply).toMatchObject({
      seats: ix('B-3', 'B-4'),
      hold: { seats: ix('A-1') },
    });
  });
});

describe('extend', () => {
  it('[EXTEND-1] gives a full hold time from now, as often as allowed, and never less than there was', () => {
    const house = houseOf(map, { extensionsPerHold: 3 });
    run(house, holding('h', ['A-1']));
    const { reply, changes } = run(house, { type: 'extend', holder: 'me', holdId: 'h' }, T + 50);
    const hold = { id: 'h', holder: 'me', seats: ix('A-1'), prices: [1000], expiresAt: T + 50 + TTL, extensions: 1 };
    expect(reply).toEqual({ ok: true, type: 'hold', hold });
    expect(changes).toEqual([{ type: 'hold_put', hold, seats: [] }]);
    run(house, { type: 'extend', holder: 'me', holdId: 'h' }, T + 40);
    expect(house.holds.get('h')).toMatchObject({ expiresAt: T + 50 + TTL, extensions: 2 });
  });
});

describe('book and cancel', () => {
  it('[BOOK-1] [CANCEL-1] makes the hold a booking, seat for seat, at the price of its categories', () => {
    const house = houseOf(map);
    const { reply: held } = run(house, holding('h', ['A-1', 'A-2']));
    const { reply, changes } = run(house, booking('h', 'b', 2000), T + 5);
    const price = { amount: 2000, currency: 'EUR' };
    const seats = ix('A-1', 'A-2');
    const sold = { id: 'b', reference: 'Rb', holder: 'me', holdId: 'h', seats, price, status: 'confirmed' };
    expect(reply).toEqual({ ok: true, type: 'booking', booking: sold });
    expect(changes).toEqual([{ type: 'booked', booking: sold, hold: held.ok && held.type === 'hold' && held.hold }]);
    expect(statuses(house, 'A-1', 'A-2')).toEqual([BOOKED, BOOKED]);
    expect(house.holds.size).toBe(0);
    expect(run(house, releasing('h')).reply).toMatchObject({ refusal: { code: 'unknown_hold' } });
    const cancelled = run(house, cancelling('b'));
    expect(cancelled.changes).toEqual([{ type: 'cancelled', booking: { ...sold, status: 'cancelled' } }]);
    expect(house.available).toBe(map.count);
    expect(run(house, cancelling('b')).reply).toMatchObject({ refusal: { code: 'booking_cancelled' } });
  });

  it('[CANCEL-2] lets staff cancel anybody’s booking, after sales have closed too', () => {
    const sold = { id: 'b', reference: 'R', holder: 'me', holdId: 'h', seats: ix('A-1') };
    const bookings = [{ ...sold, price: { amount: 1, currency: 'EUR' }, status: 'confirmed' as const }];
    const house = houseOf(map, { salesOpen: false }, { bookings });
    expect(run(house, cancelling('b', 'staff', true)).reply.ok).toBe(true);
    expect(statuses(house, 'A-1')).toEqual([AVAILABLE]);
  });
});

describe('block and unblock', () => {
  it('[BLOCK-1] [UNBLOCK-1] takes seats off sale and puts them back, leaving alone those that are on sale', () => {
    const house = houseOf(map);
    const seats = ix('A-1', 'A-2');
    const blocked = run(house, { type: 'block', seats: ['A-1', 'A-2'], reason: 'camera' });
    expect(blocked.reply).toEqual({ ok: true, type: 'seats', seats });
    expect(blocked.changes).toEqual([{ type: 'blocked', seats, reason: 'camera' }]);
    expect(statuses(house, 'A-1', 'A-2')).toEqual([BLOCKED, BLOCKED]);
    const unblocked = run(house, { type: 'unblock', seats: ['A-2', 'A-3'] });
    expect(unblocked.changes).toEqual([{ type: 'unblocked', seats: ix('A-2') }]);
    expect(run(house, { type: 'unblock', seats: ['A-2'] })).toEqual({
      reply: { ok: true, type: 'seats', seats: [] },
      changes: [],
    });
  });
});

describe('expire', () => {
  it('[EXPIRY-1] drops what is due, soonest first, and remembers it', () => {
    const house = houseOf(map);
    run(house, holding('late', ['A-4']), T + 2);
    run(house, holding('b', ['A-1', 'A-2']), T);
    run(house, holding('a', ['A-3']), T);
    expect(nextExpiry(house)).toBe(T + TTL);
    expect(run(house, { type: 'expire' }, T + TTL - 1).changes).toEqual([]);
    const { reply, changes } = run(house, { type: 'expire' }, T + TTL);
    expect(reply).toEqual({ ok: true, type: 'seats', seats: ix('A-3', 'A-1', 'A-2') });
    expect(changes.map((change) => change.type === 'hold_dropped' && [change.hold.id, change.cause])).toEqual([
      ['a', 'expired'],
      ['b', 'expired'],
    ]);
    expect(nextExpiry(house)).toBe(T + 2 + TTL);
    expect(run(house, releasing('a'), T + TTL).reply).toMatchObject({ refusal: { code: 'hold_expired' } });
  });

  it('[EXPIRY-5] follows extensions, releases and bookings', () => {
    const house = houseOf(map);
    run(house, holding('x', ['A-1']));
    run(house, holding('y', ['A-2']), T + 1);
    run(house, holding('z', ['A-3']), T + 2);
    run(house, { type: 'extend', holder: 'me', holdId: 'x' }, T + 10);
    expect(nextExpiry(house)).toBe(T + 1 + TTL);
    run(house, releasing('y'), T + 11);
    run(house, booking('z', 'b'), T + 11);
    expect(nextExpiry(house)).toBe(T + 10 + TTL);
    expect(run(house, { type: 'expire' }, T + 5 + TTL).changes).toEqual([]);
    expect(run(house, { type: 'expire' }, T + 10 + TTL).changes).toHaveLength(1);
    expect(nextExpiry(house)).toBeUndefined();
  });

  it('[EXPIRY-2] keeps its memory of ends within a bound however many holds come and go', () => {
    const house = houseOf(map);
    run(house, holding('stays', ['A-10']));
    for (let i = 0; i < 5000; i++) {
      apply(house, holding(`h${i}`, ['A-1']), T + i);
      apply(house, releasing(`h${i}`), T + i);
    }
    expect(house.expiries.size).toBeLessThan(200);
    expect(nextExpiry(house)).toBe(T + TTL);
    for (let i = 0; i < 10_050; i++) {
      apply(house, holding(`e${i}`, ['A-1']), T + i);
      apply(house, { type: 'expire' }, T + i + TTL);
    }
    expect(house.expired.size).toBe(10_000);
    expect(house.expired.has('e10049')).toBe(true);
    expect(run(house, releasing('e0')).reply).toMatchObject({ refusal: { code: 'unknown_hold' } });
  });
});

describe('a house made from what Postgres remembers', () => {
  it('knows holds, bookings, blocked seats and when the next hold ends', () => {
    const hold = { id: 'h', holder: 'me', seats: ix('A-1'), prices: [1000], expiresAt: T + 7, extensions: 0 };
    const house = houseOf(map, {}, { holds: [hold], blocked: ix('A-2') });
    assertHouse(house);
    expect(nextExpiry(house)).toBe(T + 7);
    expect(statuses(house, 'A-1', 'A-2', 'A-3')).toEqual([HELD, BLOCKED, AVAILABLE]);
  });

  it('does not open on a contradiction', () => {
    const hold = { id: 'h', holder: 'me', seats: ix('A-1'), prices: [1000], expiresAt: T, extensions: 0 };
    expect(() => houseOf(map, {}, { holds: [hold], blocked: ix('A-1') })).toThrow(InvariantError);
    expect(() => houseOf(map, {}, { holds: [hold, { ...hold, seats: ix('A-2') }] })).toThrow(InvariantError);
    expect(() => houseOf(map, {}, { blocked: [map.count] })).toThrow(InvariantError);
    expect(() => houseOf(map, { prices: [1] })).toThrow(InvariantError);
    expect(() => houseOf(map, { prices: [1, 2.5] })).toThrow(InvariantError);
  });

  it('is checked by assertHouse to the last seat', () => {
    const spoil: ((house: House) => void)[] = [
      (house) => house.status.fill(HELD, 0, 1),
      (house) => house.status.fill(BOOKED, 1, 2),
      (house) => house.ownerOf.fill('h', 1, 2),
      (house) => house.available--,
      (house) => house.freeInBlock.fill(8, 0, 1),
      (house) => house.freeInArea.fill(9),
      (house) => house.holdsOf.clear(),
      (house) => house.holds.clear(),
      (house) => house.holds.set('g', { ...house.holds.get('h')!, id: 'g' }),
    ];
    for (const change of spoil) {
      const house = houseOf(map);
      run(house, holding('h', ['A-3']));
      change(house);
      expect(() => assertHouse(house)).toThrow(InvariantError);
    }
  });
});
