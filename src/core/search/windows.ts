/** Windows: as many seats side by side as the party has heads, somewhere along a block or a line. */
import { AVAILABLE, type House } from '../house.js';
import { NONE, type SeatMap } from '../seat-map.js';
import { isCandidate, type Search } from './party.js';

export interface Window {
  /** Undefined until one is found. */
  seats: readonly number[] | undefined;
  /** The sum of the focal distances of its seats. */
  total: number;
}

export interface BestWindows {
  /** The nearest window that leaves no lone seat beside it, and the nearest that does. */
  readonly clean: Window;
  readonly gapped: Window;
}

export function noWindows(): BestWindows {
  return { clean: { seats: undefined, total: Infinity }, gapped: { seats: undefined, total: Infinity } };
}

/**
 * Enters the best windows of `seats` (in seating order) into `best`. `gaps` is false where lone seats do not matter:
 * then every window is clean. Of equally near windows the first one met stays.
 */
export function scanWindows(search: Search, seats: Int32Array, best: BestWindows, gaps: boolean): void {
  const { house, party } = search;
  const { focalDistance } = house.map;
  let first = 0;
  let total = 0;
  for (let place = 0; place < seats.length; place++) {
    const seat = seats[place] ?? NONE;
    if (!isCandidate(search, seat)) {
      first = place + 1;
      total = 0;
      continue;
    }
    total += focalDistance[seat] ?? 0;
    if (place - first + 1 < party.count) continue;
    if (place - first + 1 > party.count) total -= focalDistance[seats[first++] ?? NONE] ?? 0;
    // A clean window beats every gapped one, so a window is looked at closely only where it could win something.
    if (total >= best.clean.total || !keepsTogether(search, seats, first, place)) continue;
    const target = gaps && leavesLoneSeat(search, seats, first, place) ? best.gapped : best.clean;
    if (total >= target.total) continue;
    target.total = total;
    target.seats = Array.from(seats.subarray(first, place + 1));
  }
}

/** A ring from its first seat around to where the last window of the party ends; any other block as it is. */
export function unrolled({ isRing, blocks }: SeatMap, index: number, count: number): Int32Array {
  const block = blocks[index] ?? new Int32Array();
  if (isRing[index] !== 1 || count >= block.length) return block;
  return Int32Array.from({ length: block.length + count - 1 }, (_, place) => block[place % block.length] ?? NONE);
}

/** No pair is cut by the ends of the window, and no companion is in it without its wheelchair space. */
export function keepsTogether({ house, special }: Search, seats: Int32Array, first: number, last: number): boolean {
  const { map } = house;
  const [start, end] = [seats[first] ?? NONE, seats[last] ?? NONE];
  const [before, after] = [map.pairOf[start] ?? NONE, map.pairOf[end] ?? NONE];
  if (before !== NONE && before === map.left[start] && before !== end) return false;
  if (after !== NONE && after === map.right[end] && after !== start) return false;
  if (!special) return true;
  for (let place = first; place <= last; place++) {
    const wheelchair = map.wheelchairOf[seats[place] ?? NONE] ?? NONE;
    if (wheelchair !== NONE && !seats.subarray(first, last + 1).includes(wheelchair)) return false;
  }
  return true;
}

/** As the single-gap rule has it; where the house has none (`off`), as `strict`, since a lone seat is still a pity. */
export function leavesLoneSeat({ house }: Search, seats: Int32Array, first: number, last: number): boolean {
  if (house.rules.distancing > 0) return false;
  const [start, end] = [seats[first] ?? NONE, seats[last] ?? NONE];
  return isLone(house, start, house.map.left, end) || isLone(house, end, house.map.right, start);
}

/** Whether the seat beside `end` stays alone. Around a table it may be the other end of the window, or beside that. */
function isLone({ rules, status, map }: House, end: number, side: Int32Array, otherEnd: number): boolean {
  const gap = side[end] ?? NONE;
  if (gap === NONE || gap === otherEnd || status[gap] !== AVAILABLE || map.isOrdinary[gap] !== 1) return false;
  const beyond = side[gap] ?? NONE;
  if (beyond === NONE) return rules.singleGap !== 'lenient';
  return beyond === otherEnd || status[beyond] !== AVAILABLE;
}
