import type { Booking } from './house.js';

/** The booking as it was when it was made, whatever became of it since: what a replay of its command is told. */
export function firstOutcome(booking: Booking): Booking {
  const { firstSeats, firstAmount, firstTicketTypes, ...made } = booking;
  const first = { ...made, seats: firstSeats ?? booking.seats, status: 'confirmed' } as const;
  if (firstAmount === undefined) return first;
  const price = { ...booking.price, amount: firstAmount };
  return { ...first, price, ...(firstTicketTypes ? { ticketTypes: firstTicketTypes } : {}) };
}
