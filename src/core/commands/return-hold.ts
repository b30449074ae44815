import type { Command } from '../command.js';
import { findHoldOf, isRefusal } from '../find-hold.js';
import type { House } from '../house.js';
import { putHold, refused } from '../put-hold.js';
import type { Applied } from '../reply.js';

/**
 * The hold leaves its order and is its buyer's again. It ends no later than it would have, and no later than `expiresAt`, so that
 * an order that nobody pays is no way to hold seats for longer. A hold that is in no order stays as it is.
 */
export function applyReturnHold(
  house: House,
  command: Extract<Command, { type: 'return_hold' }>,
  now: number,
): Applied {
  const hold = findHoldOf(house, command.holdId, command.holder, now);
  if (isRefusal(hold)) return refused(hold);
  // Put all the same, so that the answer is recorded: a late copy takes the hold out of no order that it came into since.
  if (hold.orderId === undefined) return putHold(house, hold, []);
  if (hold.orderId !== command.orderId) return refused({ code: 'hold_in_order' });
  const { orderId: _, ...returned } = hold;
  return putHold(house, { ...returned, expiresAt: Math.min(hold.expiresAt, command.expiresAt) }, []);
}
