import { Allocations } from './allocations/allocation.js';
import { noteExpiry } from './expiry.js';
import { ExpiryHeap } from './expiry-heap.js';
import { AVAILABLE, BLOCKED, BOOKED, HELD, type House, type HouseRules, type HouseState } from './house.js';
import { invariant } from './invariant.js';
import { countByRules } from './limits/count-by-rules.js';
import { closeSeat, enterBooking, enterHold, takeSeat } from './occupancy.js';
import { pricesOf } from './price.js';
import type { SeatMap } from './seat-map.js';
import { checkTicketTypes } from './ticket-types.js';
import { resumeWaiting } from './waitlist/enter-waiting.js';

/**
 * A house as Postgres remembers it. Holds whose time has come are taken over as they are: the first `expire` drops them
 * and says so to those who wait for it. Throws an InvariantError where the state contradicts itself or the map (a seat
 * in two holds, a price missing): such a house must not open.
 */
export function makeHouse(map: SeatMap, rules: HouseRules, state: HouseState): House {
  checkRules(map, rules);
  const house: House = {
    map,
    rules,
    status: new Uint8Array(map.count),
    ownerOf: new Array<string | undefined>(map.count).fill(undefined),
    holds: new Map(),
    holdsOf: new Map(),
    bookings: new Map(),
    bookingsOf: new Map(),
    expired: new Map(),
    available: map.count,
    freeInBlock: Int32Array.from(map.blocks, (block) => block.length),
    freeInArea: Int32Array.from(map.data.areas, (area) => area.count),
    runsInBlock: new Int32Array(map.blocks.length),
    openInBlock: new Int32Array(map.blocks.length),
    expiries: new ExpiryHeap(),
    allocations: new Allocations(),
    tallies: undefined,
    tenures: undefined,
    waiting: undefined,
  };
  countByRules(house);
  for (const [holder, account] of state.accounts ?? []) house.tallies?.logsIn(house, holder, account);
  for (const hold of state.holds) {
    invariant(hold.seats.length > 0 && !house.holds.has(hold.id), 'an empty hold, or one id for two holds');
    occupy(house, hold.seats, HELD, hold.id);
    const asWritten = pricesOf(house, hold.seats).map((now, i) => hold.prices[i] ?? now);
    const entered = { ...hold, prices: asWritten };
    enterHold(house, entered);
    noteExpiry(house, entered);
  }
  for (const booking of state.bookings) {
    invariant(!house.bookings.has(booking.id), 'one id for two bookings');
    enterBooking(house, booking);
    if (booking.status === 'confirmed') occupy(house, booking.seats, BOOKED, booking.id);
  }
  occupy(house, state.blocked, BLOCKED, undefined);
  for (const [seat, allocation] of state.allocations ?? []) {
    invariant(seat < map.count, 'an allocated seat that is not on the map');
    // What was blocked for another reason stays so for that.
    if (house.status[seat] === BLOCKED) continue;
    if (house.status[seat] === AVAILABLE) closeSeat(house, seat);
    house.allocations.set(seat, allocation);
  }
  if (state.waiting) resumeWaiting(house, state.waiting);
  return house;
}

function occupy(
  house: House,
  seats: readonly number[],
  status: typeof HELD | typeof BOOKED | typeof BLOCKED,
  owner: string | undefined,
): void {
  for (const seat of seats) {
    invariant(house.status[seat] === AVAILABLE, 'a seat that is not on the map, or taken twice');
    takeSeat(house, seat, status, owner);
  }
}

/** @throws InvariantError where nobody could sell by these rules. */
export function checkRules(map: SeatMap, rules: HouseRules): void {
  invariant(rules.prices.length >= map.data.categories.length, 'a category without a price');
  for (const price of rules.prices) invariant(Number.isSafeInteger(price) && price >= 0, 'a price that is no amount');
  if (rules.ticketTypes !== undefined) checkTicketTypes(map, rules.ticketTypes);
  invariant(rules.holdTtlMs > 0, 'holds that end before they begin');
  invariant(rules.seatsPerHold >= 1 && rules.holdsPerHolder >= 1, 'limits that allow no hold');
  invariant(Number.isInteger(rules.distancing) && rules.distancing >= 0, 'distancing is a number of seats');
}
