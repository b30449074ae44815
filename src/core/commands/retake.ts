import type { Command } from '../command.js';
import { isRefusal } from '../find-hold.js';
import type { Hold, House } from '../house.js';
import { invariant } from '../invariant.js';
import { noteTaken } from '../limits/refuse-by-limits.js';
import { newHold, putHold, refused } from '../put-hold.js';
import type { Applied } from '../reply.js';
import { findSeats, refuseTaken, selectOnce } from '../selection.js';

/**
 * Holds the very seats of an order again whose hold has ended, at the prices that its buyer paid. Sales may have closed, and
 * no seat rule or limit is asked: both were when the seats were first held. A hold that has ended does not come back.
 */
export function applyRetake(house: House, command: Extract<Command, { type: 'retake' }>, now: number): Applied {
  const { newHoldId, orderId, prices, ticketTypes, until } = command;
  const known = house.holds.get(newHoldId);
  if (known !== undefined) {
    return known.orderId === orderId ? putHold(house, known, []) : refused({ code: 'hold_in_order' });
  }
  if (house.rules.cancelled === true) return refused({ code: 'sales_closed' });
  if (until <= now || house.expired.has(newHoldId)) return refused({ code: 'hold_expired' });
  const seats = findSeats(house, command.seats);
  if (isRefusal(seats)) return refused(seats);
  const refusal = selectOnce(house, seats) ?? refuseTaken(house, seats);
  if (refusal !== undefined) return refused(refusal);
  invariant(prices.length === seats.length, 'a price for each seat');
  const hold: Hold = { ...newHold(house, command, seats, ticketTypes, now), prices, orderId };
  noteTaken(house, command, hold.id, seats, now);
  return putHold(house, hold, seats);
}
