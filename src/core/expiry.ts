import type { Hold, House } from './house.js';

/** Stale entries that the heap may hold beyond twice the live ones before it is built anew. */
const STALE_MAX = 64;

/**
 * When the next hold or allocation ends, in milliseconds since 1970; undefined where there is none. 0, which is long ago, where the
 * showtime is cancelled and all holds are due, or free seats have to be offered to those who wait. Cheap enough to be asked after
 * every command: it looks at the top of a heap and drops what no longer applies.
 */
export function nextExpiry(house: House): number | undefined {
  if (house.rules.cancelled === true && house.holds.size > 0) return 0;
  if (house.waiting?.isDue === true) return 0;
  const hold = nextHoldEnd(house);
  if (house.allocations.size === 0) return hold;
  const end = Math.min(hold ?? Number.POSITIVE_INFINITY, house.allocations.nextEnd);
  return end === Number.POSITIVE_INFINITY ? undefined : end;
}

function nextHoldEnd(house: House): number | undefined {
  for (let top = house.expiries.peek(); top !== undefined; top = house.expiries.peek()) {
    if (house.holds.get(top.holdId)?.expiresAt === top.expiresAt) return top.expiresAt;
    house.expiries.pop();
  }
  return undefined;
}

/** Takes the soonest hold whose end is due at `now` off the heap; undefined where none is due. */
export function takeDue(house: House, now: number): Hold | undefined {
  if (house.rules.cancelled === true) return house.holds.values().next().value;
  const next = nextHoldEnd(house);
  const top = house.expiries.peek();
  if (next === undefined || top === undefined || next > now) return undefined;
  house.expiries.pop();
  return house.holds.get(top.holdId);
}

/** Holds that are made and released all day would fill the heap with stale ends; past a bound it is built anew. */
export function noteExpiry(house: House, hold: Hold): void {
  house.expiries.push(hold.expiresAt, hold.id);
  if (house.expiries.size <= 2 * house.holds.size + STALE_MAX) return;
  house.expiries.clear();
  for (const { expiresAt, id } of house.holds.values()) house.expiries.push(expiresAt, id);
}
