/** Who waits for seats is offered what comes free, in turn, before anybody else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import { changeRules } from '../../../src/core/change-rules.js';
import type { Command } from '../../../src/core/command.js';
import { nextExpiry } from '../../../src/core/expiry.js';
import type { House, HouseRules, HouseState } from '../../../src/core/house.js';
import { hasFree } from '../../../src/core/waitlist/suits.js';
import type { WaitingEntry, Wish } from '../../../src/core/waitlist/waiting.js';
import { houseOf, labels, mapOf, RULES } from './halls.js';

const map = mapOf(['....', '....']);
const NOW = 1_000_000;
const OFFER_MS = 900_000;
const ANY: Wish = { count: 1, together: true };

let places = 0;

function entry(id: string, wish: Wish, more: Partial<WaitingEntry> = {}): WaitingEntry {
  return { id, holder: `holder of ${id}`, wish, place: ++places, holdId: `offer to ${id}`, offerMs: OFFER_MS, ...more };
}

/** A house in which `ann` holds each seat by itself, under its label. */
class Box {
  readonly house: House;
  now = NOW;

  constructor(rules: Partial<HouseRules> = {}, state?: Partial<HouseState>) {
    this.house = houseOf(map, { holdsPerHolder: 100, ...rules }, state);
    if (state) return;
    for (const seat of map.data.seats.label) this.do({ type: 'hold', holder: 'ann', seats: [seat], newHoldId: seat });
  }

  do(command: Command) {
    const applied = apply(this.house, command, this.now);
    assertHouse(this.house);
    return applied;
  }

  wait(...entries: WaitingEntry[]) {
    const { reply } = this.do({ type: 'wait', entries, joins: true });
    if (!reply.ok) return reply.refusal.code;
    return reply.type === 'waiting' && reply.isFree ? 'free' : 'waits';
  }

  free(...seats: string[]) {
    for (const seat of seats) this.do({ type: 'release', holder: 'ann', holdId: seat });
  }

  told(...entries: WaitingEntry[]) {
    const { reply } = this.do({ type: 'wait', entries });
    if (!reply.ok || reply.type !== 'waiting') throw new Error('no answer to who waits');
    return reply;
  }

  /** Who is offered what, such as `b: A-1`. */
  get offers(): string[] {
    const { holds, waiting } = this.house;
    const line = [...(waiting?.offers ?? [])].map(
      ([id, { id: who }]) => `${who}: ${labels(map, holds.get(id)?.seats ?? []).join(' ')}`,
    );
    return line.toSorted();
  }

  get available(): number {
    return this.house.available;
  }
}

describe('joining', () => {
  it('[WAIT-5] is told where what is wished is free, and does not enter the line', () => {
    const box = new Box();
    box.house.waiting = undefined;
    box.free('A-1', 'A-3', 'B-2');
    expect(box.wait(entry('a', ANY))).toBe('free');
    expect(box.wait(entry('a', { seats: ['A-1', 'B-2'] }))).toBe('free');
    expect(box.wait(entry('a', { count: 3, together: false }))).toBe('free');
    expect(box.house.waiting).toBeUndefined();
    expect(box.wait(entry('a', { count: 2, together: true }))).toBe('waits');
    expect(box.wait(entry('b', { seats: ['A-1', 'A-2'] }))).toBe('waits');
  });

  it('[WAIT-5] is refused where nobody could ever be served', () => {
    const box = new Box({ seatsPerHold: 2 });
    expect(box.wait(entry('a', { seats: ['Z-9'] }))).toBe('unknown_seat');
    expect(box.wait(entry('a', { seats: ['A-1', 'A-1'] }))).toBe('duplicate_seat');
    expect(box.wait(entry('a', { count: 3, together: false }))).toBe('too_many_seats');
    expect(box.wait(entry('a', { ...ANY, category: 'Royal' }))).toBe('unknown_category');
    expect(box.wait(entry('a', { ...ANY, zone: 'Moon' }))).toBe('unknown_zone');
    changeRules(box.house, { ...box.house.rules, salesOpen: false });
    expect(box.wait(entry('a', ANY))).toBe('sales_closed');
  });

  it('twice is joining once', () => {
    const box = new Box();
    expect(box.wait(entry('a', ANY))).toBe('waits');
    expect(box.wait(entry('a', ANY))).toBe('waits');
    box.free('A-1');
    expect(box.wait(entry('a', ANY))).toBe('waits');
    box.free('A-2');
    expect(box.offers).toEqual(['a: A-1']);
    expect(box.available).toBe(1);
  });
});

describe('a seat that comes free', () => {
  it('[WAIT-1] is offered in the very turn, to the first in the line whom it suits', () => {
    const box = new Box();
    box.wait(entry('a', { seats: ['B-1'] }));
    box.wait(entry('b', ANY), entry('c', ANY));
    const { changes } = box.do({ type: 'release', holder: 'ann', holdId: 'A-2' });
    expect(changes.map(({ type }) => type)).toEqual(['hold_dropped', 'hold_put']);
    expect(changes[1]).toMatchObject({ isOffer: true, hold: { id: 'offer to b', expiresAt: NOW + OFFER_MS } });
    expect(box.offers).toEqual(['b: A-2']);
    box.free('A-1', 'B-1', 'B-2');
    expect(box.offers).toEqual(['a: B-1', 'b: A-2', 'c: A-1']);
    expect(box.available).toBe(1);
  });

  it.each<[string, (box: Box) => void]>([
    [
      'by time',
      (box) => {
        box.now += RULES.holdTtlMs;
        box.do({ type: 'expire' });
      },
    ],
    [
      'by a cancellation',
      (box) => {
        const price = { amount: 1000, currency: 'EUR' };
        const booking = { newBookingId: 'booking', newReference: 'R', price };
        box.do({ type: 'book', holder: 'ann', holdId: 'A-1', ...booking });
        box.do({ type: 'cancel', holder: 'ann', bookingId: 'booking', asStaff: false });
      },
    ],
    ['by staff', (box) => void box.do({ type: 'take_away', holdId: 'A-1', reason: 'x' })],
    [
      'when it is unblocked',
      (box) => {
        box.house.waiting = undefined;
        box.free('A-1');
        box.do({ type: 'block', seats: ['A-1'], reason: 'x' });
        box.wait(entry('a', ANY));
        box.do({ type: 'unblock', seats: ['A-1'] });
      },
    ],
    [
      'when its allocation ends',
      (box) => {
        box.house.waiting = undefined;
        box.free('A-1');
        box.do({ type: 'allocate', seats: ['A-1'], channel: 'partner', reason: 'x', by: 'staff' });
        box.wait(entry('a', ANY));
        box.do({ type: 'deallocate', seats: ['A-1'], reason: 'x' });
      },
    ],
  ])('[WAIT-1] %s is offered', (_, frees) => {
    const box = new Box();
    box.wait(entry('a', ANY));
    frees(box);
    expect(box.offers).toEqual(['a: A-1']);
  });

  it('[WAIT-2] goes to whom it suits further behind; who cannot be served keeps the place', () => {
    const box = new Box();
    box.wait(entry('pair', { count: 2, together: true }), entry('single', ANY), entry('third', ANY));
    box.free('A-1');
    expect(box.offers).toEqual(['single: A-1']);
    box.do({ type: 'take_away', seats: ['B-1', 'B-2'], reason: 'x' });
    expect(box.offers).toEqual(['pair: B-1 B-2', 'single: A-1']);
  });

  it('apart from another does not suit those who want to sit together, and suits who does not mind', () => {
    const box = new Box();
    box.wait(entry('together', { count: 2, together: true }));
    box.wait(entry('apart', { count: 2, together: false }));
    box.do({ type: 'take_away', seats: ['A-1', 'B-4'], reason: 'x' });
    expect(box.offers).toEqual(['apart: A-1 B-4']);
  });

  it('[WAIT-2] is not offered beyond the limits of a holder, and goes to the next', () => {
    const box = new Box({ holdsPerHolder: 1 }, { holds: [], bookings: [], blocked: [] });
    box.do({ type: 'hold', holder: 'bob', seats: map.data.seats.label.slice(0, 8) as string[], newHoldId: 'bob' });
    box.wait(entry('a', ANY, { holder: 'bob' }), entry('b', ANY));
    box.do({ type: 'release', holder: 'bob', holdId: 'bob', seats: ['A-1'] });
    expect(box.offers).toEqual(['b: A-1']);
  });

  it('[WAIT-7] is not offered while sales are closed, and is when they open', () => {
    const box = new Box();
    box.wait(entry('a', ANY));
    const { rules } = box.house;
    changeRules(box.house, { ...rules, salesOpen: false });
    expect(nextExpiry(box.house)).toBe(0);
    box.do({ type: 'expire' });
    box.free('A-1');
    expect(box.offers).toEqual([]);
    changeRules(box.house, rules);
    expect(nextExpiry(box.house)).toBe(0);
    box.do({ type: 'expire' });
    expect(box.offers).toEqual(['a: A-1']);
    expect(nextExpiry(box.house)).toBeGreaterThan(NOW);
  });
});

describe('an offer', () => {
  it('[WAIT-3] that is declined or ends goes to the next in the same turn, and its entry is out', () => {
    const box = new Box({}, undefined);
    const [a, b, c] = [entry('a', ANY), entry('b', ANY), entry('c', ANY, { offerMs: 1_000 })];
    box.wait(a, b, c);
    box.free('A-1');
    box.do({ type: 'release', holder: a.holder, holdId: a.holdId });
    expect(box.offers).toEqual(['b: A-1']);
    for (const seat of map.data.seats.label.slice(1)) box.do({ type: 'extend', holder: 'ann', holdId: seat });
    box.do({ type: 'take_away', holdId: b.holdId, reason: 'x' });
    expect(box.offers).toEqual(['c: A-1']);
    box.now += 1_000;
    box.do({ type: 'expire' });
    expect(box.available).toBe(1);
    expect(box.told(a, b, c).ended).toEqual([
      { id: 'a', end: 'declined' },
      { id: 'b', end: 'lapsed' },
      { id: 'c', end: 'lapsed' },
    ]);
  });

  it('[WAIT-4] is booked like any hold', () => {
    const box = new Box();
    const a = entry('a', ANY);
    box.wait(a);
    box.free('A-1');
    const price = { amount: 1000, currency: 'EUR' };
    box.do({ type: 'book', holder: a.holder, holdId: a.holdId, newBookingId: 'booking', newReference: 'R', price });
    expect(box.told(a).ended).toEqual([{ id: 'a', end: 'taken' }]);
  });

  it('[WAIT-4] is shorter where sales end soon, but no shorter than two minutes', () => {
    const until = (closesIn: number) => {
      const box = new Box({ salesCloseAt: NOW + closesIn });
      box.wait(entry('a', ANY));
      box.free('A-1');
      return box.told().offers[0]!.expiresAt - NOW;
    };
    expect(until(24 * 3_600_000)).toBe(OFFER_MS);
    expect(until(20 * 60_000)).toBe(5 * 60_000);
    expect(until(60_000)).toBe(2 * 60_000);
  });
});

describe('the next owner', () => {
  const hold = (id: string, seat: number) => ({
    id,
    holder: `holder of ${id}`,
    seats: [seat],
    prices: [1000],
    expiresAt: NOW + 1_000,
    extensions: 0,
  });

  it('[WAIT-6] knows by the holds and bookings who is offered, who has taken, and who waits', () => {
    const [a, b, c, d] = [entry('a', ANY), entry('b', ANY), entry('c', ANY, { wasOffered: true }), entry('d', ANY)];
    const booking = {
      ...hold('b', 1),
      reference: 'R',
      holdId: b.holdId,
      price: { amount: 1000, currency: 'EUR' },
      status: 'confirmed' as const,
    };
    const rest = [2, 3, 4, 5, 6, 7].map((seat) => hold(`h${seat}`, seat));
    const state = {
      holds: [hold(a.holdId, 0), ...rest],
      bookings: [booking],
      blocked: [],
      waiting: { entries: [d, c, b, a], lastPlace: places },
    };
    const box = new Box({}, state);
    expect(nextExpiry(box.house)).toBe(0);
    box.do({ type: 'expire' });
    expect(box.offers).toEqual(['a: A-1']);
    expect(box.told(a, b, c, d).ended).toEqual([
      { id: 'b', end: 'taken' },
      { id: 'c', end: 'lapsed' },
    ]);
    box.do({ type: 'release', holder: 'holder of h2', holdId: 'h2' });
    expect(box.offers).toEqual(['a: A-1', 'd: A-3']);
  });

  it('[WAIT-6] a late message about somebody whose entry ended before the claim has no effect', () => {
    const late = entry('late', ANY);
    const holds = [0, 1, 2, 3, 4, 5, 6, 7].map((seat) => hold(`h${seat}`, seat));
    const box = new Box({}, { holds, bookings: [], blocked: [], waiting: { entries: [], lastPlace: places } });
    box.do({ type: 'wait', entries: [late], joins: true });
    box.do({ type: 'take_away', seats: ['A-1'], reason: 'x' });
    expect(box.offers).toEqual([]);
    box.do({ type: 'wait', entries: [entry('new', ANY)] });
    expect(box.offers).toEqual(['new: A-1']);
  });

  it('[WAIT-6] offers what is free before anybody else can take it', () => {
    const box = new Box(
      {},
      {
        holds: [],
        bookings: [],
        blocked: [],
        waiting: { entries: [entry('a', { seats: ['A-1'] })], lastPlace: places },
      },
    );
    box.do({ type: 'expire' });
    expect(box.offers).toEqual(['a: A-1']);
  });
});

it('nobody is offered anything who has left', () => {
  const box = new Box();
  box.wait(entry('a', ANY), entry('b', ANY));
  box.do({ type: 'stop_waiting', entryId: 'a' });
  box.free('A-1');
  expect(box.offers).toEqual(['b: A-1']);
});

describe('whatever happens in whatever order', () => {
  const all = map.data.seats.label as readonly string[];
  const wishes: fc.Arbitrary<Wish> = fc.oneof(
    fc.subarray([...all], { minLength: 1, maxLength: 3 }).map((seats) => ({ seats })),
    fc.record({ count: fc.integer({ min: 1, max: 3 }), together: fc.boolean() }),
  );
  const seat = fc.constantFrom(...all);
  const steps = fc.oneof(
    { weight: 3, arbitrary: fc.record({ does: fc.constant('wait' as const), wish: wishes }) },
    { weight: 6, arbitrary: fc.record({ does: fc.constant('take_away' as const), seat }) },
    { weight: 3, arbitrary: fc.record({ does: fc.constant('hold' as const), seat }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('block' as const, 'unblock' as const), seat }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('time' as const) }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('leave' as const), nth: fc.nat(9) }) },
  );

  /** Without the rules of the house: whether these seats alone would do. */
  const couldTake = (wish: Wish, seats: readonly string[]) =>
    'seats' in wish
      ? wish.seats.every((label) => seats.includes(label))
      : seats.length >= wish.count && (wish.count === 1 || !wish.together);

  it('[WAIT-2] nothing stays free that somebody waits for, and nobody is served before whom the same seats suit', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 40 }), (script) => {
        const box = new Box();
        let serial = 0;
        for (const step of script) {
          const before = [...(box.house.waiting?.line ?? [])];
          box.now += step.does === 'time' ? 200_000 : 1;
          const command = commandOf(step, ++serial, before);
          const { changes } = box.do(command);
          const line = box.house.waiting?.line ?? [];
          for (const { holder, wish } of line) expect(hasFree(box.house, holder, wish)).toBe(false);
          for (const change of changes) {
            if (change.type !== 'hold_put' || change.isOffer !== true) continue;
            const seats = change.hold.seats.map((index) => all[index] ?? '');
            const served = before.findIndex(({ holdId }) => holdId === change.hold.id);
            const passed = before.slice(0, Math.max(0, served)).filter((one) => line.includes(one));
            for (const { wish } of passed) expect(couldTake(wish, seats)).toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  function commandOf(step: Step, serial: number, line: readonly WaitingEntry[]): Command {
    switch (step.does) {
      case 'wait':
        return { type: 'wait', entries: [entry(`${1_000 + serial}`, step.wish)], joins: true };
      case 'hold':
        return { type: 'hold', holder: 'eve', seats: [step.seat], newHoldId: `eve ${serial}` };
      case 'take_away':
        return { type: 'take_away', seats: [step.seat], reason: 'x' };
      case 'time':
        return { type: 'expire' };
      case 'leave':
        return { type: 'stop_waiting', entryId: line[step.nth % Math.max(1, line.length)]?.id ?? '' };
      default:
        return { type: step.does, seats: [step.seat], reason: 'x' };
    }
  }
});

type Step =
  | { readonly does: 'wait'; readonly wish: Wish }
  | { readonly does: 'take_away' | 'hold' | 'block' | 'unblock'; readonly seat: string }
  | { readonly does: 'time' }
  | { readonly does: 'leave'; readonly nth: number };
