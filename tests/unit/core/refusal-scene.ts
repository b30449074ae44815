/** A scene that every command can be asked in, and the ways to spoil it: what the tests of the orders of refusals share. */
import { expect } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import type { Command } from '../../../src/core/command.js';
import type { Booking, Hold, House, HouseRules } from '../../../src/core/house.js';
import type { Limits } from '../../../src/core/limits/limit-rules.js';
import { houseOf, mapOf, picture, seat } from './halls.js';

export const map = mapOf(['..........', '..wc..pq..'], { name: 'Box', firstRow: 'X', rows: ['..'], category: 'Gold' });
const LABELS = map.data.seats.label;
export const NOW = 1_000_000;

/** What a command is asked of, and what it asks, before it is spoilt. */
export interface Scene {
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
  /** Of an allocation, or of what is asked for an order. */
  until: number;
  /** What the booking has. */
  sold: string[];
  /** The holds of the asker and the bookings are in an order, another than the one that asks. */
  inOrder: boolean;
}
export type Break = readonly [code: string, spoil: (scene: Scene) => void];

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
export function refusal(command: (scene: Scene) => Command, base: Partial<Scene>, breaks: readonly Break[]): string {
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
    until: NOW + 1,
    sold: ['B-1'],
    inOrder: false,
    ...structuredClone(base),
  };
  for (const [, spoil] of breaks) spoil(scene);
  const order = scene.inOrder ? { orderId: 'another' } : {};
  const seatsOf = (labels: readonly string[]) => labels.map((label) => seat(map, label));
  const mine = { ...hold('mine', 'me', 'A-1'), seats: seatsOf(scene.mine), ...order };
  const holds = [mine, hold('theirs', 'you', 'A-6'), { ...hold('late', 'me', 'A-10', NOW), ...order }];
  const sold = { ...booking('sold', 'B-1', 'confirmed'), seats: seatsOf(scene.sold), ...order };
  const bookings = [sold, { ...booking('undone', 'B-2', 'cancelled'), ...order }];
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
export const FROM = { account: 'account' };
export const limited = (name: string, limits: Partial<Limits>): Break => [
  name,
  (scene) => Object.assign(scene.rules, { limits: { ...LIMITS, ...scene.rules.limits, ...limits } }),
];
export const tooManyHeld = limited('too_many_held', { seatsHeldPerAccount: 1 });
export const heldTooLong: Break = [
  'held_too_long',
  (scene) => {
    Object.assign(scene.rules, { limits: scene.rules.limits ?? LIMITS });
    scene.rests.push(...LABELS);
  },
];

export const channelClosed: Break = ['channel_closed', (scene) => Object.assign(scene.rules, { channels: ['pos'] })];
export const closed: Break = ['sales_closed', (scene) => Object.assign(scene.rules, { salesOpen: false })];
export const unknownSeat: Break = ['unknown_seat', (scene) => scene.seats.push('Q-1')];
export const duplicate: Break = ['duplicate_seat', (scene) => scene.seats.push(scene.seats[0]!)];
export const taken: Break = ['seats_unavailable', (scene) => scene.seats.push('A-6')];
export const unknownHold: Break = ['unknown_hold', (scene) => Object.assign(scene, { holdId: 'nothing' })];
export const ended: Break = ['hold_expired', (scene) => Object.assign(scene, { holdId: 'late' })];
export const notTheirs: Break = ['wrong_holder', (scene) => Object.assign(scene, { asker: 'somebody' })];
export const inAnOrder: Break = ['hold_in_order', (scene) => Object.assign(scene, { inOrder: true })];
export const inTheHold: Break = ['duplicate_seat', (scene) => scene.seats.push('A-1')];
export const tooManySeats: Break = ['too_many_seats', (scene) => Object.assign(scene.rules, { seatsPerHold: 1 })];
export const tooManyHolds: Break = ['too_many_holds', (scene) => Object.assign(scene.rules, { holdsPerHolder: 1 })];
export const unknownType: Break = ['unknown_ticket_type', (scene) => Object.assign(scene, { type: 'pupil' })];
export const scarce = [{ id: 'adult', name: 'Adult', maxPerHold: 1, prices: [1_000, 500] }];
export const tooManyOfAType: Break = [
  'ticket_type_limit',
  (scene) => Object.assign(scene.rules, { ticketTypes: scarce }),
];
export const halfAPair: Break = ['pair_split', (scene) => scene.seats.push('B-7')];
