import { z } from 'zod';
import { readReference } from '../../core/booking-reference.js';
import { allows, type Caller } from '../../http/access.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import type { Log } from '../../kernel/log.js';
import { wireError } from '../../protocol/errors.js';
import { foundBookingSchema } from '../../protocol/http.js';
import type { FoundBooking } from './find-booking.js';

const RETRY_AFTER_MS = 1_000;

/** @param find see `findBooking`. */
export function bookingLookupEndpoints(
  find: (reference: string) => Promise<FoundBooking | undefined>,
  log: Log,
): readonly Endpoint[] {
  const unknown = wireError('unknown_booking', 'You have no booking with this reference.');
  return [
    endpoint({
      id: 'findBooking',
      method: 'GET',
      path: '/v1/bookings/{reference}',
      summary: "One of the caller's bookings by its reference; staff find anybody's.",
      tag: 'Bookings',
      access: 'session',
      // As commands: looking up references is not to be cheaper than booking.
      rate: 'commands',
      parameters: {
        reference: z.string().meta({
          description: 'Eleven signs, the last a check sign, in either case and with hyphens between them if need be.',
        }),
      },
      reply: foundBookingSchema,
      errors: ['invalid_reference', 'unknown_booking', 'unavailable'],
      handle: async ({ parameters, caller }) => {
        const read = readReference(parameters.reference);
        if (!read.ok) return { ok: false, error: wireError('invalid_reference', FAULTS[read.fault]) };
        const found = await find(read.reference).catch((error: unknown) => {
          log.error({ event: 'bookings.unreadable', err: error }, 'A booking could not be looked up.');
          return 'unavailable' as const;
        });
        if (found === 'unavailable') {
          const detail = { retryAfterMs: RETRY_AFTER_MS };
          return { ok: false, error: wireError('unavailable', 'Bookings cannot be read at the moment.', detail) };
        }
        if (!found || (!isOwn(found, caller) && !allows(caller, 'bookings.read'))) {
          return { ok: false, error: unknown };
        }
        const { showtimeId, booking } = found;
        return { ok: true, body: { showtimeId, booking } };
      },
    }),
  ];
}

/** Of the caller's session, or of any holder that their account has been. */
function isOwn({ holder, accountId }: FoundBooking, caller: Caller): boolean {
  return holder === caller.holder || (accountId !== undefined && accountId === caller.accountId);
}

const FAULTS = {
  malformed: 'This is no booking reference: one has eleven letters and digits.',
  mistyped: 'This reference was mistyped or misread: its last sign does not fit the others.',
} as const;
