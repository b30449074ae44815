import { endAllocations } from '../allocations/end-allocations.js';
import type { Command } from '../command.js';
import { isRefusal } from '../find-hold.js';
import type { House } from '../house.js';
import { refused } from '../put-hold.js';
import type { Applied } from '../reply.js';
import { findSeats, selectOnce } from '../selection.js';

/**
 * Ends allocations. Whoever holds or has booked such a seat keeps it. A seat that is not allocated is as it should be, and is
 * left out of reply and change.
 */
export function applyDeallocate(house: House, command: Extract<Command, { type: 'deallocate' }>): Applied {
  const named = findSeats(house, command.seats);
  if (isRefusal(named)) return refused(named);
  const refusal = selectOnce(house, named);
  if (refusal !== undefined) return refused(refusal);
  const seats = named.filter((seat) => house.allocations.has(seat));
  const reply = { ok: true, type: 'seats', seats } as const;
  if (seats.length === 0) return { reply, changes: [] };
  const freed = endAllocations(house, seats);
  return { reply, changes: [{ type: 'deallocated', seats, freed, cause: 'deallocated', reason: command.reason }] };
}
