/** Channels of a showtime, and seats that one channel alone sells. */
import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import { changeRules } from '../../../src/core/change-rules.js';
import type { Channel } from '../../../src/core/channel.js';
import type { Command } from '../../../src/core/command.js';
import { nextExpiry } from '../../../src/core/expiry.js';
import type { House, HouseRules } from '../../../src/core/house.js';
import { houseOf, labels, mapOf, RULES } from './halls.js';

const map = mapOf(['..........', '..........']);
const NOW = 1_000_000;
const UNTIL = NOW + 100_000;

let ids = 0;

class Box {
  readonly house: House;
  now = NOW;

  constructor(rules: Partial<HouseRules> = {}) {
    this.house = houseOf(map, rules);
  }

  do(command: Command) {
    const applied = apply(this.house, command, this.now);
    assertHouse(this.house);
    return applied;
  }

  code(command: Command): string {
    const { reply } = this.do(command);
    return reply.ok ? 'ok' : reply.refusal.code;
  }

  allocate(seats: string[], more: { channel?: Channel; until?: number } = {}) {
    return this.do({ type: 'allocate', channel: 'partner', seats, reason: 'tour', by: 'staff', ...more });
  }

  hold(seats: string[], channel?: Channel, more: object = {}): string {
    const command = { type: 'hold', holder: 'ann', seats, newHoldId: `h${++ids}`, ...more } as const;
    return this.code(channel === undefined ? command : { ...command, channel });
  }

  get free(): string {
    return labels(
      map,
      [...map.data.seats.label.keys()].filter((seat) => this.house.status[seat] === 0),
    ).join(' ');
  }
}

describe('a showtime with channels', () => {
  const search = (channel?: Channel): Command => ({
    type: 'best_available',
    holder: 'ann',
    count: 1,
    newHoldId: `h${++ids}`,
    ...(channel ? { channel } : {}),
  });

  it('[CHANNEL-1] is sold by these and no others, and by all where it lists none', () => {
    const box = new Box({ channels: ['walk_in', 'partner'] });
    expect([box.hold(['A-1']), box.hold(['A-1'], 'web'), box.hold(['A-1'], 'pos')]).toEqual(
      Array(3).fill('channel_closed'),
    );
    expect([box.code(search()), box.code(search('partner'))]).toEqual(['channel_closed', 'ok']);
    expect(box.hold(['B-1'], 'walk_in')).toBe('ok');
    const open = new Box({ channels: [] });
    expect([open.hold(['A-1']), open.hold(['A-2'], 'pos')]).toEqual(['ok', 'ok']);
  });

  it('[CHANNEL-2] keeps the holds of a channel that it is no longer sold by, and gives them no more seats', () => {
    const box = new Box();
    box.do({ type: 'hold', holder: 'ann', seats: ['A-1', 'A-2'], newHoldId: 'old' });
    changeRules(box.house, { ...RULES, channels: ['pos'] });
    expect(box.hold(['A-3'], 'pos', { addTo: 'old' })).toBe('channel_closed');
    expect(box.code({ type: 'extend', holder: 'ann', holdId: 'old' })).toBe('ok');
    expect(box.code({ type: 'release', holder: 'ann', holdId: 'old', seats: ['A-1'] })).toBe('ok');
    const price = { amount: 1000, currency: 'EUR' };
    const booked = { type: 'book', holder: 'ann', holdId: 'old', price, newBookingId: 'b', newReference: 'R' } as const;
    expect(box.code(booked)).toBe('ok');
  });
});

describe('an allocated seat', () => {
  it('[ALLOC-1] is held by its channel, and is blocked to all others', () => {
    const box = new Box();
    box.allocate(['A-1', 'A-2', 'A-3']);
    expect(box.do({ type: 'hold', holder: 'ann', seats: ['A-1', 'A-4'], newHoldId: 'x' }).reply).toEqual({
      ok: false,
      refusal: { code: 'seats_unavailable', conflicts: [{ seat: 'A-1', reason: 'blocked' }] },
    });
    expect([box.hold(['A-1'], 'pos'), box.hold(['A-1', 'A-4'], 'partner')]).toEqual(['seats_unavailable', 'ok']);
    expect([...box.house.status.subarray(0, 5)]).toEqual([1, 3, 3, 1, 0]);
  });

  it('[ALLOC-1] is found by a search of its channel only', () => {
    const box = new Box();
    const all = map.data.seats.label;
    box.allocate(all.slice(0, 18));
    const search = (count: number, channel?: Channel): Command => ({
      type: 'best_available',
      holder: 'ann',
      count,
      newHoldId: `h${++ids}`,
      ...(channel ? { channel } : {}),
    });
    expect([box.code(search(3)), box.code(search(3, 'pos')), box.code(search(6, 'partner'))]).toEqual([
      'none_available',
      'none_available',
      'ok',
    ]);
    const before = box.house.available;
    expect(box.code(search(2))).toBe('ok');
    expect(box.house.available).toBe(before - 2);
  });

  it('[ALLOC-1] is a wall to the single-gap rule of others, and a free seat to its own channel', () => {
    const box = new Box({ singleGap: 'strict' });
    box.allocate(['A-7', 'A-8', 'A-9', 'A-10']);
    // A-6 would be left between a held seat and one that is blocked.
    expect(box.hold(['A-3', 'A-4', 'A-5'])).toBe('seat_rule');
    expect(box.hold(['A-3', 'A-4', 'A-5'], 'partner')).toBe('ok');
  });

  it('[ALLOC-2] is allocated with all that are named, or none is; and can be allocated again while nobody has it', () => {
    const box = new Box();
    box.do({ type: 'block', seats: ['A-1'], reason: 'camera' });
    box.hold(['A-2']);
    expect(box.allocate(['A-1', 'A-2', 'A-3']).reply).toMatchObject({
      refusal: {
        code: 'seats_unavailable',
        conflicts: [
          { seat: 'A-1', reason: 'blocked' },
          { seat: 'A-2', reason: 'held' },
        ],
      },
    });
    expect(box.house.allocations.size).toBe(0);
    expect(box.allocate(['A-3', 'A-4']).changes).toMatchObject([{ type: 'allocated', taken: [2, 3] }]);
    expect(box.allocate(['A-4', 'A-5'], { channel: 'pos', until: UNTIL }).changes).toMatchObject([
      { type: 'allocated', seats: [3, 4], taken: [4] },
    ]);
    expect([box.hold(['A-4'], 'partner'), box.hold(['A-4'], 'pos'), nextExpiry(box.house)]).toEqual([
      'seats_unavailable',
      'ok',
      UNTIL,
    ]);
    expect(box.allocate(['A-4']).reply).toMatchObject({ refusal: { code: 'seats_unavailable' } });
  });

  it('[UNBLOCK-1] is not put on sale by unblocking it', () => {
    const box = new Box();
    box.allocate(['A-1']);
    expect(box.do({ type: 'unblock', seats: ['A-1', 'A-2'] }).reply).toEqual({
      ok: false,
      refusal: { code: 'seats_unavailable', conflicts: [{ seat: 'A-1', reason: 'blocked' }] },
    });
  });

  it('[ALLOC-3] goes back to its allocation by every way in which somebody gives it back', () => {
    const box = new Box({ holdTtlMs: 1_000 });
    const seats = ['A-1', 'A-2', 'A-3', 'A-4', 'A-5'];
    box.allocate(seats);
    const { free } = box;
    const price = (count: number) => ({ amount: 1000 * count, currency: 'EUR' });
    const hold = (id: string, ...named: string[]) =>
      box.do({ type: 'hold', holder: 'ann', channel: 'partner', seats: named, newHoldId: id });
    hold('released', 'A-1', 'A-2');
    box.do({ type: 'release', holder: 'ann', holdId: 'released', seats: ['A-1'] });
    box.do({ type: 'release', holder: 'ann', holdId: 'released' });
    hold('taken', 'A-1');
    box.do({ type: 'take_away', holdId: 'taken', reason: '' });
    hold('booked', 'A-3', 'A-4');
    const booked = { newBookingId: 'b', newReference: 'R', price: price(2) };
    box.do({ type: 'book', holder: 'ann', holdId: 'booked', ...booked });
    expect(box.code({ type: 'reseat', bookingId: 'b', seats: ['A-2', 'A-5'], reason: '' })).toBe('ok');
    box.do({ type: 'cancel', holder: 'ann', bookingId: 'b', asStaff: false });
    hold('expired', 'A-4');
    box.now += 1_000;
    box.do({ type: 'expire' });
    expect(box.free).toBe(free);
    expect(box.hold(seats, 'partner')).toBe('ok');
  });

  it('[ALLOC-3] [ALLOC-5] is available once its hold ends, where its allocation was ended meanwhile', () => {
    const box = new Box();
    const { free } = box;
    box.allocate(['A-1', 'A-2', 'A-3']);
    box.hold(['A-1'], 'partner', { newHoldId: 'h' });
    const ended = box.do({ type: 'deallocate', seats: ['A-1', 'A-2', 'A-9'], reason: 'no tour' });
    expect(ended.reply).toEqual({ ok: true, type: 'seats', seats: [0, 1] });
    expect(ended.changes).toEqual([
      { type: 'deallocated', seats: [0, 1], freed: [1], cause: 'deallocated', reason: 'no tour' },
    ]);
    expect(box.house.holds.get('h')?.seats).toEqual([0]);
    box.do({ type: 'release', holder: 'ann', holdId: 'h' });
    expect(box.hold(['A-1', 'A-2'])).toBe('ok');
    expect(box.do({ type: 'deallocate', seats: ['A-9'], reason: '' }).changes).toEqual([]);
    box.do({ type: 'deallocate', seats: ['A-3'], reason: '' });
    expect(box.free).toBe(free.replace('A-1 A-2 ', ''));
  });
});

describe('an allocation', () => {
  it('[ALLOC-4] ends at its time, with one change for all its seats, after the holds of that moment', () => {
    const box = new Box({ holdTtlMs: UNTIL - NOW });
    box.allocate(['A-1', 'A-2', 'A-3', 'A-4'], { until: UNTIL });
    box.allocate(['B-1'], { until: UNTIL });
    box.allocate(['B-2']);
    box.hold(['A-1'], 'partner');
    box.now = UNTIL - 1;
    expect(box.do({ type: 'expire' }).changes).toEqual([]);
    expect(box.hold(['A-2'])).toBe('seats_unavailable');
    box.now = UNTIL;
    expect(box.do({ type: 'expire' }).changes).toMatchObject([
      { type: 'hold_dropped', cause: 'expired' },
      { type: 'deallocated', seats: [0, 1, 2, 3, 10], freed: [0, 1, 2, 3, 10], cause: 'ended' },
    ]);
    expect([box.do({ type: 'expire' }).changes, nextExpiry(box.house)]).toEqual([[], undefined]);
    expect([box.hold(['A-1', 'A-2', 'B-1']), box.hold(['B-2'])]).toEqual(['ok', 'seats_unavailable']);
  });

  it('[ALLOC-4] leaves who holds or has booked its seats with them', () => {
    const box = new Box();
    box.allocate(['A-1', 'A-2'], { until: UNTIL });
    box.hold(['A-1'], 'partner', { newHoldId: 'h' });
    box.now = UNTIL;
    expect(box.do({ type: 'expire' }).changes).toMatchObject([{ type: 'deallocated', seats: [0, 1], freed: [1] }]);
    expect(box.house.holds.get('h')?.seats).toEqual([0]);
  });
});
