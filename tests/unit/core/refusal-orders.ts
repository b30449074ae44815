/** Every command with the ways to break a rule of it, in the order of SPEC.md: see refusal-order.test.ts. */
import type { Command } from '../../../src/core/command.js';
import { seat } from './halls.js';
import {
  type Break,
  channelClosed,
  closed,
  duplicate,
  ended,
  FROM,
  halfAPair,
  heldTooLong,
  inAnOrder,
  inTheHold,
  limited,
  map,
  NOW,
  notTheirs,
  type Scene,
  scarce,
  taken,
  tooManyHeld,
  tooManyHolds,
  tooManyOfAType,
  tooManySeats,
  unknownHold,
  unknownSeat,
  unknownType,
} from './refusal-scene.js';

export interface Order {
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
const otherPrice: Break = ['price_changed', (scene) => Object.assign(scene, { amount: 999 })];
export const holding = (scene: Scene): Command => {
  const { asker, seats } = scene;
  return { type: 'hold', holder: asker, seats, newHoldId: 'new', from: FROM, ...typed(scene, seats.length) };
};

export const ORDERS: Readonly<Record<string, Order>> = {
  'a new hold': {
    id: 'HOLD-ORDER',
    command: holding,
    breaks: [
      ...[closed, channelClosed, unknownSeat, duplicate, tooManySeats, unknownType, tooManyOfAType],
      ...[tooManyHolds, tooManyHeld, taken, heldTooLong, halfAPair],
    ],
  },
  'adding to a hold': {
    id: 'HOLD-ORDER',
    command: (scene) => ({ ...holding(scene), addTo: scene.holdId }) as Command,
    breaks: [
      ...[closed, channelClosed, unknownSeat, duplicate, unknownHold, notTheirs, ended, inAnOrder, inTheHold],
      ...[tooManySeats, unknownType, tooManyOfAType, tooManyHeld, taken, heldTooLong, halfAPair],
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
      channelClosed,
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
      inAnOrder,
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
      inAnOrder,
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
      inAnOrder,
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
      inAnOrder,
      otherPrice,
      limited('too_many_bookings', { bookingsPerAccount: 1 }),
    ],
    never: ONE_HOLD,
  },
  check_out: {
    id: 'CHECK-OUT-ORDER',
    command: ({ asker: holder, holdId, amount, until }) => {
      const price = { amount, currency: 'EUR' };
      return { type: 'check_out', holder, holdId, orderId: 'this', until, price, from: FROM };
    },
    breaks: [
      ...[unknownHold, notTheirs, ended, inAnOrder, closed, otherPrice],
      limited('too_many_bookings', { bookingsPerAccount: 1 }),
    ],
    never: ONE_HOLD,
  },
  return_hold: {
    id: 'RETURN-ORDER',
    command: ({ asker: holder, holdId, until: expiresAt }) => {
      return { type: 'return_hold', holder, holdId, orderId: 'this', expiresAt };
    },
    breaks: [unknownHold, notTheirs, ended, inAnOrder],
    never: ONE_HOLD,
  },
  retake: {
    id: 'RETAKE-ORDER',
    command: ({ asker: holder, seats, holdId: newHoldId, until }) => {
      return { type: 'retake', holder, seats, prices: seats.map(() => 1000), newHoldId, orderId: 'this', until };
    },
    base: { holdId: 'again' },
    breaks: [
      ['hold_in_order', (scene) => Object.assign(scene, { holdId: 'mine' })],
      ['sales_closed', (scene) => Object.assign(scene.rules, { cancelled: true })],
      ['hold_expired', (scene) => Object.assign(scene, { until: NOW })],
      ...[unknownSeat, duplicate, taken],
    ],
  },
  cancel: {
    id: 'CANCEL-ORDER',
    command: ({ asker: holder, bookingId, asStaff, seats }) => {
      return { type: 'cancel', holder, bookingId, asStaff, seats, amount: 100 };
    },
    base: { seats: ['B-1'], sold: ['B-1', 'B-7', 'B-8'] },
    breaks: [
      ['unknown_booking', (scene) => Object.assign(scene, { bookingId: 'nothing' })],
      notTheirs,
      ['booking_in_order', (scene) => Object.assign(scene, { inOrder: true })],
      ['booking_cancelled', (scene) => Object.assign(scene, { bookingId: 'undone' })],
      unknownSeat,
      duplicate,
      ['not_in_hold', (scene) => scene.seats.push('A-6')],
      halfAPair,
    ],
    never: [['unknown_booking', 'booking_cancelled']],
  },
  take_away: {
    id: 'TAKE-ORDER',
    command: ({ holdId }) => ({ type: 'take_away', holdId, reason: '' }),
    breaks: [unknownHold, ended, inAnOrder],
    never: ONE_HOLD,
  },
  'take_away of seats': {
    id: 'TAKE-ORDER',
    command: ({ seats }) => ({ type: 'take_away', seats, reason: '' }),
    breaks: [
      unknownSeat,
      duplicate,
      ['seats_unavailable', (scene) => scene.seats.push('B-1')],
      ['hold_in_order', (scene) => scene.seats.push(...Object.assign(scene, { inOrder: true }).mine)],
    ],
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
  allocate: {
    id: 'ALLOCATE-ORDER',
    command: ({ seats, until }) => ({ type: 'allocate', seats, channel: 'partner', until, reason: '', by: 'me' }),
    breaks: [['allocation_over', (scene) => Object.assign(scene, { until: NOW })], unknownSeat, duplicate, taken],
  },
  deallocate: {
    id: 'DEALLOCATE-ORDER',
    command: ({ seats }) => ({ type: 'deallocate', seats, reason: '' }),
    breaks: [unknownSeat, duplicate],
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
