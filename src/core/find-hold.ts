import type { Hold, House } from './house.js';
import type { Refusal } from './refusal.js';

/** Late commands of this many ended holds still hear `hold_expired`; older ones hear `unknown_hold`. */
const EXPIRED_MAX = 10_000;

/** What a command says of the hold that it names. */
interface NamedHold {
  readonly holdId: string;
  readonly holder: string;
  /** Absent: it is to be in no order. */
  readonly orderId?: string;
}

/** The live hold, if it is the holder's and of that order: unknown_hold → wrong_holder → hold_expired → hold_in_order. */
export function findHold(house: House, named: NamedHold, now: number): Hold | Refusal {
  const hold = findHoldOf(house, named.holdId, named.holder, now);
  return isRefusal(hold) || hold.orderId === named.orderId ? hold : { code: 'hold_in_order' };
}

/**
 * The live hold, if it is the holder's, in whatever order: unknown_hold → wrong_holder → hold_expired. Only the holder learns
 * that a hold has ended: to anybody else it stays somebody else's.
 */
export function findHoldOf(house: House, holdId: string, holder: string, now: number): Hold | Refusal {
  const hold = house.holds.get(holdId);
  const ownedBy = hold?.holder ?? house.expired.get(holdId);
  if (ownedBy === undefined) return { code: 'unknown_hold' };
  if (ownedBy !== holder) return { code: 'wrong_holder' };
  // A hold ends at the moment it is due, whether or not the expire command has run by then.
  return hold !== undefined && hold.expiresAt > now ? hold : { code: 'hold_expired' };
}

export function isRefusal(value: object): value is Refusal {
  return 'code' in value;
}

export function rememberExpired(house: House, { id, holder }: Hold): void {
  house.expired.set(id, holder);
  if (house.expired.size <= EXPIRED_MAX) return;
  for (const oldest of house.expired.keys()) {
    house.expired.delete(oldest);
    return;
  }
}
