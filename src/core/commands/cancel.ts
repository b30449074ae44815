import type { Command } from '../command.js';
import type { Booking, House } from '../house.js';
import { enterBooking, freeSeat } from '../occupancy.js';
import { refused } from '../put-hold.js';
import type { Applied } from '../reply.js';

/** The booking is kept, cancelled, and its seats are free. Possible after sales have closed, too. */
export function applyCancel(house: House, command: Extract<Command, { type: 'cancel' }>): Applied {
  const old = house.bookings.get(command.bookingId);
  if (old === undefined) return refused({ code: 'unknown_booking' });
  if (old.holder !== command.holder && !command.asStaff) return refused({ code: 'wrong_holder' });
  if (old.status === 'cancelled') return refused({ code: 'booking_cancelled' });
  const booking: Booking = { ...old, status: 'cancelled' };
  for (const seat of booking.seats) freeSeat(house, seat);
  enterBooking(house, booking);
  return { reply: { ok: true, type: 'booking', booking }, changes: [{ type: 'cancelled', booking }] };
}
