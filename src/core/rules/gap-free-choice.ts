import { AVAILABLE, type House } from '../house.js';
import { NONE } from '../seat-map.js';
import { isSelected } from '../selection.js';

// What a place of the block is after a choice.
const WALL = 0;
const TAKEN = 1;
const CHOSEN = 2;
const FREE = 3;
const CODES = 4;

/**
 * Whether some choice of `count` available seats of the block, in at most `pieces` pieces, leaves no new gap. Pairs are
 * chosen whole. Wheelchair spaces and companion seats are no alternative to other seats, so they may be chosen only where
 * the selection has them.
 *
 * A walk along the block over states (previous place, this place, seats chosen, pieces begun), since whether a seat is a
 * gap depends on its two neighbours only: O(length of the block × count × pieces), and only where a rule is about to
 * refuse.
 */
export function canChooseWithoutGap(
  house: House,
  block: number,
  count: number,
  pieces: number,
  strict: boolean,
): boolean {
  const seats = house.map.blocks[block];
  if (seats === undefined) return false;
  const width = (count + 1) * (pieces + 1);
  let reached = new Uint8Array(CODES * CODES * width);
  let next = new Uint8Array(CODES * CODES * width);
  // Two walls before the first place: the state in which nothing is chosen yet.
  reached[0] = 1;
  for (let place = 0; place <= seats.length; place++) {
    next.fill(0);
    for (let before = WALL; before <= FREE; before++) {
      for (let at = WALL; at <= FREE; at++) {
        for (let after = WALL; after <= FREE; after++) {
          if (!mayFollow(house, seats, place, at, after)) continue;
          if (at === FREE && isNewGap(house, seats[place - 1] ?? NONE, before, after, strict)) continue;
          const from = (before * CODES + at) * width;
          const to = (at * CODES + after) * width;
          // Chosen seats count in strides of the pieces, so that one step moves a whole state at once.
          const step = after !== CHOSEN ? 0 : pieces + 1 + (at === CHOSEN ? 0 : 1);
          carry(reached, from, next, to, step, width, pieces);
        }
      }
    }
    [reached, next] = [next, reached];
  }
  for (let before = WALL; before <= FREE; before++) {
    const end = (before * CODES + WALL) * width + count * (pieces + 1);
    if (reached.subarray(end, end + pieces + 1).includes(1)) return true;
  }
  return false;
}

/** Enters the reached states of one pair of places, moved by `step`, into those of the next pair. */
function carry(
  reached: Uint8Array,
  from: number,
  next: Uint8Array,
  to: number,
  step: number,
  width: number,
  pieces: number,
): void {
  const beginsPiece = step === pieces + 2;
  for (let state = 0; state + step < width; state++) {
    if (reached[from + state] !== 1) continue;
    // A piece too many would spill into the next count.
    if (beginsPiece && state % (pieces + 1) === pieces) continue;
    next[to + state + step] = 1;
  }
}

/** Whether the seat at `place` can be `after`, next to one that is `at`; the place behind the last is a wall. */
function mayFollow(house: House, seats: Int32Array, place: number, at: number, after: number): boolean {
  const seat = seats[place];
  if (seat === undefined) return after === WALL;
  if (house.status[seat] !== AVAILABLE) return after === TAKEN;
  if (after !== CHOSEN && after !== FREE) return false;
  const { map } = house;
  const mate = map.pairOf[seat] ?? NONE;
  if (mate !== NONE) {
    if (house.status[mate] !== AVAILABLE) return after === FREE;
    return mate !== seats[place - 1] || (at === CHOSEN) === (after === CHOSEN);
  }
  return after === FREE || map.isOrdinary[seat] === 1 || isSelected(house, seat);
}

function isNewGap(house: House, seat: number, before: number, after: number, strict: boolean): boolean {
  if (before === FREE || after === FREE || house.map.isOrdinary[seat] !== 1) return false;
  if (before !== CHOSEN && after !== CHOSEN) return false;
  return strict || (before !== WALL && after !== WALL);
}
