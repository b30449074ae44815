import type { Allocation } from '../allocations/allocation.js';
import { isAllocated } from '../allocations/end-allocations.js';
import type { Command } from '../command.js';
import { isRefusal } from '../find-hold.js';
import { AVAILABLE, BLOCKED, type House } from '../house.js';
import { closeSeat } from '../occupancy.js';
import { refused } from '../put-hold.js';
import type { Applied } from '../reply.js';
import { findSeats, refuseTaken, selectOnce } from '../selection.js';

/**
 * From now on these seats are sold by one channel only. Seats that are allocated already, and that nobody has, get the new
 * allocation in place of theirs; those that somebody has, or that are blocked, are a conflict.
 */
export function applyAllocate(house: House, command: Extract<Command, { type: 'allocate' }>, now: number): Applied {
  const { channel, until, reason, by } = command;
  if (until !== undefined && until <= now) return refused({ code: 'allocation_over' });
  const seats = findSeats(house, command.seats);
  if (isRefusal(seats)) return refused(seats);
  const others = seats.filter((seat) => !(house.status[seat] === BLOCKED && isAllocated(house, seat)));
  const refusal = selectOnce(house, seats) ?? refuseTaken(house, others);
  if (refusal !== undefined) return refused(refusal);
  const allocation: Allocation = { channel, reason, by, ...(until === undefined ? {} : { until }) };
  const taken = seats.filter((seat) => house.status[seat] === AVAILABLE);
  for (const seat of taken) closeSeat(house, seat);
  for (const seat of seats) house.allocations.set(seat, allocation);
  return { reply: { ok: true, type: 'seats', seats }, changes: [{ type: 'allocated', seats, taken, allocation }] };
}
