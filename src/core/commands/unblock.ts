import { isAllocated } from '../allocations/end-allocations.js';
import type { Command } from '../command.js';
import { isRefusal } from '../find-hold.js';
import { BLOCKED, type House } from '../house.js';
import { freeSeat } from '../occupancy.js';
import { refused } from '../put-hold.js';
import type { Applied } from '../reply.js';
import { findSeats, refuseTaken, selectOnce } from '../selection.js';

/**
 * Puts blocked seats on sale again. A seat that is available is where it should be and is left out of reply and change;
 * one that is held, booked or allocated is a conflict.
 */
export function applyUnblock(house: House, command: Extract<Command, { type: 'unblock' }>): Applied {
  const named = findSeats(house, command.seats);
  if (isRefusal(named)) return refused(named);
  const isBlocked = (seat: number) => house.status[seat] === BLOCKED && !isAllocated(house, seat);
  const seats = named.filter(isBlocked);
  const refusal =
    selectOnce(house, named) ??
    refuseTaken(
      house,
      named.filter((seat) => !isBlocked(seat)),
    );
  if (refusal !== undefined) return refused(refusal);
  for (const seat of seats) freeSeat(house, seat);
  return {
    reply: { ok: true, type: 'seats', seats },
    changes: seats.length === 0 ? [] : [{ type: 'unblocked', seats }],
  };
}
