import type { House } from '../house.js';
import { Tallies } from './tallies.js';
import { Tenures } from './tenures.js';

/** Counts what the rules of the house limit, from now on, and nothing that they do not. */
export function countByRules(house: House): void {
  const { limits } = house.rules;
  if (limits === undefined) {
    house.tallies = undefined;
    house.tenures = undefined;
    return;
  }
  const { seatHeldMsMax, seatRestMs: _, ...caps } = limits;
  if (!Object.values(caps).some((limit) => limit > 0)) house.tallies = undefined;
  else if (house.tallies === undefined) house.tallies = tallied(house);
  house.tenures = seatHeldMsMax > 0 ? (house.tenures ?? new Tenures(house.map.count)) : undefined;
}

function tallied(house: House): Tallies {
  const tallies = new Tallies();
  for (const hold of house.holds.values()) tallies.entered(undefined, hold);
  for (const booking of house.bookings.values()) tallies.bookingEntered(booking, undefined);
  return tallies;
}
