import type { Command } from '../command.js';
import { findHoldOf, isRefusal } from '../find-hold.js';
import type { Hold, House } from '../house.js';
import { refuseMoreBookings } from '../limits/refuse-by-limits.js';
import { putHold, refused } from '../put-hold.js';
import type { Refusal } from '../refusal.js';
import type { Applied } from '../reply.js';
import { canBook } from '../sales.js';
import { refuseOtherPrice } from './book.js';

type CheckOut = Extract<Command, { type: 'check_out' }>;

/**
 * The hold goes into an order: its buyer can no longer change, release or book it, and it is kept until `until`. All that could
 * refuse the booking later is asked here, before anybody pays. The same order may ask again, to keep the hold for longer.
 */
export function applyCheckOut(house: House, command: CheckOut, now: number): Applied {
  const hold = findHoldOf(house, command.holdId, command.holder, now);
  if (isRefusal(hold)) return refused(hold);
  const { orderId, until } = command;
  if (hold.orderId !== undefined && hold.orderId !== orderId) return refused({ code: 'hold_in_order' });
  const refusal = hold.orderId === undefined ? refuseOrder(house, command, hold, now) : undefined;
  if (refusal !== undefined) return refused(refusal);
  // Put also where that changes nothing: the answer is recorded, and a late copy of the command does nothing to what came after.
  return putHold(house, { ...hold, orderId, expiresAt: Math.max(hold.expiresAt, until) }, []);
}

function refuseOrder(house: House, command: CheckOut, hold: Hold, now: number): Refusal | undefined {
  if (!canBook(house.rules, now)) return { code: 'sales_closed' };
  const { price, seats, holder, from } = command;
  const changed = price && refuseOtherPrice(house, { price, ...(seats ? { seats } : {}) }, hold);
  return changed ?? refuseMoreBookings(house, { holder, from }, hold.id);
}
