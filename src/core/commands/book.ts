import type { Command } from '../command.js';
import { findHold, isRefusal } from '../find-hold.js';
import type { Booking, Hold, House } from '../house.js';
import { invariant } from '../invariant.js';
import { bookHeldSeat, enterBooking, removeHold } from '../occupancy.js';
import { priceOf } from '../price.js';
import { refused } from '../put-hold.js';
import type { Refusal } from '../refusal.js';
import type { Applied } from '../reply.js';

type Book = Extract<Command, { type: 'book' }>;

/** The hold that would be booked, or why it would not: whoever takes money asks first. */
export function findBookable(house: House, command: Book, now: number): Hold | Refusal {
  if (!house.rules.salesOpen) return { code: 'sales_closed' };
  return findHold(house, command.holdId, command.holder, now);
}

/** The hold becomes a booking, seat for seat. */
export function applyBook(house: House, command: Book, now: number): Applied {
  const hold = findBookable(house, command, now);
  if (isRefusal(hold)) return refused(hold);
  invariant(!house.bookings.has(command.newBookingId), 'a booking with this id exists');
  const booking: Booking = {
    id: command.newBookingId,
    reference: command.newReference,
    holder: hold.holder,
    holdId: hold.id,
    seats: hold.seats,
    price: { amount: priceOf(house, hold.seats), currency: house.rules.currency },
    status: 'confirmed',
  };
  for (const seat of hold.seats) bookHeldSeat(house, seat, booking.id);
  removeHold(house, hold);
  enterBooking(house, booking);
  return { reply: { ok: true, type: 'booking', booking }, changes: [{ type: 'booked', booking, hold }] };
}
