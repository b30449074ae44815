import type { Command } from '../command.js';
import { isRefusal } from '../find-hold.js';
import type { Booking, House } from '../house.js';
import { enterBooking, freeSeat } from '../occupancy.js';
import { refused } from '../put-hold.js';
import type { SeatConflict } from '../refusal.js';
import type { Applied } from '../reply.js';
import { findLoneHalves } from '../rules/pairs-and-companions.js';
import { NONE } from '../seat-map.js';
import { clearSelection, findSeats, labelOf, refuseNotIn, select, selectOnce } from '../selection.js';
import { NO_TYPE } from '../ticket-types.js';

/**
 * The booking is kept, cancelled, and its seats are free. With `seats` these alone are, and the booking goes on with the others.
 * Possible after sales have closed, too.
 */
export function applyCancel(house: House, command: Extract<Command, { type: 'cancel' }>): Applied {
  const old = house.bookings.get(command.bookingId);
  if (old === undefined) return refused({ code: 'unknown_booking' });
  if (old.holder !== command.holder && !command.asStaff) return refused({ code: 'wrong_holder' });
  if (old.orderId !== command.orderId) return refused({ code: 'booking_in_order' });
  if (old.status === 'cancelled') return refused({ code: 'booking_cancelled' });
  if (command.seats !== undefined) {
    const seats = findSeats(house, command.seats);
    if (isRefusal(seats)) return refused(seats);
    const refusal = selectOnce(house, seats) ?? refuseNotIn(house, seats, old.id);
    if (refusal !== undefined) return refused(refusal);
    if (seats.length < old.seats.length) return cancelPart(house, old, seats, command.amount);
  }
  const booking: Booking = { ...old, status: 'cancelled' };
  for (const seat of booking.seats) freeSeat(house, seat);
  enterBooking(house, booking);
  return { reply: { ok: true, type: 'booking', booking }, changes: [{ type: 'cancelled', booking }] };
}

/** A companion may stay without its wheelchair space where that is in another booking of its holder, and not where it goes now. */
function findLeftCompanions(
  house: House,
  seats: readonly number[],
  freed: readonly number[],
): SeatConflict[] | undefined {
  const left = seats.filter((seat) => freed.includes(house.map.wheelchairOf[seat] ?? NONE));
  return left.length === 0
    ? undefined
    : left.map((seat) => ({ seat: labelOf(house, seat), reason: 'companion_alone' }));
}

/** Pairs, tables and companions stay together in what remains; single gaps are for staff to judge. */
function cancelPart(house: House, old: Booking, freed: readonly number[], amount: number): Applied {
  const places = old.seats.map((_, place) => place).filter((place) => !freed.includes(old.seats[place] ?? -1));
  const seats = places.map((place) => old.seats[place] ?? -1);
  clearSelection(house);
  for (const seat of seats) select(house, seat);
  const torn = findLoneHalves(house, seats, old.holder, undefined) ?? findLeftCompanions(house, seats, freed);
  if (torn !== undefined) return refused({ code: 'seat_rule', conflicts: torn });
  const { ticketTypes, price } = old;
  const rest: Booking = {
    ...old,
    seats,
    price: { ...price, amount: Math.max(0, price.amount - amount) },
    firstSeats: old.firstSeats ?? old.seats,
    firstAmount: old.firstAmount ?? price.amount,
  };
  const booking: Booking = ticketTypes
    ? {
        ...rest,
        ticketTypes: places.map((place) => ticketTypes[place] ?? NO_TYPE),
        firstTicketTypes: old.firstTicketTypes ?? ticketTypes,
      }
    : rest;
  for (const seat of freed) freeSeat(house, seat);
  enterBooking(house, booking);
  return { reply: { ok: true, type: 'booking', booking }, changes: [{ type: 'partly_cancelled', booking, freed }] };
}
