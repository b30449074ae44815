import type { House, HouseRules } from './house.js';
import { invariant } from './invariant.js';
import { countByRules } from './limits/count-by-rules.js';
import { checkRules } from './make-house.js';
import { enterBookingOfHolder } from './occupancy.js';

/**
 * From here on the house sells by these rules. Holds and bookings stay as they are, with the prices and ends that they
 * were made with. Throws an InvariantError, and changes nothing, where nobody could sell by them.
 */
export function changeRules(house: House, rules: HouseRules): void {
  checkRules(house.map, rules);
  // Prices of holds and bookings are amounts without a currency of their own.
  invariant(rules.currency === house.rules.currency, 'a showtime keeps its currency');
  house.rules = rules;
  countByRules(house);
  // What a search remembers of a block depends on the rules by which seats are free or lone.
  house.runsInBlock.fill(0);
  // Sales may be open now, or limits wider.
  if (house.waiting) house.waiting.isDue = true;
  house.bookingsOf.clear();
  for (const booking of house.bookings.values())
    if (booking.status === 'confirmed') enterBookingOfHolder(house, booking);
}
