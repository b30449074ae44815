import type { Command } from '../command.js';
import { findHold, isRefusal } from '../find-hold.js';
import type { House } from '../house.js';
import { putHold, refused } from '../put-hold.js';
import type { Applied } from '../reply.js';
import { areSalesOpen } from '../sales.js';

/** A full hold time from `now`, as often as the rules allow. */
export function applyExtend(house: House, command: Extract<Command, { type: 'extend' }>, now: number): Applied {
  if (!areSalesOpen(house.rules, now)) return refused({ code: 'sales_closed' });
  const hold = findHold(house, command, now);
  if (isRefusal(hold)) return refused(hold);
  const { extensionsPerHold, holdTtlMs } = house.rules;
  if (hold.extensions >= extensionsPerHold) return refused({ code: 'too_many_extensions', limit: extensionsPerHold });
  // A hold made under rules of longer holds is not cut short by asking for more.
  const expiresAt = Math.max(hold.expiresAt, now + holdTtlMs);
  return putHold(house, { ...hold, expiresAt, extensions: hold.extensions + 1 }, []);
}
