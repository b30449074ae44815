import { AVAILABLE } from '../load/house-view.js';

/**
 * Up to `count` neighbouring seats that look free, from some place of the house on. Not the best ones, as in
 * `npm run rush`: when all want the same twenty seats, what is measured is how fast the load can be refused.
 * @param rows the row of each seat
 * @param draw from 0 up to, not including, 1
 * @returns seat indexes, fewer than `count` where that many are not together; none where nothing looks free
 */
export function anySeats(rows: readonly number[], statuses: Uint8Array, count: number, draw: number): number[] {
  const from = Math.floor(draw * statuses.length);
  let first = statuses.indexOf(AVAILABLE, from);
  if (first < 0) first = statuses.indexOf(AVAILABLE);
  if (first < 0) return [];
  const picked = [first];
  const row = rows[first];
  const isFree = (seat: number) => rows[seat] === row && statuses[seat] === AVAILABLE;
  for (let seat = first + 1; picked.length < count && isFree(seat); seat++) picked.push(seat);
  for (let seat = first - 1; picked.length < count && isFree(seat); seat--) picked.push(seat);
  return picked;
}
