import { AVAILABLE, BLOCKED, type House } from '../house.js';
import type { SeatConflict } from '../refusal.js';
import { NONE } from '../seat-map.js';
import { labelOf } from '../selection.js';

/** Names each seat that has a seat of another party closer than the rules allow. Never forgiven: it is about health. */
export function findDistancing(house: House, seats: readonly number[], holder: string): SeatConflict[] | undefined {
  if (house.rules.distancing === 0) return undefined;
  let conflicts: SeatConflict[] | undefined;
  for (const seat of seats) {
    if (!isTooClose(house, seat, holder)) continue;
    conflicts ??= [];
    conflicts.push({ seat: labelOf(house, seat), reason: 'distancing' });
  }
  return conflicts;
}

/**
 * True where one of the next `distancing` seats on either side is held or booked by another holder. Aisles and walls
 * end the count, and a blocked seat is as empty as a free one.
 */
export function isTooClose(house: House, seat: number, holder: string): boolean {
  const { map, rules } = house;
  let [left, right] = [seat, seat];
  for (let step = 0; step < rules.distancing; step++) {
    left = left === NONE ? NONE : (map.left[left] ?? NONE);
    right = right === NONE ? NONE : (map.right[right] ?? NONE);
    if (left === NONE && right === NONE) return false;
    if (isOfOther(house, left, holder) || isOfOther(house, right, holder)) return true;
  }
  return false;
}

function isOfOther(house: House, seat: number, holder: string): boolean {
  if (seat === NONE || house.status[seat] === AVAILABLE || house.status[seat] === BLOCKED) return false;
  const owner = house.ownerOf[seat] ?? '';
  return (house.holds.get(owner) ?? house.bookings.get(owner))?.holder !== holder;
}
