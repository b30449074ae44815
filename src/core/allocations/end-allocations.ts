import type { Change } from '../change.js';
import { AVAILABLE, BLOCKED, type House } from '../house.js';
import { openSeat } from '../occupancy.js';

/** Ends the allocations of these seats. Returns those that are available now: others are held or booked, and stay so. */
export function endAllocations(house: House, seats: readonly number[]): readonly number[] {
  const freed: number[] = [];
  for (const seat of seats) {
    house.allocations.delete(seat);
    if (house.status[seat] !== BLOCKED) continue;
    openSeat(house, seat);
    freed.push(seat);
  }
  return freed;
}

/** Ends those whose time has come, all in one change; undefined where none is due. */
export function endDueAllocations(house: House, now: number): Extract<Change, { type: 'deallocated' }> | undefined {
  const { allocations } = house;
  if (allocations.nextEnd > now) return undefined;
  const seats: number[] = [];
  for (const [seat, { until }] of allocations.entries()) if (until !== undefined && until <= now) seats.push(seat);
  seats.sort((a, b) => a - b);
  return { type: 'deallocated', seats, freed: endAllocations(house, seats), cause: 'ended', reason: '' };
}

/** Whether a blocked seat is blocked by its allocation. */
export function isAllocated(house: House, seat: number): boolean {
  return house.allocations.size > 0 && house.status[seat] !== AVAILABLE && house.allocations.has(seat);
}
