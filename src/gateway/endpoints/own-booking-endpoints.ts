import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { wireError } from '../../protocol/errors.js';
import { bookingSchema } from '../../protocol/http.js';
import { asking, CANCEL_ERRORS, commanded, type SeatEndpointsOptions } from './seat-endpoints.js';

/** Where a booking of an account is, and the holder that it was made by; undefined: the account has no such booking. */
export type OwnBookings = (
  accountId: string,
  bookingId: string,
) => Promise<{ readonly showtimeId: string; readonly holder: string } | undefined>;

/**
 * What somebody does with a booking of their account, on whichever device it was made: the command goes to the house in the name
 * of the holder that has it.
 */
export function ownBookingEndpoints(
  options: SeatEndpointsOptions & { readonly ownBookings: OwnBookings },
): readonly Endpoint[] {
  const ask = asking(options);
  return [
    endpoint({
      ...commanded(options, 'account'),
      id: 'cancelOwnBooking',
      path: '/v1/me/bookings/{bookingId}/cancel',
      summary: "Cancels a booking of the caller's account; its seats are available again.",
      tag: 'Accounts',
      parameters: { bookingId: z.uuid().toLowerCase() },
      reply: z.object({ booking: bookingSchema }),
      errors: CANCEL_ERRORS,
      handle: async ({ parameters: { bookingId }, caller, commandId }) => {
        const found = await options.ownBookings(caller.accountId, bookingId);
        if (!found) {
          return { ok: false, error: wireError('unknown_booking', 'Your account has no such booking.') };
        }
        const { showtimeId, holder } = found;
        const asked = { parameters: { showtimeId }, caller: { ...caller, holder }, commandId };
        return await ask(asked, { type: 'cancel', bookingId });
      },
    }),
  ];
}
