import type { Booking } from './house.js';

/** The booking as it was when it was made, whatever became of it since: what a replay of its command is told. */
export function firstOutcome(booking: Booking): Booking {
  const { firstSeats, ...made } = booking;
  return { ...made, seats: firstSeats ?? booking.seats, status: 'confirmed' };
}
