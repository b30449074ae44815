import { AVAILABLE } from '../load/house-view.js';
import type { HallKnowledge } from './hall.js';

/** Among how many of the best free seats people choose: few enough that they meet, many enough that some get through. */
const HOT_MIN = 12;
const HOT_SHARE = 0.02;

/**
 * Up to `count` neighbouring seats around one of the best that look free. They may well be gone by now; that is the
 * race. Empty where none looks free.
 */
export function pickSeats(hall: HallKnowledge, statuses: Uint8Array, count: number, draw: number): number[] {
  const hot = Math.max(HOT_MIN, Math.floor(hall.labels.length * HOT_SHARE));
  const free: number[] = [];
  for (const seat of hall.wanted) {
    if (statuses[seat] !== AVAILABLE) continue;
    free.push(seat);
    if (free.length === hot) break;
  }
  const first = free[Math.floor(draw * free.length)];
  if (first === undefined) return [];
  const picked = [first];
  const take = (seat: number) => {
    if (picked.length >= count || hall.rows[seat] !== hall.rows[first] || statuses[seat] !== AVAILABLE) return false;
    picked.push(seat);
    return true;
  };
  for (let seat = first + 1; take(seat); seat++);
  for (let seat = first - 1; take(seat); seat--);
  return picked;
}
