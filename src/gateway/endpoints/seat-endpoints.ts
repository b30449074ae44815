import { z } from 'zod';
import type { Access, Caller } from '../../http/access.js';
import { type Answer, type Endpoint, endpoint } from '../../http/endpoint.js';
import {
  type CommandMessage,
  commandFields,
  commandSchema,
  holderField,
  retypeFields,
  seatsField,
} from '../../protocol/client-messages.js';
import type { ErrorCode } from '../../protocol/errors.js';
import { bookingSchema, holdSchema } from '../../protocol/http.js';
import type { Hosts } from '../../runtime/hosts.js';
import type { CommandIntake } from '../command-intake.js';
import { originOf } from '../origin-of.js';
import { type IsOn, switchedOff } from '../parts.js';
import { outcomeError, replyView } from '../views.js';
import { HttpRecipient } from './http-recipient.js';
import { OPENING_ERRORS, openHost, showtimeParameter } from './opened-host.js';

export interface SeatEndpointsOptions {
  readonly hosts: Hosts;
  readonly intake: CommandIntake;
  readonly isOn: IsOn;
}

interface Asked {
  readonly parameters: { readonly showtimeId: string | undefined };
  readonly caller: Caller;
  readonly commandId: string;
}

/** Whatever the command: what the life of a command may come to. */
const COMMAND_ERRORS = [
  ...OPENING_ERRORS,
  'moving',
  'outcome_unknown',
  'command_reused',
  'sales_closed',
] as const satisfies readonly ErrorCode[];
export const CANCEL_ERRORS = [
  ...COMMAND_ERRORS,
  'unknown_booking',
  'wrong_holder',
  'booking_in_order',
  'booking_cancelled',
] as const;
const OF_A_HOLD = ['unknown_hold', 'wrong_holder', 'hold_expired', 'hold_in_order'] as const;
const OF_CHOSEN_SEATS = ['unknown_seat', 'duplicate_seat', 'seats_unavailable'] as const;

/** Of a hold or a search: the channel, and how much one may have. */
const OF_LIMITS = ['channel_closed', 'too_many_seats', 'too_many_holds', 'too_many_held', 'held_too_long'] as const;
const OF_TICKET_TYPES = ['unknown_ticket_type', 'ticket_type_limit'] as const;

const uuid = z.uuid().toLowerCase();
const customer = holderField
  .optional()
  .meta({ description: 'For staff: the holder whose hold or booking it is.', example: 'account:42' });
const holdReply = z.object({ hold: holdSchema });
const bookingReply = z.object({ booking: bookingSchema });
const seatsReply = z.object({ seats: z.array(z.string()) });

/** Holds and bookings for clients without a socket: the same commands, actors and outcomes. */
export function seatEndpoints(options: SeatEndpointsOptions): readonly Endpoint[] {
  return [
    ...holdEndpoints(options),
    ...bookingEndpoints(options),
    ...staffEndpoints(options),
    ...allocationEndpoints(options),
  ];
}

/** What all commands over HTTP have in common. */
export function commanded<Who extends Access>({ isOn }: SeatEndpointsOptions, access: Who) {
  const refused = () => (isOn('http_commands') ? undefined : switchedOff('http_commands'));
  return { method: 'POST', access, rate: 'commands', idempotent: true, refused } as const;
}

function holdEndpoints(options: SeatEndpointsOptions): readonly Endpoint[] {
  const ofShowtime = {
    ...commanded(options, 'session'),
    tag: 'Holds' as const,
    parameters: { showtimeId: showtimeParameter },
  };
  const ofHold = { ...ofShowtime, parameters: { showtimeId: showtimeParameter, holdId: uuid } };
  const ask = asking(options);
  return [
    endpoint({
      ...ofShowtime,
      id: 'holdSeats',
      path: '/v1/showtimes/{showtimeId}/holds',
      summary: 'Holds all the seats or none; with `holdId` they join that hold.',
      body: commandFields.hold,
      reply: holdReply,
      errors: [...COMMAND_ERRORS, ...OF_CHOSEN_SEATS, ...OF_A_HOLD, ...OF_LIMITS, ...OF_TICKET_TYPES, 'seat_rule'],
      handle: (request) => ask(request, { type: 'hold', ...request.body }),
    }),
    endpoint({
      ...ofShowtime,
      id: 'holdBestAvailable',
      path: '/v1/showtimes/{showtimeId}/best-available',
      summary: 'Holds the best seats that can be found for a party.',
      body: commandFields.best_available,
      reply: holdReply.extend({
        quality: z.enum(['adjacent', 'adjacent_leaves_gap', 'same_row', 'nearby', 'scattered']),
      }),
      errors: [
        ...COMMAND_ERRORS,
        ...OF_LIMITS,
        ...OF_TICKET_TYPES,
        'unknown_category',
        'unknown_zone',
        'none_available',
      ],
      handle: (request) => ask(request, { type: 'best_available', ...request.body }),
    }),
    endpoint({
      ...ofHold,
      method: 'DELETE',
      id: 'releaseHold',
      path: '/v1/showtimes/{showtimeId}/holds/{holdId}',
      summary: 'Gives seats of a hold back; without `seats` the whole hold.',
      query: {
        seats: z
          .string()
          .transform((text) => text.split(','))
          .pipe(seatsField)
          .optional()
          .meta({ override: { type: 'string' }, description: 'Labels, separated by commas.', example: 'K-12,K-13' }),
        customer,
      },
      reply: seatsReply.extend({ hold: holdSchema.optional() }),
      errors: [...COMMAND_ERRORS, ...OF_A_HOLD, 'unknown_seat', 'duplicate_seat', 'not_in_hold', 'seat_rule'],
      handle: (request) => ask(request, { type: 'release', holdId: request.parameters.holdId, ...request.query }),
    }),
    endpoint({
      ...ofHold,
      id: 'retypeHold',
      path: '/v1/showtimes/{showtimeId}/holds/{holdId}/ticket-types',
      summary: 'Sells seats of a hold as other ticket types, at what these cost now.',
      body: retypeFields,
      reply: holdReply,
      errors: [...COMMAND_ERRORS, ...OF_A_HOLD, 'unknown_seat', 'duplicate_seat', 'not_in_hold', ...OF_TICKET_TYPES],
      handle: (request) => ask(request, { type: 'retype', holdId: request.parameters.holdId, ...request.body }),
    }),
    endpoint({
      ...ofHold,
      id: 'extendHold',
      path: '/v1/showtimes/{showtimeId}/holds/{holdId}/extend',
      summary: "Starts the hold's time anew, a bounded number of times.",
      query: { customer },
      reply: holdReply,
      errors: [...COMMAND_ERRORS, ...OF_A_HOLD, 'too_many_extensions'],
      handle: (request) => ask(request, { type: 'extend', holdId: request.parameters.holdId, ...request.query }),
    }),
  ];
}

function bookingEndpoints(options: SeatEndpointsOptions): readonly Endpoint[] {
  const ofShowtime = {
    ...commanded(options, 'session'),
    tag: 'Bookings' as const,
    parameters: { showtimeId: showtimeParameter },
  };
  const ask = asking(options);
  return [
    endpoint({
      ...ofShowtime,
      id: 'bookHold',
      path: '/v1/showtimes/{showtimeId}/bookings',
      summary: 'Turns a hold into a booking, seat for seat.',
      body: commandFields.book,
      reply: bookingReply,
      errors: [
        ...COMMAND_ERRORS,
        ...OF_A_HOLD,
        'price_changed',
        'too_many_bookings',
        'payment_required',
        'payment_declined',
      ],
      handle: (request) => ask(request, { type: 'book', ...request.body }),
    }),
    endpoint({
      ...ofShowtime,
      parameters: { showtimeId: showtimeParameter, bookingId: uuid },
      id: 'cancelBooking',
      path: '/v1/showtimes/{showtimeId}/bookings/{bookingId}/cancel',
      summary: 'Cancels a booking; its seats are available again.',
      query: { customer },
      reply: bookingReply,
      errors: CANCEL_ERRORS,
      handle: (request) => ask(request, { type: 'cancel', bookingId: request.parameters.bookingId, ...request.query }),
    }),
  ];
}

function staffEndpoints(options: SeatEndpointsOptions): readonly Endpoint[] {
  const ofShowtime = {
    ...commanded(options, { permission: 'seats.staff' }),
    tag: 'Staff' as const,
    parameters: { showtimeId: showtimeParameter },
  };
  const ask = asking(options);
  const errors = [...COMMAND_ERRORS, ...OF_CHOSEN_SEATS];
  return [
    endpoint({
      ...ofShowtime,
      id: 'blockSeats',
      path: '/v1/showtimes/{showtimeId}/blocks',
      summary: 'Takes available seats off sale.',
      body: commandFields.block,
      reply: seatsReply,
      errors,
      handle: (request) => ask(request, { type: 'block', ...request.body }),
    }),
    endpoint({
      ...ofShowtime,
      id: 'unblockSeats',
      path: '/v1/showtimes/{showtimeId}/blocks/remove',
      summary: 'Puts blocked seats on sale again.',
      body: commandFields.unblock,
      reply: seatsReply,
      errors,
      handle: (request) => ask(request, { type: 'unblock', ...request.body }),
    }),
    endpoint({
      ...ofShowtime,
      id: 'takeAwayHolds',
      path: '/v1/showtimes/{showtimeId}/holds/take-away',
      summary: 'Ends a hold of anybody, or the holds that have the named seats.',
      body: commandFields.take_away,
      reply: seatsReply,
      errors: [...errors, 'unknown_hold', 'hold_expired', 'hold_in_order'],
      handle: (request) => ask(request, { type: 'take_away', ...request.body }),
    }),
    endpoint({
      ...ofShowtime,
      parameters: { showtimeId: showtimeParameter, bookingId: uuid },
      id: 'reseatBooking',
      path: '/v1/showtimes/{showtimeId}/bookings/{bookingId}/reseat',
      summary: 'Moves a booking of anybody to as many other seats, all of them or none.',
      body: commandFields.reseat.omit({ bookingId: true }),
      reply: bookingReply,
      errors: [...errors, 'unknown_booking', 'booking_cancelled', 'wrong_seat_count', 'seat_rule'],
      handle: (request) => {
        const { bookingId } = request.parameters;
        return ask(request, { type: 'reseat', bookingId, ...request.body });
      },
    }),
  ];
}

function allocationEndpoints(options: SeatEndpointsOptions): readonly Endpoint[] {
  const ofStaff = {
    ...commanded(options, { permission: 'seats.staff' }),
    tag: 'Staff' as const,
    parameters: { showtimeId: showtimeParameter },
  };
  const ask = asking(options);
  return [
    endpoint({
      ...ofStaff,
      id: 'allocateSeats',
      path: '/v1/showtimes/{showtimeId}/allocations',
      summary: 'Lets one channel alone sell these seats, until a moment or until somebody ends it.',
      body: commandFields.allocate,
      reply: seatsReply,
      errors: [...COMMAND_ERRORS, ...OF_CHOSEN_SEATS, 'allocation_over'],
      handle: (request) => ask(request, { type: 'allocate', ...request.body }),
    }),
    endpoint({
      ...ofStaff,
      id: 'deallocateSeats',
      path: '/v1/showtimes/{showtimeId}/allocations/remove',
      summary: 'Ends allocations: seats that nobody has are available to all again.',
      body: commandFields.deallocate,
      reply: seatsReply,
      errors: [...COMMAND_ERRORS, 'unknown_seat', 'duplicate_seat'],
      handle: (request) => ask(request, { type: 'deallocate', ...request.body }),
    }),
  ];
}

/** Asks the house, and waits for what comes of it. Who has an Idempotency-Key may use it again, and does not say when. */
export function asking({ hosts, intake }: SeatEndpointsOptions) {
  return async <Reply>({ parameters, caller, commandId }: Asked, fields: object): Promise<Answer<Reply>> => {
    const message: CommandMessage = commandSchema.parse({ ...fields, id: 0, commandId, again: true });
    const opened = await openHost(hosts, parameters.showtimeId);
    if (!opened.ok) return opened;
    const { host } = opened;
    const admitted = intake.admit(message, caller, originOf(caller));
    if (!admitted.ok) return admitted;
    const recipient = new HttpRecipient(caller.holder);
    host.submit(admitted.submission, recipient);
    const outcome = await recipient.outcome;
    if (!outcome.ok) return { ok: false, error: outcomeError(outcome, host.terms.rules) };
    const { type: _type, id: _id, ok: _ok, ...body } = { ...replyView(0, outcome, host.terms) };
    return { ok: true, body: body as Reply };
  };
}
