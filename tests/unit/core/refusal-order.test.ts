/**
 * Which rule refuses first. Every rule of a command is a way to break it; any two of them are broken together, neighbours
 * among them, and the earlier one must be told. The orders are held to those that SPEC.md writes down.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import type { Command } from '../../../src/core/command.js';
import type { Booking, Hold, House, HouseRules } from '../../../src/core/house.js';
import type { Limits } from '../../../src/core/limits/limit-rules.js';
import { rulesOf } from '../../tidy/specification.js';
import { houseOf, mapOf, picture, seat } from './halls.js';

const map = mapOf(['..........', '..wc..pq..'], { name: 'Box', firstRow: 'X', rows: ['..'], category: 'Gold' });
const LABELS = map.data.seats.label;
const NOW = 1_000_000;

/** What a command is asked of, and what it asks, before it is spoilt. */
interface Scene {
  rules: Partial<HouseRules>;
  asker: string;
  asStaff: boolean;
  seats: string[];
  holdId: string;
  bookingId: string;
  amount: number;
  wish: { category?: string; zone?: string };
  /** What all seats are wished to be sold as; empty: nothing is said of it. */
  type: string;
  blocked: number[];
  /** What the hold of the asker has. */
  mine: string[];
  /** Seats that the asker has held for as long as it may. */
  rests: string[];
}
type Break = readonly [code: string, spoil: (scene: Scene) => void];

const hold = (id: string, holder: string, label: string, expiresAt = NOW + 1_000): Hold => ({
  id,
  holder,
  seats: [seat(map, label)],
  prices: [1000],
  expiresAt,
  extensions: 0,
});
const booking = (id: string, label: string, status: Booking['status']): Booking => ({
  id,
  reference: `R-${id}`,
  holder: 'me',
  holdId: `of-${id}`,
  seats: [seat(map, label)],
  price: { amount: 1_000, currency: 'EUR' },
  status,
});

/** The code of the refusal of `command`, in a scene that is spoilt in these ways; a seat rule with its reasons. */
function refusal(command: (scene: Scene) => Command, base: Partial<Scene>, breaks: readonly Break[]): string {
  const scene: Scene = {
    rules: {},
    asker: 'me',
    asStaff: false,
    seats: ['A-2', 'A-3'],
    holdId: 'mine',
    bookingId: 'sold',
    amount: 1000,
    wish: {},
    type: '',
    blocked: [],
    mine: ['A-1'],
    rests: [],
    ...structuredClone(base),
  };
  for (const [, spoil] of breaks) spoil(scene);
  const mine = { ...hold('mine', 'me', 'A-1'), seats: scene.mine.map((label) => seat(map, label)) };
  const holds = [mine, hold('theirs', 'you', 'A-6'), hold('late', 'me', 'A-10', NOW)];
  const bookings = [booking('sold', 'B-1', 'confirmed'), booking('undone', 'B-2', 'cancelled')];
  const house = houseOf(map, scene.rules, { holds, bookings, blocked: scene.blocked });
  rest(house, FROM.account, scene.rests);
  const before = picture(house);
  const { reply } = apply(house, command(scene), NOW);
  if (reply.ok) return 'ok';
  expect(picture(house)).toBe(before);
  const { refusal } = reply;
  if (refusal.code !== 'seat_rule') return refusal.code;
  return [...new Set(refusal.conflicts.map(({ reason }) => reason))].join(' ');
}

/** As after a hold of these seats that lasted for as long as one may. */
function rest(house: House, account: string, labels: readonly string[]): void {
  if (labels.length === 0) return;
  const seats = labels.map((label) => seat(map, label));
  house.tenures?.taken(seats, account, undefined, NOW - LIMITS.seatHeldMsMax, LIMITS);
  house.tenures?.freed(seats, NOW);
}

const LIMITS: Limits = {
  seatsHeldPerAccount: 0,
  holdsPerAccount: 0,
  bookingsPerAccount: 0,
  seatsHeldPerAddress: 0,
  holdsPerAddress: 0,
  bookingsPerAddress: 0,
  seatHeldMsMax: 60_000,
  seatRestMs: 60_000,
};
const FROM = { account: 'account' };
const limited = (name: string, limits: Partial<Limits>): Break => [
  name,
  (scene) => Object.assign(scene.rules, { limits: { ...LIMITS, ...scene.rules.limits, ...limits } }),
];
const tooManyHeld = limited('too_many_held', { seatsHeldPerAccount: 1 });
const heldTooLong: Break = [
  'held_too_long',
  (scene) => {
    Object.assign(scene.rules, { limits: scene.rules.limits ?? LIMITS });
    scene.rests.push(...LABELS);
  },
];

const closed: Break = ['sales_closed', (scene) => Object.assign(scene.rules, { salesOpen: false })];
const unknownSeat: Break = ['unknown_seat', (scene) => scene.seats.push('Q-1')];
const duplicate: Break = ['duplicate_seat', (scene) => scene.seats.push(scene.seats[0]!)];
const taken: Break = ['seats_unavailable', (scene) => scene.seats.push('A-6')];
const unknownHold: Break = ['unknown_hold', (scene) => Object.assign(scene, { holdId: 'nothing' })];
const ended: Break = ['hold_expired', (scene) => Object.assign(scene, { holdId: 'late' })];
const notTheirs: Break = ['wrong_holder', (scene) => Object.assign(scene, { asker: 'somebody' })];
const inTheHold: Break = ['duplicate_seat', (scene) => scene.seats.push('A-1')];
const tooManySeats: Break = ['too_many_seats', (scene) => Object.assign(scene.rules, { seatsPerHold: 1 })];
const tooManyHolds: Break = ['too_many_holds', (scene) => Object.assign(scene.rules, { holdsPerHolder: 1 })];
const unknownType: Break = ['unknown_ticket_type', (scene) => Object.assign(scene, { type: 'pupil' })];
const scarce = [{ id: 'adult', name: 'Adult', maxPerHold: 1, prices: [1_000, 500] }];
const tooManyOfAType: Break = ['ticket_type_limit', (scene) => Object.assign(scene.rules, { ticketTypes: scarce })];
const halfAPair: Break = ['pair_split', (scene) => scene.seats.push('B-7')];

interface Order {
  /** Of SPEC.md, where this is all of it. */
  readonly id: string;
  readonly command: (scene: Scene) => Command;
  readonly base?: Partial<Scene>;
  readonly breaks: readonly Break[];
  /** What no command can break both of: one id names one thing. */
  readonly never?: readonly (readonly [string, string])[];
}

const ONE_HOLD = [['unknown_hold', 'hold_expired']] as const;
/** Only a hold that lives can have the seat already. */
const A_LIVING_HOLD = [
  ...ONE_HOLD,
  ['unknown_hold', 'duplicate_seat'],
  ['wrong_holder', 'duplicate_seat'],
  ['hold_expired', 'duplicate_seat'],
] as const;
const typed = ({ type }: Scene, count: number) =>
  type === '' ? {} : { ticketTypes: new Array<string>(count).fill(type) };
const holding = (scene: Scene): Command => {
  const { asker, seats } = scene;
  return { type: 'hold', holder: asker, seats, newHoldId: 'new', from: FROM, ...typed(scene, seats.length) };
};

const ORDERS: Readonly<Record<string, Order>> = {
  'a new hold': {
    id: 'HOLD-ORDER',
    command: holding,
    breaks: [
      ...[closed, unknownSeat, duplicate, tooManySeats, unknownType, tooManyOfAType],
      ...[tooManyHolds, tooManyHeld, taken, heldTooLong, halfAPair],
    ],
  },
  'adding to a hold': {
    id: 'HOLD-ORDER',
    command: (scene) => ({ ...holding(scene), addTo: scene.holdId }) as Command,
    breaks: [
      ...[closed, unknownSeat, duplicate, unknownHold, notTheirs, ended, inTheHold, tooManySeats],
      ...[unknownType, tooManyOfAType, tooManyHeld, taken, heldTooLong, halfAPair],
    ],
    never: A_LIVING_HOLD,
  },
  'the pairs before the gaps': {
    id: 'SEAT-RULE-ORDER',
    command: holding,
    base: { rules: { singleGap: 'strict' }, seats: ['A-2'] },
    breaks: [halfAPair, ['single_gap', (scene) => scene.seats.push('B-9')]],
  },
  // Where there is distancing no gap is looked for, so that these two never meet.
  'the pairs before the distances': {
    id: 'SEAT-RULE-ORDER',
    command: holding,
    base: { rules: { distancing: 1, singleGap: 'strict' }, seats: ['A-2'] },
    breaks: [
      ['companion_alone', (scene) => scene.seats.push('B-4')],
      ['distancing', (scene) => scene.seats.push('A-5')],
    ],
  },
  best_available: {
    id: 'BEST-ORDER',
    command: (scene) => {
      const { asker: holder, wish } = scene;
      return { type: 'best_available', holder, count: 2, newHoldId: 'new', from: FROM, ...wish, ...typed(scene, 2) };
    },
    breaks: [
      closed,
      tooManySeats,
      ['unknown_category', (scene) => Object.assign(scene.wish, { category: 'Silver' })],
      ['unknown_zone', (scene) => Object.assign(scene.wish, { zone: 'Moon' })],
      unknownType,
      tooManyOfAType,
      tooManyHolds,
      tooManyHeld,
      ['none_available', (scene) => scene.blocked.push(...freeSeats())],
      heldTooLong,
    ],
  },
  release: {
    id: 'RELEASE-ORDER',
    command: ({ asker, holdId, seats }) => ({ type: 'release', holder: asker, holdId, seats }),
    base: { seats: ['A-1'] },
    breaks: [
      unknownHold,
      notTheirs,
      ended,
      unknownSeat,
      duplicate,
      ['not_in_hold', (scene) => scene.seats.push('A-6')],
      // The seat at the wall is given back and the one beside it is not.
      ['single_gap', (scene) => Object.assign(scene, { mine: ['A-1', 'A-2'], rules: { singleGap: 'strict' } })],
    ],
    never: ONE_HOLD,
  },
  retype: {
    id: 'RETYPE-ORDER',
    command: ({ asker, holdId, seats, type }) => {
      return { type: 'retype', holder: asker, holdId, seats, ticketTypes: seats.map(() => type) };
    },
    base: {
      rules: { ticketTypes: [...scarce.map((type) => ({ ...type, id: 'child', maxPerHold: 2 }))] },
      seats: ['A-1'],
      mine: ['A-1', 'A-2'],
      type: 'child',
    },
    breaks: [
      closed,
      unknownHold,
      notTheirs,
      ended,
      unknownSeat,
      duplicate,
      ['not_in_hold', (scene) => scene.seats.push('A-6')],
      unknownType,
      [
        'ticket_type_limit',
        (scene) => {
          scene.seats = ['A-1', 'A-2'];
          Object.assign(scene.rules, { ticketTypes: scarce.map((type) => ({ ...type, id: 'child' })) });
        },
      ],
    ],
    never: ONE_HOLD,
  },
  extend: {
    id: 'EXTEND-ORDER',
    command: ({ asker, holdId }) => ({ type: 'extend', holder: asker, holdId }),
    breaks: [
      closed,
      unknownHold,
      notTheirs,
      ended,
      ['too_many_extensions', (scene) => Object.assign(scene.rules, { extensionsPerHold: 0 })],
    ],
    never: ONE_HOLD,
  },
  book: {
    id: 'BOOK-ORDER',
    command: ({ asker, holdId, amount }) => ({
      type: 'book',
      holder: asker,
      holdId,
      price: { amount, currency: 'EUR' },
      newBookingId: 'new',
      newReference: 'R-new',
      from: FROM,
    }),
    breaks: [
      closed,
      unknownHold,
      notTheirs,
      ended,
      ['price_changed', (scene) => Object.assign(scene, { amount: 999 })],
      limited('too_many_bookings', { bookingsPerAccount: 1 }),
    ],
    never: ONE_HOLD,
  },
  cancel: {
    id: 'CANCEL-ORDER',
    command: ({ asker, bookingId, asStaff }) => ({ type: 'cancel', holder: asker, bookingId, asStaff }),
    breaks: [
      ['unknown_booking', (scene) => Object.assign(scene, { bookingId: 'nothing' })],
      notTheirs,
      ['booking_cancelled', (scene) => Object.assign(scene, { bookingId: 'undone' })],
    ],
    never: [['unknown_booking', 'booking_cancelled']],
  },
  take_away: {
    id: 'TAKE-ORDER',
    command: ({ holdId }) => ({ type: 'take_away', holdId, reason: '' }),
    breaks: [unknownHold, ended],
    never: ONE_HOLD,
  },
  'take_away of seats': {
    id: 'TAKE-ORDER',
    command: ({ seats }) => ({ type: 'take_away', seats, reason: '' }),
    breaks: [unknownSeat, duplicate, ['seats_unavailable', (scene) => scene.seats.push('B-1')]],
  },
  reseat: {
    id: 'RESEAT-ORDER',
    command: ({ bookingId, seats }) => ({ type: 'reseat', bookingId, seats, reason: '' }),
    base: { seats: ['A-2'] },
    breaks: [
      ['unknown_booking', (scene) => Object.assign(scene, { bookingId: 'nothing' })],
      ['booking_cancelled', (scene) => Object.assign(scene, { bookingId: 'undone' })],
      unknownSeat,
      duplicate,
      ['wrong_seat_count', (scene) => scene.seats.push('A-3')],
      ['seats_unavailable', (scene) => Object.assign(scene, { seats: ['A-6', ...scene.seats.slice(1)] })],
      ['pair_split', (scene) => Object.assign(scene, { seats: [...scene.seats.slice(0, -1), 'B-7'] })],
    ],
    never: [
      ['unknown_booking', 'booking_cancelled'],
      // Of one seat only one thing can be wrong.
      ['seats_unavailable', 'pair_split'],
      ['duplicate_seat', 'pair_split'],
      ['unknown_seat', 'pair_split'],
    ],
  },
  block: {
    id: 'BLOCK-ORDER',
    command: ({ seats }) => ({ type: 'block', seats, reason: 'camera' }),
    breaks: [unknownSeat, duplicate, taken],
  },
  unblock: {
    id: 'UNBLOCK-ORDER',
    command: ({ seats }) => ({ type: 'unblock', seats }),
    breaks: [unknownSeat, duplicate, taken],
  },
};

function freeSeats(): number[] {
  const others = new Set(['A-1', 'A-6', 'A-10', 'B-1'].map((label) => seat(map, label)));
  return Array.from({ length: map.count }, (_, index) => index).filter((index) => !others.has(index));
}

/** Every two of an order that can be broken together, the earlier first. The later is spoilt first, so as not to be undone. */
const PAIRS = Object.entries(ORDERS).flatMap(([name, { id, command, base = {}, breaks, never = [] }]) =>
  breaks.flatMap((first, i) =>
    breaks.slice(i + 1).flatMap((second) => {
      if (never.some(([one, other]) => one === first[0] && other === second[0])) return [];
      return [{ name, id, command, base, first, second, winner: first[0], loser: second[0] }];
    }),
  ),
);
const of = (...ids: string[]) => PAIRS.filter(({ id }) => ids.includes(id));

function expectOrder({ command, base, first, second }: (typeof PAIRS)[number]): void {
  expect(refusal(command, base, [])).toBe('ok');
  expect(refusal(command, base, [first])).toBe(first[0]);
  expect(refusal(command, base, [second])).toBe(second[0]);
  expect(refusal(command, base, [second, first])).toBe(first[0]);
}

describe('of two rules that are broken the earlier is told', () => {
  it.each(of('HOLD-ORDER'))('[HOLD-ORDER] $name: $winner before $loser', expectOrder);
  it.each(of('SEAT-RULE-ORDER'))('[SEAT-RULE-ORDER] $name: $winner before $loser', expectOrder);
  it.each(of('BEST-ORDER'))('[BEST-ORDER] $winner before $loser', expectOrder);
  it.each(of('RELEASE-ORDER'))('[RELEASE-ORDER] $winner before $loser', expectOrder);
  it.each(of('RETYPE-ORDER'))('[RETYPE-ORDER] $winner before $loser', expectOrder);
  it.each(of('EXTEND-ORDER'))('[EXTEND-ORDER] $winner before $loser', expectOrder);
  it.each(of('BOOK-ORDER'))('[BOOK-ORDER] $winner before $loser', expectOrder);
  it.each(of('CANCEL-ORDER'))('[CANCEL-ORDER] $winner before $loser', expectOrder);
  it.each(of('TAKE-ORDER'))('[TAKE-ORDER] $winner before $loser', expectOrder);
  it.each(of('RESEAT-ORDER'))('[RESEAT-ORDER] $winner before $loser', expectOrder);
  it.each(of('BLOCK-ORDER', 'UNBLOCK-ORDER'))(
    '[BLOCK-ORDER] [UNBLOCK-ORDER] $name: $winner before $loser',
    expectOrder,
  );

  it('[CANCEL-ORDER] but for staff, to whom any booking is theirs', () => {
    const { command, breaks } = ORDERS['cancel']!;
    expect(refusal(command, { asStaff: true, asker: 'staff' }, [])).toBe('ok');
    expect(refusal(command, { asStaff: true, asker: 'staff' }, [breaks[2]!])).toBe('booking_cancelled');
  });

  it('[SEAT-RULE-ORDER] pairs and companions are told together', () => {
    expect(refusal(holding, { seats: ['B-7', 'B-4'] }, [])).toBe('pair_split companion_alone');
  });
});

describe('the orders of SPEC.md', () => {
  const rules = rulesOf(readFileSync('src/core/SPEC.md', 'utf8'));
  const told = (id: string) =>
    [...(rules.find((rule) => rule.id === id)?.text ?? '').matchAll(/`([a-z_]+)`/g)].map(([, code]) => code);
  const tested = (id: string) =>
    Object.values(ORDERS).flatMap((order) => (order.id === id ? [order.breaks.map(([code]) => code)] : []));

  it.each(['BEST', 'RELEASE', 'EXTEND', 'BOOK', 'CANCEL', 'RESEAT', 'BLOCK', 'UNBLOCK'])(
    '%s-ORDER is what is tested',
    (name) => {
      const [codes = []] = tested(`${name}-ORDER`);
      expect(codes.map((code) => (['single_gap', 'pair_split'].includes(code) ? 'seat_rule' : code))).toEqual(
        told(`${name}-ORDER`),
      );
    },
  );

  it('TAKE-ORDER is that of a hold, then that of seats', () => {
    expect(tested('TAKE-ORDER').flat()).toEqual(told('TAKE-ORDER'));
  });

  it('HOLD-ORDER is that of a new hold and that of adding to one, in one line', () => {
    const withoutPairs = (codes: string[]) => codes.map((code) => (code === 'pair_split' ? 'seat_rule' : code));
    const [made = [], added = []] = tested('HOLD-ORDER').map(withoutPairs);
    const all = told('HOLD-ORDER');
    // A new hold has no seats yet, so for it the second `duplicate_seat` says nothing.
    const ofNew = all.filter((code, at) => made.includes(code ?? '') && all.indexOf(code) === at);
    expect(ofNew).toEqual(made);
    expect(all.filter((code) => added.includes(code ?? ''))).toEqual(added);
    expect(new Set(all)).toEqual(new Set([...made, ...added]));
  });
});
