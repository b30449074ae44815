import type { House, HouseRules } from './house.js';
import { invariant } from './invariant.js';
import { checkRules } from './make-house.js';
import { enterBooking } from './occupancy.js';

/**
 * From here on the house sells by these rules. Holds and bookings stay as they are, with the prices and ends that they
 * were made with. Throws an InvariantError, and changes nothing, where nobody could sell by them.
 */
export function changeRules(house: House, rules: HouseRules): void {
  checkRules(house.map, rules);
  // Prices of holds and bookings are amounts without a currency of their own.
  invariant(rules.currency === house.rules.currency, 'a showtime keeps its currency');
  house.rules = rules;
  // What a search remembers of a block depends on the rules by which seats are free or lone.
  house.runsInBlock.fill(0);
  house.bookingsOf.clear();
  for (const booking of house.bookings.values()) if (booking.status === 'confirmed') enterBooking(house, booking);
}
