import type { Money } from '../../../src/protocol/money.js';
import type { Dice } from './dice.js';

/** What a client has in its hands: with these its commands reach further than the first check. */
export interface Grip {
  readonly labels: readonly string[];
  readonly staff: boolean;
  /** The first of these is what commands mostly name. */
  readonly holds: readonly { readonly id: string; readonly seats: readonly string[]; readonly price: Money }[];
  readonly bookings: readonly string[];
  /** Used before, with which type. */
  readonly lastCommand: { readonly id: number; readonly commandId: string; readonly type: string } | undefined;
  readonly token: string | undefined;
  /** What the sender's clock shows, in milliseconds since 1970. */
  readonly now: number;
}

export const EMPTY_GRIP: Grip = {
  labels: ['1-1', '1-2', '1-3', '2-1'],
  staff: false,
  holds: [],
  bookings: [],
  lastCommand: undefined,
  now: 0,
  token: undefined,
};

export type Fields = Readonly<Record<string, unknown>> & { readonly type: string };

/** A message that the protocol allows, whether or not the house does. */
export function validMessage(dice: Dice, grip: Grip, id: number): Fields {
  const hold = grip.holds.length > 0 ? dice.pick(grip.holds) : undefined;
  const holdId = hold?.id ?? dice.uuid();
  const command = { id, commandId: dice.uuid() };
  switch (dice.weighed(weights(grip))) {
    case 'ping':
      return { type: 'ping', id };
    case 'hold':
      return {
        type: 'hold',
        ...command,
        seats: someSeats(dice, grip),
        ...(hold && dice.chance(0.2) ? { holdId } : {}),
      };
    case 'best':
      return {
        type: 'best_available',
        ...command,
        count: 1 + dice.below(dice.chance(0.9) ? 4 : 100),
        ...(dice.chance(0.3) ? { category: dice.chance(0.8) ? 'Seat' : 'Box' } : {}),
        ...(dice.chance(0.3) ? { zone: dice.chance(0.8) ? 'Hall' : 'Roof' } : {}),
        ...(dice.chance(0.1) ? { accessible: dice.chance(0.5) } : {}),
      };
    case 'release': {
      const some = hold && dice.chance(0.4) ? { seats: hold.seats.slice(0, 1) } : {};
      return { type: 'release', ...command, holdId, ...some };
    }
    case 'retype': {
      const seats = hold?.seats.slice(0, 2) ?? ['1-1'];
      return {
        type: 'retype',
        ...command,
        holdId,
        seats,
        ticketTypes: seats.map(() => dice.pick(['adult', 'child', 'x'])),
      };
    }
    case 'extend':
      return { type: 'extend', ...command, holdId };
    case 'book': {
      const token = dice.chance(0.2) ? { token: dice.pick(['decline', 'tok_1', '']) } : {};
      const price = hold && dice.chance(0.9) ? hold.price : { amount: dice.below(5_000), currency: 'EUR' };
      const shown = hold && dice.chance(0.3) ? { seats: hold.seats } : {};
      return { type: 'book', ...command, holdId, payment: { method: 'test', ...token }, price, ...shown };
    }
    case 'cancel':
      return { type: 'cancel', ...command, bookingId: grip.bookings[0] ?? dice.uuid() };
    case 'block':
      return {
        type: 'block',
        ...command,
        seats: someSeats(dice, grip),
        ...(dice.chance(0.5) ? { reason: 'camera' } : {}),
      };
    case 'take_away': {
      const what = hold && dice.chance(0.5) ? { holdId: hold.id } : { seats: someSeats(dice, grip) };
      return { type: 'take_away', ...command, ...what, ...(dice.chance(0.5) ? { reason: 'camera' } : {}) };
    }
    case 'reseat': {
      const seats = someSeats(dice, grip);
      return { type: 'reseat', ...command, bookingId: grip.bookings[0] ?? dice.uuid(), seats };
    }
    case 'allocate':
      return {
        type: 'allocate',
        ...command,
        seats: someSeats(dice, grip),
        channel: dice.pick(['web', 'walk_in', 'pos', 'partner']),
        // Some have passed, some end while it lasts, some never do.
        ...(dice.chance(0.8) ? { until: grip.now + dice.below(3_000) - 500 } : {}),
      };
    case 'deallocate':
      return { type: 'deallocate', ...command, seats: someSeats(dice, grip) };
    default:
      return { type: 'unblock', ...command, seats: someSeats(dice, grip) };
  }
}

/** Nobody gathers more than a few holds and bookings, or the house would be full before anything was tried. */
function weights({ staff, holds, bookings }: Grip) {
  return [
    [10, 'ping'],
    [holds.length < 3 ? 30 : 5, 'hold'],
    [holds.length < 3 ? 10 : 2, 'best'],
    [holds.length > 0 ? 25 : 4, 'release'],
    [6, 'extend'],
    [4, 'retype'],
    [holds.length > 0 && bookings.length < 3 ? 15 : 3, 'book'],
    [bookings.length > 0 ? 20 : 2, 'cancel'],
    [staff ? 10 : 1, 'block'],
    [staff ? 25 : 1, 'unblock'],
    [staff ? 8 : 1, 'take_away'],
    [staff ? 8 : 1, 'reseat'],
    [staff ? 6 : 1, 'allocate'],
    [staff ? 10 : 1, 'deallocate'],
  ] as const;
}

function someSeats(dice: Dice, { labels }: Grip): string[] {
  const first = dice.below(labels.length);
  const count = dice.chance(0.95) ? 1 + dice.below(4) : 1 + dice.below(100);
  return Array.from({ length: count }, (_, i) => labels[(first + i) % labels.length] ?? '1-1');
}
