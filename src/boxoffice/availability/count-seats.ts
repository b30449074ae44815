import { AVAILABLE, BLOCKED, BOOKED, HELD } from '../../core/house.js';
import type { SeatCounts } from '../cache-port.js';

/** @param statuses a code a seat, as a house publishes them at `{epoch, seq}`. */
export function countSeats(epoch: number, seq: number, statuses: Uint8Array): SeatCounts {
  const counts = [0, 0, 0, 0];
  for (const code of statuses) counts[code] = (counts[code] ?? 0) + 1;
  return {
    epoch,
    seq,
    available: counts[AVAILABLE] ?? 0,
    held: counts[HELD] ?? 0,
    booked: counts[BOOKED] ?? 0,
    blocked: counts[BLOCKED] ?? 0,
    seats: statuses.length,
  };
}

/** Whether the two say the same of the same moment. */
export function sameCounts(a: SeatCounts, b: SeatCounts): boolean {
  return a.epoch === b.epoch && a.seq === b.seq && sameSeats(a, b);
}

export function sameSeats(a: TakenSeats, b: TakenSeats): boolean {
  return a.held === b.held && a.booked === b.booked && a.blocked === b.blocked;
}

/** What a journal can say of a house: it has a row for each of these, and none for an available seat. */
export type TakenSeats = Pick<SeatCounts, 'held' | 'booked' | 'blocked'>;
