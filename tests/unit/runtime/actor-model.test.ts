import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { Trip } from '../../../src/adapters/memory/trip.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import type { Command } from '../../../src/core/command.js';
import { makeHouse } from '../../../src/core/make-house.js';
import { ModelWorld, type Order } from './model-world.js';
import { RULES, rowOf, SHOWTIME, word } from './playhouse.js';

const WHO = ['ann', 'bob', 'cid'];
const heard = new Map<string, number>();

const who = fc.constantFrom(...WHO);
const seats = fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('hold' as const), who, seats }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('book', 'release', 'extend', 'cancel', 'retry', 'part'), who }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('block', 'unblock'), seats }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 20, 120, 500, 2_500) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('take over', 'crash', 'zombie') }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const trip: fc.Arbitrary<Trip> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ thereMs: fc.nat(30), backMs: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ thereMs: fc.nat(900), backMs: fc.nat(900) }) },
  {
    weight: 2,
    arbitrary: fc.record({ lost: fc.constantFrom('request' as const, 'answer' as const), thereMs: fc.nat(30) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ lost: fc.constant('answer' as const), thereMs: fc.nat(3_000), brokenAfterMs: fc.nat(20) }),
  },
);

let made = 0;
const id = (kind: string) => `${kind}${++made}`;

/** The newest order of somebody that asked for this, whatever came of it. */
const newest = (world: ModelWorld, of: string, ...types: string[]): Order | undefined =>
  world.orders.findLast(({ who: by, command }) => by === of && types.includes(command.type));

function commandOf(world: ModelWorld, next: Step): { by: string; command: Command } | undefined {
  if (next.do === 'hold' && 'who' in next && 'seats' in next) {
    const labels = next.seats.map((seat) => `S-${seat}`);
    return { by: next.who, command: { type: 'hold', holder: next.who, seats: labels, newHoldId: id('h') } };
  }
  if ('seats' in next) {
    const labels = next.seats.map((seat) => `S-${seat}`);
    if (next.do === 'block') return { by: 'staff', command: { type: 'block', seats: labels, reason: 'r' } };
    return { by: 'staff', command: { type: 'unblock', seats: labels } };
  }
  if (!('who' in next)) return undefined;
  const by = next.who;
  if (next.do === 'cancel') {
    const booked = newest(world, by, 'book')?.command;
    if (booked?.type !== 'book') return undefined;
    return { by, command: { type: 'cancel', holder: by, bookingId: booked.newBookingId, asStaff: false } };
  }
  const held = newest(world, by, 'hold')?.command;
  if (held?.type !== 'hold') return undefined;
  const common = { holder: by, holdId: held.newHoldId };
  switch (next.do) {
    case 'book':
      return { by, command: { type: 'book', ...common, newBookingId: id('b'), newReference: id('r') } };
    case 'release':
      return { by, command: { type: 'release', ...common } };
    case 'part':
      return { by, command: { type: 'release', ...common, seats: held.seats.slice(0, 1) } };
    case 'extend':
      return { by, command: { type: 'extend', ...common } };
    default:
      return undefined;
  }
}

async function play(world: ModelWorld, steps: readonly Step[]): Promise<void> {
  for (const next of steps) {
    if (next.do === 'pass' && 'ms' in next) await world.time.advance(next.ms);
    else if (next.do === 'take over') await world.takeOver();
    else if (next.do === 'crash') world.crash();
    else if (next.do === 'zombie') {
      const { zombie } = world;
      const command: Command = { type: 'hold', holder: 'zoe', seats: ['S-0'], newHoldId: id('h') };
      if (zombie) world.submit(zombie, world.order('zoe', command));
    } else if (next.do === 'retry' && 'who' in next) {
      const order = newest(world, next.who, 'hold', 'book', 'release', 'extend', 'cancel');
      if (order) world.submit(await world.owner(), order);
    } else {
      const asked = commandOf(world, next);
      if (asked) world.submit(await world.owner(), world.order(asked.by, asked.command));
    }
  }
}

/** Everything comes to rest, and everyone who does not know asks once more. */
async function settle(world: ModelWorld): Promise<void> {
  world.clearTheWay();
  await world.time.advance(10_000);
  for (const order of world.orders) {
    if (order.last === undefined || word(order.last) === 'outcome_unknown') world.submit(await world.owner(), order);
    await world.time.advance(0);
  }
}

function checkPromises(world: ModelWorld): void {
  expect(world.violations).toEqual([]);
  const { bookings, sold } = world.journal.peek(SHOWTIME);
  for (const order of world.orders) {
    const { commandId, outcomes, last } = order;
    expect([commandId, last && word(last)]).not.toEqual([commandId, undefined]);
    const effects = outcomes.filter((outcome) => outcome.ok && outcome.type !== 'seats');
    for (const effect of effects)
      expect(isDeepStrictEqual(effect, effects[0]), `${commandId} had two outcomes`).toBe(true);
    const isInJournal = world.journal.resultOf(SHOWTIME, order.who, commandId) !== undefined;
    // Whoever was told last that it was not applied can rely on that.
    if (last && /unavailable|overloaded/.test(word(last)) && last.ok === false) {
      if ('failure' in last) expect([commandId, isInJournal]).toEqual([commandId, false]);
    }
    const booked = effects[0];
    if (!booked?.ok || booked.type !== 'booking' || order.command.type !== 'book') continue;
    const { id: bookingId } = booked.booking;
    const wasCancelled = world.orders.some(
      ({ command }) => command.type === 'cancel' && command.bookingId === bookingId,
    );
    if (wasCancelled) continue;
    for (const seat of booked.booking.seats) expect([seat, sold.get(seat)]).toEqual([seat, bookingId]);
  }
  const commands = [...bookings.values()].map(({ booking, commandId }) => `${booking.holder} ${commandId}`);
  expect(new Set(commands).size).toBe(commands.length);
}

it('keeps every promise, whatever the way to the journal, crashes and take-overs do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 80, size: 'max' }),
      fc.array(trip, { minLength: 1, maxLength: 20 }),
      async (steps, trips) => {
        const world = new ModelWorld(trips);
        await play(world, steps);
        await settle(world);
        checkPromises(world);
        const owner = await world.owner();
        await world.time.advance(0);
        expect([...owner.statuses].map((code) => '.hbx'[code]).join('')).toBe(world.journal.seats());
        // The journal is a house that a next owner can open.
        assertHouse(makeHouse(rowOf(6), RULES, world.journal.claim(SHOWTIME, 0, 'other').state));
        for (const [what, times] of world.heard) heard.set(what, (heard.get(what) ?? 0) + times);
      },
    ),
    { numRuns: 600 },
  );
}, 60_000);

afterAll(() => {
  // Sometimes: a run in which nothing ever went wrong would prove nothing.
  for (const rare of ['ok', 'outcome_unknown', 'unavailable', 'overloaded', 'seats_unavailable', 'hold_expired']) {
    expect([rare, (heard.get(rare) ?? 0) > 0]).toEqual([rare, true]);
  }
});
