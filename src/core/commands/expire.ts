import { endDueAllocations } from '../allocations/end-allocations.js';
import type { Change } from '../change.js';
import { takeDue } from '../expiry.js';
import { rememberExpired } from '../find-hold.js';
import type { House } from '../house.js';
import { freeSeat, removeHold } from '../occupancy.js';
import type { Applied } from '../reply.js';

/** What the history of the seats says of holds that ended because there is no showtime any more. */
const CANCELLED = 'The showtime was cancelled.';

/**
 * Drops every hold whose time has come, soonest first; equal times in the order of their ids. Of a cancelled showtime all. Then
 * ends the allocations whose time has come.
 */
export function applyExpire(house: House, now: number): Applied {
  const changes: Change[] = [];
  const freed: number[] = [];
  for (let hold = takeDue(house, now); hold !== undefined; hold = takeDue(house, now)) {
    for (const seat of hold.seats) {
      freeSeat(house, seat);
      freed.push(seat);
    }
    house.tenures?.freed(hold.seats, Math.min(hold.expiresAt, now));
    removeHold(house, hold);
    rememberExpired(house, hold);
    changes.push(
      house.rules.cancelled === true
        ? { type: 'hold_taken_away', hold, reason: CANCELLED }
        : { type: 'hold_dropped', hold, seats: hold.seats, rest: undefined, cause: 'expired' },
    );
  }
  // After the holds: a seat whose hold ends at the same moment goes back to its allocation, and then to all.
  const ended = house.allocations.size === 0 ? undefined : endDueAllocations(house, now);
  if (ended !== undefined) {
    freed.push(...ended.freed);
    changes.push(ended);
  }
  return { reply: { ok: true, type: 'seats', seats: freed }, changes };
}
