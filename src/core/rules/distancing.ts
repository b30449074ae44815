import { BOOKED, HELD, type House } from '../house.js';
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

/** As `isTooClose` of a holder who has no seats nearby: whoever took a seat is another. Costs no look-up of owners. */
export function isNearTaken(house: House, seat: number): boolean {
  const { map, rules, status } = house;
  let [left, right] = [seat, seat];
  for (let step = 0; step < rules.distancing; step++) {
    if (left !== NONE) left = map.left[left] ?? NONE;
    if (right !== NONE) right = map.right[right] ?? NONE;
    if (left === NONE && right === NONE) return false;
    if (left !== NONE && isSold(status[left])) return true;
    if (right !== NONE && isSold(status[right])) return true;
  }
  return false;
}

function isSold(status: number | undefined): boolean {
  return status === HELD || status === BOOKED;
}

function isOfOther(house: House, seat: number, holder: string): boolean {
  if (seat === NONE || !isSold(house.status[seat])) return false;
  const owner = house.ownerOf[seat] ?? '';
  return (house.holds.get(owner) ?? house.bookings.get(owner))?.holder !== holder;
}
