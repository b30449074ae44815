import type { Command } from '../command.js';
import { findHold, isRefusal } from '../find-hold.js';
import type { House } from '../house.js';
import { pricesOf } from '../price.js';
import { putHold, refused } from '../put-hold.js';
import type { Applied } from '../reply.js';
import { canBook } from '../sales.js';
import { findSeats, refuseNotIn, selectOnce } from '../selection.js';
import { NO_TYPE, typesFor } from '../ticket-types.js';

/**
 * Sells seats of a hold as other ticket types. A seat that becomes another type costs what that type costs now; all others
 * keep their price. The clock of the hold runs on. Possible for as long as the hold can be booked.
 */
export function applyRetype(house: House, command: Extract<Command, { type: 'retype' }>, now: number): Applied {
  if (!canBook(house.rules, now)) return refused({ code: 'sales_closed' });
  const hold = findHold(house, command, now);
  if (isRefusal(hold)) return refused(hold);
  const named = findSeats(house, command.seats);
  if (isRefusal(named)) return refused(named);
  const refusal = selectOnce(house, named) ?? refuseNotIn(house, named, hold.id);
  if (refusal !== undefined) return refused(refusal);
  const before = hold.ticketTypes ?? hold.seats.map(() => NO_TYPE);
  const others = before.filter((_, i) => !named.includes(hold.seats[i] ?? -1));
  const wished = typesFor(house, named, command.ticketTypes, others);
  if (wished !== undefined && isRefusal(wished)) return refused(wished);
  const ticketTypes = hold.seats.map((seat, i) => wished?.[named.indexOf(seat)] ?? before[i] ?? NO_TYPE);
  const presentPrices = pricesOf(house, hold.seats, ticketTypes);
  const prices = hold.prices.map((price, i) => (ticketTypes[i] === before[i] ? price : (presentPrices[i] ?? price)));
  return putHold(house, { ...hold, prices, ticketTypes }, []);
}
