import { expect, it } from 'vitest';
import type { Command } from '../../../src/core/command.js';
import { book, hold, Playhouse, SHOWTIME, START_MS, story } from './playhouse.js';

const HOUR_MS = 3_600_000;

const allocate = (seats: readonly number[], until?: number): Command => ({
  type: 'allocate',
  channel: 'partner',
  seats: seats.map((seat) => `S-${seat}`),
  reason: 'tour',
  by: 'staff',
  ...(until === undefined ? {} : { until }),
});
const deltas = (house: Playhouse) => story(house.seen).filter((line) => line.startsWith('delta'));
const byPartner = (holder: string, seats: readonly number[]) => ({
  ...hold(holder, seats),
  channel: 'partner' as const,
});

it('[ALLOC-4] ends to the millisecond, in one delta, which waits for the journal, and once', async () => {
  const house = new Playhouse();
  const actor = await house.openActor();
  const staff = house.listener('staff');
  house.submit(actor, staff, 1, allocate([0, 1, 2, 3], START_MS + HOUR_MS));
  await house.time.advance(0);
  expect(house.watchedSeats()).toBe('xxxx........');
  await house.time.advance(HOUR_MS - 1);
  expect(house.watchedSeats()).toBe('xxxx........');
  house.trips.push({ backMs: 30 });
  await house.time.advance(30);
  expect(house.watchedSeats()).toBe('xxxx........');
  expect(house.journal.peek(SHOWTIME).allocations.size).toBe(0);
  await house.time.advance(1);
  expect(deltas(house)).toEqual(['delta 1 0x 1x 2x 3x', 'delta 2 0. 1. 2. 3.']);
  await house.time.advance(HOUR_MS);
  expect(deltas(house)).toHaveLength(2);
  expect(house.time.next).toBeUndefined();
});

it('[ALLOC-4] frees its seats for a command of that very moment', async () => {
  const house = new Playhouse();
  const actor = await house.openActor();
  const ann = house.listener('ann');
  // Before the actor's own timer, which is made later for the same moment.
  house.time.after(HOUR_MS, () => house.submit(actor, ann, 1, hold('ann', [0])));
  house.submit(actor, house.listener('staff'), 1, allocate([0, 1], START_MS + HOUR_MS));
  await house.time.advance(HOUR_MS);
  expect(ann.outcomes(1)).toMatchObject([{ ok: true }]);
  expect(house.watchedSeats()).toBe('h...........');
});

it('[ALLOC-3] shows a seat as held, booked and blocked again, and never as available', async () => {
  const house = new Playhouse();
  const actor = await house.openActor();
  const ann = house.listener('ann');
  house.submit(actor, house.listener('staff'), 1, allocate([0, 1]));
  const held = byPartner('ann', [0, 1]);
  house.submit(actor, ann, 1, held);
  await house.time.advance(0);
  house.submit(actor, ann, 2, { type: 'release', holder: 'ann', holdId: held.newHoldId, seats: ['S-1'] });
  await house.time.advance(0);
  expect(house.watchedSeats()).toBe('hx..........');
  const sold = book('ann', held.newHoldId) as Extract<Command, { type: 'book' }>;
  house.submit(actor, ann, 3, sold);
  await house.time.advance(0);
  expect(house.watchedSeats()).toBe('bx..........');
  house.submit(actor, ann, 4, { type: 'cancel', holder: 'ann', bookingId: sold.newBookingId, asStaff: false });
  const again = byPartner('ann', [0, 1]);
  house.submit(actor, ann, 5, again);
  await house.time.advance(60_000);
  expect(house.watchedSeats()).toBe('xx..........');
  const shown = deltas(house).join(' ');
  expect(shown).not.toMatch(/[01]\./);
});

it('[ALLOC-6] is known to the next owner, who ends it at its time, and at once where that has passed', async () => {
  const house = new Playhouse();
  const first = await house.openActor();
  house.submit(first, house.listener('staff'), 1, allocate([0, 1], START_MS + HOUR_MS));
  house.submit(first, house.listener('staff'), 2, allocate([2]));
  house.submit(first, house.listener('ann'), 1, byPartner('ann', [1]));
  await house.time.advance(0);
  first.end('passivated');
  const second = await house.openActor(house.startNode('node-2', () => ({})));
  expect(house.spell(second.statuses)).toBe('xhx.........');
  const bob = house.listener('bob');
  house.submit(second, bob, 1, hold('bob', [0]));
  house.submit(second, bob, 2, byPartner('bob', [0]));
  await house.time.advance(0);
  expect([...bob.outcomes(1), ...bob.outcomes(2)]).toMatchObject([{ ok: false }, { ok: true }]);
  second.end('passivated');
  await house.time.advance(2 * HOUR_MS);
  const third = await house.openActor(house.startNode('node-3', () => ({})));
  await house.time.advance(0);
  expect(house.spell(third.statuses)).toBe('..x.........');
  expect([...house.journal.peek(SHOWTIME).allocations.keys()]).toEqual([2]);
});

it('[ALLOC-7] is among what is remembered of a house that ends, apart from the seats that are blocked', async () => {
  const house = new Playhouse();
  const actor = await house.openActor();
  house.submit(actor, house.listener('staff'), 1, allocate([0, 1]));
  house.submit(actor, house.listener('staff'), 2, { type: 'block', seats: ['S-5'], reason: 'camera' });
  house.submit(actor, house.listener('ann'), 1, byPartner('ann', [1]));
  await house.time.advance(0);
  const { published } = actor.surrender();
  expect(published.blocked).toEqual([5]);
  expect([...published.allocations.entries()].map(([seat, { channel }]) => [seat, channel])).toEqual([
    [0, 'partner'],
    [1, 'partner'],
  ]);
});
