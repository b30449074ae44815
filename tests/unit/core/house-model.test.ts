/**
 * Random commands against a house and against a model that shares no code with it: labels, maps and sentences only.
 * After each command the two must agree, a refusal must have changed nothing, and replaying the changes alone must lead
 * to the same house (which is what the journal and the clients live by).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import type { Command } from '../../../src/core/command.js';
import { nextExpiry } from '../../../src/core/expiry.js';
import type { House, HouseRules } from '../../../src/core/house.js';
import type { Applied } from '../../../src/core/reply.js';
import { houseOf, labels, mapOf, picture } from './halls.js';
import { Model } from './house-model.js';
import { Replica } from './house-replica.js';

const RULES = { seatsPerHold: 4, holdsPerHolder: 2, extensionsPerHold: 1, holdTtlMs: 40 };
const plain = mapOf({ rows: ['......', '..._..'], standing: { Floor: 3 } });
const special = mapOf({ rows: ['......_...', '.pqpqwc...', '.........'] });

type Make = (serial: number, house: House) => Command;

/** Milliseconds that pass before a command, and the command, with ids made of its place in the sequence. */
interface Step {
  readonly wait: number;
  readonly make: Make;
}

/** One of the holds there are, or lately were, or never were: so that most commands mean something. */
function holdOf(house: House, pick: number): string {
  const ids = [...house.holds.keys(), ...[...house.expired].slice(-1), 'never'];
  return ids[pick % ids.length]!;
}

function bookingOf(house: House, pick: number): string {
  const ids = [...house.bookings.keys(), 'never'];
  return ids[pick % ids.length]!;
}

/** Some seats of the hold, and now and then one that is not in it. */
function seatsIn(house: House, id: string, pick: number, other: string): string[] {
  const own = labels(house.map, house.holds.get(id)?.seats ?? []);
  return [...own.filter((_, i) => (pick >> i) % 2 === 0), ...(pick % 5 === 0 ? [other] : own.slice(0, 1))];
}

function stepsOn(all: readonly string[]): fc.Arbitrary<readonly Step[]> {
  const seat = fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...all) },
    { weight: 1, arbitrary: fc.constant('Q-9') },
  );
  const seats = fc.array(seat, { minLength: 1, maxLength: 5 });
  const holder = fc.constantFrom('ann', 'ann', 'ann', 'bob');
  const pick = fc.nat({ max: 30 });
  const count = fc.integer({ min: 1, max: 5 });
  const onHold = fc.record({ holder, pick, seat, asStaff: fc.boolean() });
  const makes: [weight: number, fc.Arbitrary<Make>][] = [
    [3, fc.record({ holder, seats }).map((f) => (n) => ({ type: 'hold', newHoldId: `h${n}`, ...f }))],
    [5, fc.record({ holder, count }).map((f) => (n) => ({ type: 'best_available', newHoldId: `h${n}`, ...f }))],
    [
      3,
      fc.tuple(onHold, seats).map(([f, names]) => (n, house) => {
        return { type: 'hold', holder: f.holder, seats: names, newHoldId: `h${n}`, addTo: holdOf(house, f.pick) };
      }),
    ],
    [1, onHold.map((f) => (_, house) => ({ type: 'release', holder: f.holder, holdId: holdOf(house, f.pick) }))],
    [
      3,
      onHold.map((f) => (_, house) => {
        const holdId = holdOf(house, f.pick);
        return { type: 'release', holder: f.holder, holdId, seats: seatsIn(house, holdId, f.pick, f.seat) };
      }),
    ],
    [3, onHold.map((f) => (_, house) => ({ type: 'extend', holder: f.holder, holdId: holdOf(house, f.pick) }))],
    [
      2,
      onHold.map((f) => (n, house) => {
        const ids = { holdId: holdOf(house, f.pick), newBookingId: `b${n}`, newReference: `R${n}` };
        return { type: 'book', holder: f.holder, ...ids };
      }),
    ],
    [
      3,
      onHold.map((f) => (_, house) => {
        return { type: 'cancel', holder: f.holder, bookingId: bookingOf(house, f.pick), asStaff: f.asStaff };
      }),
    ],
    [1, seats.map((names) => () => ({ type: 'block', seats: names.slice(0, 2), reason: 'r' }))],
    [2, seats.map((names) => () => ({ type: 'unblock', seats: names }))],
    [1, fc.constant(() => ({ type: 'expire' }))],
  ];
  const make = fc.oneof(...makes.map(([weight, arbitrary]) => ({ weight, arbitrary })));
  const step = fc.record({ wait: fc.integer({ min: 0, max: 10 }), make });
  return fc.array(step, { minLength: 1, maxLength: 60, size: 'max' });
}

function outcome(applied: Applied): string {
  return applied.reply.ok ? 'ok' : applied.reply.refusal.code;
}

/** Runs the steps and returns all that was said, with a look after each command. */
function play(house: House, steps: readonly Step[], look: (command: Command, applied: Applied, now: number) => void) {
  let now = 1000;
  return steps.map((step, serial) => {
    now += step.wait;
    const command = step.make(serial, house);
    const before = picture(house);
    const applied = apply(house, command, now);
    if (!applied.reply.ok) {
      expect(applied.changes).toEqual([]);
      expect(picture(house)).toBe(before);
    }
    assertHouse(house);
    const ends = [...house.holds.values()].map((hold) => hold.expiresAt);
    expect(nextExpiry(house)).toBe(ends.length === 0 ? undefined : Math.min(...ends));
    look(command, applied, now);
    return JSON.stringify(applied);
  });
}

describe('random commands', () => {
  it('are answered as the model answers, leave its statuses, and are refused without a trace', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(stepsOn(plain.data.seats.label), (steps) => {
        const house = houseOf(plain, RULES);
        const model = new Model(plain.data.seats.label, RULES);
        let judged = 'ok';
        let now = 1000;
        for (const [serial, step] of steps.entries()) {
          now += step.wait;
          judged = model.judge(step.make(serial, house), now);
          play(house, [{ wait: now - 1000, make: (_, same) => step.make(serial, same) }], (command, applied) => {
            expect(`${command.type}: ${outcome(applied)}`).toBe(`${command.type}: ${judged}`);
            seen.set(outcome(applied), (seen.get(outcome(applied)) ?? 0) + 1);
            if (judged !== 'ok') return;
            const { reply } = applied;
            const found = reply.ok && reply.type === 'hold' ? labels(plain, reply.hold.seats) : [];
            model.carryOut(command, now, found);
          });
          const names = ['available', 'held', 'booked', 'blocked'];
          const statuses = [...house.status].map((code) => names[code]);
          expect(statuses).toEqual(plain.data.seats.label.map((label) => model.statusOf(label)));
        }
      }),
      { numRuns: 400 },
    );
    const codes =
      'ok unknown_seat duplicate_seat unknown_hold hold_expired wrong_holder too_many_seats too_many_holds seats_unavailable not_in_hold too_many_extensions unknown_booking booking_cancelled';
    for (const code of codes.split(' ')) expect(seen.get(code) ?? 0, code).toBeGreaterThan(0);
  });

  const modes: Partial<HouseRules>[] = [
    { singleGap: 'strict' },
    { singleGap: 'lenient' },
    { distancing: 1 },
    { distancing: 2, singleGap: 'strict' },
  ];
  it.each(modes)('keep pairs, companions and distance under %j, and can be replayed from their changes', (rules) => {
    fc.assert(
      fc.property(stepsOn(special.data.seats.label), (steps) => {
        const house = houseOf(special, { ...RULES, ...rules });
        const replica = new Replica();
        play(house, steps, (command, applied) => {
          replica.follow(applied.changes);
          replica.expectLike(house);
          if (command.type !== 'cancel' && command.type !== 'block') expectRulesKept(house);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('give the same answers to the same commands, to the byte', () => {
    fc.assert(
      fc.property(stepsOn(special.data.seats.label), (steps) => {
        const twice = [0, 1].map(() => {
          const house = houseOf(special, { ...RULES, singleGap: 'strict' });
          return [...play(house, steps, () => undefined), picture(house)];
        });
        expect(twice[0]).toEqual(twice[1]);
      }),
      { numRuns: 100 },
    );
  });
});

/** Seats of one owner hold pairs whole; parties keep their distance along each picture row. */
function expectRulesKept(house: House): void {
  const { map, rules } = house;
  const holderOf = (seat: number) => {
    const owner = house.ownerOf[seat] ?? '';
    return (house.holds.get(owner) ?? house.bookings.get(owner))?.holder;
  };
  for (const [left, right] of map.data.pairs) expect(house.ownerOf[left]).toBe(house.ownerOf[right]);
  for (const hold of house.holds.values()) {
    for (const seat of hold.seats) {
      const space = map.wheelchairOf[seat]!;
      if (space >= 0 && !hold.seats.includes(space)) {
        const sold = [...house.bookings.values()].some(
          (booking) => booking.holder === hold.holder && booking.seats.includes(space),
        );
        expect(sold).toBe(true);
      }
    }
  }
  for (const block of map.blocks) {
    block.forEach((seat, place) => {
      for (let step = 1; step <= rules.distancing; step++) {
        const [mine, other] = [holderOf(seat), holderOf(block[place + step] ?? -1)];
        if (mine !== undefined && other !== undefined) expect(mine).toBe(other);
      }
    });
  }
}
