import type { Hold, House } from './house.js';
import type { Refusal } from './refusal.js';

/** Late commands of this many ended holds still hear `hold_expired`; older ones hear `unknown_hold`. */
const EXPIRED_MAX = 10_000;

/** The live hold, if it is the holder's: unknown_hold → hold_expired → wrong_holder. */
export function findHold(house: House, holdId: string, holder: string, now: number): Hold | Refusal {
  const hold = house.holds.get(holdId);
  if (hold === undefined) return { code: house.expired.has(holdId) ? 'hold_expired' : 'unknown_hold' };
  // Its end counts from the moment it is due, whether or not the expire command has come by.
  if (hold.expiresAt <= now) return { code: 'hold_expired' };
  return hold.holder === holder ? hold : { code: 'wrong_holder' };
}

export function isRefusal(value: object): value is Refusal {
  return 'code' in value;
}

export function rememberExpired(house: House, holdId: string): void {
  house.expired.add(holdId);
  if (house.expired.size <= EXPIRED_MAX) return;
  for (const oldest of house.expired) {
    house.expired.delete(oldest);
    return;
  }
}
