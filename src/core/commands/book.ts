import type { Command } from '../command.js';
import { findHold, isRefusal } from '../find-hold.js';
import type { Booking, Hold, House, Price } from '../house.js';
import { invariant } from '../invariant.js';
import { refuseMoreBookings } from '../limits/refuse-by-limits.js';
import { bookHeldSeat, enterBooking, removeHold } from '../occupancy.js';
import { priceOf } from '../price.js';
import { refused } from '../put-hold.js';
import type { Refusal } from '../refusal.js';
import type { Applied } from '../reply.js';
import { canBook } from '../sales.js';
import { labelOf } from '../selection.js';

type Book = Extract<Command, { type: 'book' }>;

/** The hold that would be booked, or why it would not: whoever takes money asks first. */
export function findBookable(house: House, command: Book, now: number): Hold | Refusal {
  // What is in an order was asked when it was checked out: sales may have closed since.
  if (command.orderId === undefined && !canBook(house.rules, now)) return { code: 'sales_closed' };
  const hold = findHold(house, command, now);
  if (isRefusal(hold)) return hold;
  const changed = refuseOtherPrice(house, command, hold);
  if (changed !== undefined) return changed;
  return (command.orderId === undefined ? refuseMoreBookings(house, command, undefined) : undefined) ?? hold;
}

/** The hold becomes a booking, seat for seat. */
export function applyBook(house: House, command: Book, now: number): Applied {
  const hold = findBookable(house, command, now);
  if (isRefusal(hold)) return refused(hold);
  invariant(!house.bookings.has(command.newBookingId), 'a booking with this id exists');
  const made: Booking = {
    id: command.newBookingId,
    reference: command.newReference,
    holder: hold.holder,
    holdId: hold.id,
    seats: hold.seats,
    price: costOf(house, hold),
    ...(hold.ticketTypes ? { ticketTypes: hold.ticketTypes } : undefined),
    status: 'confirmed',
  };
  const booking = withOrigin(made, hold);
  for (const seat of hold.seats) bookHeldSeat(house, seat, booking.id);
  house.tenures?.booked(hold.seats);
  // The booking of an order counts for the address that its hold counted for.
  const address = hold.orderId === undefined ? command.from?.address : house.tallies?.addressOf(hold.id);
  house.tallies?.comesFrom(booking.id, address);
  removeHold(house, hold);
  enterBooking(house, booking);
  return { reply: { ok: true, type: 'booking', booking }, changes: [{ type: 'booked', booking, hold }] };
}

/** The way by which it was sold, and its order. Most bookings have neither. */
function withOrigin(made: Booking, { channel, orderId }: Hold): Booking {
  if (channel === undefined && orderId === undefined) return made;
  return { ...made, ...(channel ? { channel } : {}), ...(orderId ? { orderId } : {}) };
}

/** What a buyer was shown. */
interface Shown {
  readonly price: Price;
  readonly seats?: readonly string[];
}

/** Nobody pays for what they were not shown: the sum and, where the buyer named them, the seats must be the hold's. */
export function refuseOtherPrice(house: House, { price, seats }: Shown, hold: Hold): Refusal | undefined {
  const cost = costOf(house, hold);
  if (price.amount === cost.amount && price.currency === cost.currency && (!seats || areThose(house, seats, hold))) {
    return undefined;
  }
  return { code: 'price_changed', price: cost, seats: hold.seats.map((seat) => labelOf(house, seat)) };
}

function areThose(house: House, labels: readonly string[], { seats }: Hold): boolean {
  const named = new Set(labels);
  return (
    named.size === labels.length &&
    named.size === seats.length &&
    seats.every((seat) => named.has(labelOf(house, seat)))
  );
}

function costOf({ rules }: House, hold: Hold): Price {
  return { amount: priceOf(hold), currency: rules.currency };
}
