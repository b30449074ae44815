import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '../../../src/protocol/errors.js';
import type { Answer, Asker } from './askers.js';
import { seatsOf } from './hall.js';

/** What a case finds: three who ask about a showtime of their own, over the transport in question. */
export interface Scene {
  readonly guest: Asker;
  readonly other: Asker;
  readonly staff: Asker;
}

type Case = (scene: Scene) => Promise<Answer>;

const hold = (who: Asker, seats: readonly string[], more = {}) => who.ask({ type: 'hold', seats, ...more });

async function heldBy(who: Asker, seats: readonly string[] = ['R1-1']): Promise<string> {
  const { hold: made, error } = await hold(who, seats);
  if (!made) throw new Error(`the hold that a case rests on was refused: ${error?.code}`);
  return made.id;
}

async function bookedBy(who: Asker): Promise<string> {
  const { booking } = await who.ask({ type: 'book', holdId: await heldBy(who), payment: { method: 'test' } });
  return booking?.id ?? '';
}

/** Every refusal of a command, by its code. The stage that they rest on is made in errors.test.ts. */
export const REFUSALS: Partial<Record<ErrorCode, Case>> = {
  invalid_field: ({ guest }) => hold(guest, []),
  forbidden: ({ guest }) => guest.ask({ type: 'block', seats: ['R1-1'] }),
  unknown_seat: ({ guest }) => hold(guest, ['R1-1', 'Z-99']),
  unknown_category: ({ guest }) => guest.ask({ type: 'best_available', count: 1, category: 'Balcony' }),
  unknown_zone: ({ guest }) => guest.ask({ type: 'best_available', count: 1, zone: 'Moon' }),
  unknown_ticket_type: ({ guest }) => hold(guest, ['R1-1'], { ticketTypes: ['pupil'] }),
  unknown_hold: ({ guest }) => guest.ask({ type: 'extend', holdId: randomUUID() }),
  unknown_booking: ({ guest }) => guest.ask({ type: 'cancel', bookingId: randomUUID() }),
  wrong_holder: async ({ guest, other }) => other.ask({ type: 'release', holdId: await heldBy(guest) }),
  price_changed: async ({ guest }) => {
    const order = { holdId: await heldBy(guest), payment: { method: 'test' }, price: { amount: 1, currency: 'EUR' } };
    return await guest.ask({ type: 'book', ...order });
  },
  /** On a showtime whose holds last 300 ms. */
  hold_expired: async ({ guest }) => {
    const holdId = await heldBy(guest);
    await sleep(450);
    return await guest.ask({ type: 'book', holdId, payment: { method: 'test' } });
  },
  too_many_seats: ({ guest }) => hold(guest, seatsOf(1, 1, 5)),
  too_many_holds: async ({ guest }) => {
    await heldBy(guest, ['R1-1']);
    await heldBy(guest, ['R2-1']);
    return await hold(guest, ['R3-1']);
  },
  too_many_extensions: async ({ guest }) => {
    const holdId = await heldBy(guest);
    await guest.ask({ type: 'extend', holdId });
    return await guest.ask({ type: 'extend', holdId });
  },
  duplicate_seat: ({ guest }) => hold(guest, ['R1-1', 'R1-1']),
  wrong_seat_count: async ({ guest, staff }) =>
    staff.ask({ type: 'reseat', bookingId: await bookedBy(guest), seats: ['R2-1', 'R2-2'] }),
  not_in_hold: async ({ guest }) =>
    guest.ask({ type: 'release', holdId: await heldBy(guest, ['R1-1', 'R1-2']), seats: ['R1-3'] }),
  seats_unavailable: async ({ guest, other }) => {
    await heldBy(guest, ['R1-1', 'R1-2']);
    return await hold(other, ['R1-2', 'R1-3']);
  },
  seat_rule: ({ guest }) => hold(guest, ['R1-2']),
  none_available: async ({ guest, staff }) => {
    await staff.ask({ type: 'block', seats: [1, 2, 3, 4].flatMap((row) => seatsOf(row, 1, 20)) });
    return await guest.ask({ type: 'best_available', count: 1 });
  },
  booking_cancelled: async ({ guest }) => {
    const bookingId = await bookedBy(guest);
    await guest.ask({ type: 'cancel', bookingId });
    return await guest.ask({ type: 'cancel', bookingId });
  },
  command_reused: async ({ guest }) => {
    const commandId = randomUUID();
    const { hold: made } = await hold(guest, ['R1-1'], { commandId });
    return await guest.ask({ type: 'extend', holdId: made?.id, commandId });
  },
  payment_declined: async ({ guest }) =>
    guest.ask({ type: 'book', holdId: await heldBy(guest), payment: { method: 'test', token: 'decline' } }),
};
