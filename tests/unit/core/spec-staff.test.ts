import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import type { Command } from '../../../src/core/command.js';
import { AVAILABLE, BOOKED, HELD, type House } from '../../../src/core/house.js';
import type { Applied } from '../../../src/core/reply.js';
import { readAct, type SeatAct, type SpeltAct, spellActs } from '../../../src/core/seat-act.js';
import { houseOf, mapOf, seat } from './halls.js';

const map = mapOf(['..........', '..wc..pq..']);
const T = 1_000_000;

function run(house: House, command: Command, now = T): Applied {
  const applied = apply(house, command, now);
  assertHouse(house);
  return applied;
}
const ix = (...names: string[]) => names.map((label) => seat(map, label));
const statuses = (house: House, ...names: string[]) => ix(...names).map((index) => house.status[index]);
const holding = (id: string, seats: string[], more: object = {}): Command => ({
  type: 'hold',
  holder: 'me',
  seats,
  newHoldId: id,
  ...more,
});
const booking = (holdId: string, amount: number): Command => ({
  type: 'book',
  holder: 'me',
  holdId,
  price: { amount, currency: 'EUR' },
  newBookingId: 'b',
  newReference: 'R',
});
const reseating = (...seats: string[]): Command => ({ type: 'reseat', bookingId: 'b', seats, reason: 'broken' });

function sold(...seats: string[]): House {
  const house = houseOf(map, { singleGap: 'strict' });
  run(house, holding('h', seats));
  expect(run(house, booking('h', 1000 * seats.length)).reply.ok).toBe(true);
  return house;
}

describe('take_away', () => {
  it('[TAKE-1] ends the hold whole, whoever it belongs to', () => {
    const house = houseOf(map);
    const { reply: held } = run(house, holding('h', ['A-1', 'A-2']));
    const { reply, changes } = run(house, { type: 'take_away', holdId: 'h', reason: 'a camera' });
    expect(reply).toEqual({ ok: true, type: 'seats', seats: ix('A-1', 'A-2') });
    const hold = held.ok && held.type === 'hold' && held.hold;
    expect(changes).toEqual([{ type: 'hold_taken_away', hold, reason: 'a camera' }]);
    expect(statuses(house, 'A-1', 'A-2')).toEqual([AVAILABLE, AVAILABLE]);
    expect(run(house, booking('h', 2000)).reply).toMatchObject({ refusal: { code: 'unknown_hold' } });
  });

  it('[TAKE-1] [TAKE-2] with seats ends each hold that has one of them, and leaves what is available', () => {
    const house = houseOf(map);
    run(house, holding('h', ['A-1', 'A-2']));
    run(house, holding('i', ['A-5'], { holder: 'you' }));
    run(house, holding('j', ['A-9'], { holder: 'you' }));
    const { reply, changes } = run(house, { type: 'take_away', seats: ['A-2', 'A-5', 'A-7'], reason: '' });
    expect(reply).toEqual({ ok: true, type: 'seats', seats: ix('A-1', 'A-2', 'A-5') });
    expect(changes).toHaveLength(2);
    expect(statuses(house, 'A-1', 'A-2', 'A-5', 'A-9')).toEqual([AVAILABLE, AVAILABLE, AVAILABLE, HELD]);
  });

  it('[TAKE-2] refuses all where one is booked', () => {
    const house = sold('A-1', 'A-2');
    run(house, holding('i', ['A-5', 'A-6']));
    const { reply, changes } = run(house, { type: 'take_away', seats: ['A-5', 'A-2'], reason: '' });
    const conflicts = [{ seat: 'A-2', reason: 'booked' }];
    expect(reply).toEqual({ ok: false, refusal: { code: 'seats_unavailable', conflicts } });
    expect(changes).toEqual([]);
    expect(statuses(house, 'A-5', 'A-6')).toEqual([HELD, HELD]);
  });
});

describe('reseat', () => {
  it('[RESEAT-1] [RESEAT-2] moves the booking, which keeps its reference, its holder and its price', () => {
    const house = sold('A-1', 'A-2');
    const { reply, changes } = run(house, reseating('B-1', 'B-2'));
    const price = { amount: 2000, currency: 'EUR' };
    const same = { id: 'b', reference: 'R', holder: 'me', holdId: 'h', price, status: 'confirmed' };
    const moved = { ...same, seats: ix('B-1', 'B-2'), firstSeats: ix('A-1', 'A-2') };
    expect(reply).toEqual({ ok: true, type: 'booking', booking: moved });
    const seats = { from: ix('A-1', 'A-2'), freed: ix('A-1', 'A-2'), taken: ix('B-1', 'B-2') };
    expect(changes).toEqual([{ type: 'reseated', booking: moved, ...seats, reason: 'broken' }]);
    expect(statuses(house, 'A-1', 'A-2', 'B-1', 'B-2')).toEqual([AVAILABLE, AVAILABLE, BOOKED, BOOKED]);
    const again = run(house, reseating('A-5', 'A-6'));
    expect(again.reply).toMatchObject({ booking: { seats: ix('A-5', 'A-6'), firstSeats: ix('A-1', 'A-2') } });
    expect(run(house, { type: 'cancel', holder: 'me', bookingId: 'b', asStaff: false }).reply.ok).toBe(true);
    expect(house.available).toBe(map.count);
  });

  it('[RESEAT-2] may keep some of its seats, and with all of them changes nothing', () => {
    const house = sold('A-1', 'A-2');
    const { changes } = run(house, reseating('A-3', 'A-2'));
    expect(changes).toMatchObject([{ freed: ix('A-1'), taken: ix('A-3') }]);
    const nothing = run(house, reseating('A-2', 'A-3'));
    expect(nothing).toMatchObject({ reply: { ok: true, booking: { seats: ix('A-3', 'A-2') } }, changes: [] });
  });

  it('[RESEAT-1] names every seat that is not available, and why, and moves none', () => {
    const house = sold('A-1', 'A-2');
    run(house, holding('i', ['A-5', 'A-6']));
    run(house, { type: 'block', seats: ['A-9'], reason: '' });
    const conflicts = [
      { seat: 'A-5', reason: 'held' },
      { seat: 'A-9', reason: 'blocked' },
    ];
    const refusal = { code: 'seats_unavailable', conflicts };
    expect(run(house, reseating('A-5', 'A-9')).reply).toEqual({ ok: false, refusal });
    expect(statuses(house, 'A-1', 'A-2')).toEqual([BOOKED, BOOKED]);
  });

  it('[RESEAT-3] keeps pairs whole, and minds no single gap', () => {
    const house = sold('A-1', 'A-2');
    expect(run(house, reseating('B-7', 'B-9')).reply).toMatchObject({ refusal: { code: 'seat_rule' } });
    expect(run(house, reseating('B-7', 'B-8')).reply.ok).toBe(true);
    expect(run(house, reseating('A-2', 'A-9')).reply.ok).toBe(true);
  });
});

describe('channels', () => {
  it('[STAFF-3] a hold keeps the channel that it was made with, and gives it to its booking', () => {
    const house = houseOf(map);
    const { reply } = run(house, holding('h', ['A-1'], { channel: 'walk_in' }));
    expect(reply).toMatchObject({ hold: { channel: 'walk_in' } });
    const joined = run(house, holding('-', ['A-2'], { addTo: 'h', channel: 'pos' }));
    expect(joined.reply).toMatchObject({ hold: { channel: 'walk_in' } });
    expect(run(house, booking('h', 2000)).reply).toMatchObject({ booking: { channel: 'walk_in' } });
  });

  it('[STAFF-3] the web is what carries no channel', () => {
    const house = houseOf(map);
    run(house, holding('h', ['A-1'], { channel: 'web' }));
    expect(house.holds.get('h')).not.toHaveProperty('channel');
    const best = { type: 'best_available', holder: 'me', count: 1, newHoldId: 'i', channel: 'partner' } as const;
    expect(run(house, best).reply).toMatchObject({ hold: { channel: 'partner' } });
  });
});

describe('acts', () => {
  it('[HISTORY-1] are read as they were spelt, whatever is in them', () => {
    const acts: readonly SeatAct[] = [
      { act: 'held', at: T, seats: [1, 2], holder: 'guest:0b6f', hold: 'h' },
      { act: 'released', at: T, seats: [1], holder: 'ß"\\ \u2028', hold: 'h', by: 'staff:1' },
      { act: 'reseated', at: T, seats: [4], from: [3], holder: 'ann', hold: 'h', reference: 'R', reason: '"x"' },
      { act: 'blocked', at: T, seats: [7], by: 'staff:1', reason: 'camera' },
      { act: 'unblocked', at: T, seats: [7] },
      { act: 'allocated', at: T, seats: [7], to: 'partner', by: 'staff:1', until: T + 1 },
      { act: 'allocation_ended', at: T, seats: [7] },
      { act: 'booked', at: T, seats: [1], holder: 'ann', hold: 'h', reference: 'R', channel: 'pos' },
    ];
    const spelt = JSON.parse(spellActs(acts)) as SpeltAct[];
    expect(spelt.map(readAct)).toEqual(acts);
    expect(spellActs([])).toBe('[]');
  });
});
