/** The only writers of seat statuses, of their owners and of the counts that follow from them. */
import { AVAILABLE, BLOCKED, BOOKED, type Booking, type HELD, type Hold, type House } from './house.js';

/** An available seat is taken. `owner` is its hold or booking; undefined for a blocked one. */
export function takeSeat(
  house: House,
  seat: number,
  status: typeof HELD | typeof BOOKED | typeof BLOCKED,
  owner: string | undefined,
): void {
  house.status[seat] = status;
  house.ownerOf[seat] = owner;
  count(house, seat, -1);
}

/** A held or booked seat becomes available, or goes back to its allocation; a blocked one becomes available. */
export function freeSeat(house: House, seat: number): void {
  if (house.allocations.size > 0 && house.allocations.has(seat)) {
    house.status[seat] = BLOCKED;
    house.ownerOf[seat] = undefined;
    // As many are available as before, and others may sit near it again.
    count(house, seat, 0);
    return;
  }
  house.status[seat] = AVAILABLE;
  house.ownerOf[seat] = undefined;
  count(house, seat, 1);
}

/** A blocked seat becomes available. */
export function openSeat(house: House, seat: number): void {
  house.status[seat] = AVAILABLE;
  count(house, seat, 1);
}

/** An available seat becomes blocked. */
export function closeSeat(house: House, seat: number): void {
  house.status[seat] = BLOCKED;
  count(house, seat, -1);
}

/** Held to booked: both are taken, so no count changes. */
export function bookHeldSeat(house: House, seat: number, booking: string): void {
  house.status[seat] = BOOKED;
  house.ownerOf[seat] = booking;
}

function count(house: House, seat: number, by: 1 | 0 | -1): void {
  house.available += by;
  const block = house.map.blockOf[seat] ?? -1;
  if (block >= 0) {
    house.freeInBlock[block] = (house.freeInBlock[block] ?? 0) + by;
    house.runsInBlock[block] = 0;
    return;
  }
  const area = house.map.areaOf[seat] ?? -1;
  house.freeInArea[area] = (house.freeInArea[area] ?? 0) + by;
}

/** Enters a hold under its id and holder, in place of what was there. */
export function enterHold(house: House, hold: Hold): void {
  house.tallies?.entered(house.holds.get(hold.id), hold);
  house.holds.set(hold.id, hold);
  const ids = house.holdsOf.get(hold.holder);
  if (ids === undefined) house.holdsOf.set(hold.holder, new Set([hold.id]));
  else ids.add(hold.id);
}

export function removeHold(house: House, hold: Hold): void {
  house.tallies?.removed(hold);
  house.holds.delete(hold.id);
  const ids = house.holdsOf.get(hold.holder);
  ids?.delete(hold.id);
  if (ids?.size === 0) house.holdsOf.delete(hold.holder);
}

/** Enters a booking under its id, in place of what was there, and under its holder where that will be asked for. */
export function enterBooking(house: House, booking: Booking): void {
  house.tallies?.bookingEntered(booking, house.bookings.get(booking.id));
  house.bookings.set(booking.id, booking);
  enterBookingOfHolder(house, booking);
}

/** Where distances are kept, a party may sit beside itself. */
export function enterBookingOfHolder(house: House, booking: Booking): void {
  if (house.rules.distancing === 0) return;
  const ids = house.bookingsOf.get(booking.holder) ?? new Set<string>();
  if (booking.status === 'confirmed') ids.add(booking.id);
  else ids.delete(booking.id);
  if (ids.size === 0) house.bookingsOf.delete(booking.holder);
  else house.bookingsOf.set(booking.holder, ids);
}
