import type { Command } from '../command.js';
import { isRefusal } from '../find-hold.js';
import { BOOKED, type Booking, type House } from '../house.js';
import { enterBooking, freeSeat, takeSeat } from '../occupancy.js';
import { refused } from '../put-hold.js';
import type { Applied } from '../reply.js';
import { findLoneHalves } from '../rules/pairs-and-companions.js';
import { findSeats, isSelected, refuseTaken, selectOnce } from '../selection.js';

/**
 * Moves a confirmed booking to as many other seats, all or none; seats that it has already may be among them. The price stays
 * as it was paid, whatever the new seats cost. Pairs, tables and companions stay together; distances and single gaps are for
 * staff to judge. Possible after sales have closed, too.
 */
export function applyReseat(house: House, command: Extract<Command, { type: 'reseat' }>): Applied {
  const old = house.bookings.get(command.bookingId);
  if (old === undefined) return refused({ code: 'unknown_booking' });
  if (old.status === 'cancelled') return refused({ code: 'booking_cancelled' });
  const seats = findSeats(house, command.seats);
  if (isRefusal(seats)) return refused(seats);
  const duplicate = selectOnce(house, seats);
  if (duplicate !== undefined) return refused(duplicate);
  if (seats.length !== old.seats.length) return refused({ code: 'wrong_seat_count', expected: old.seats.length });
  const freed = old.seats.filter((seat) => !isSelected(house, seat));
  const taken = seats.filter((seat) => house.ownerOf[seat] !== old.id);
  const refusal = refuseTaken(house, taken);
  if (refusal !== undefined) return refused(refusal);
  const torn = findLoneHalves(house, seats, old.holder, undefined);
  if (torn !== undefined) return refused({ code: 'seat_rule', conflicts: torn });
  if (taken.length === 0) return { reply: { ok: true, type: 'booking', booking: old }, changes: [] };
  const booking: Booking = { ...old, seats, firstSeats: old.firstSeats ?? old.seats };
  for (const seat of freed) freeSeat(house, seat);
  for (const seat of taken) takeSeat(house, seat, BOOKED, booking.id);
  enterBooking(house, booking);
  const { reason } = command;
  const change = { type: 'reseated', booking, from: old.seats, freed, taken, reason } as const;
  return { reply: { ok: true, type: 'booking', booking }, changes: [change] };
}
