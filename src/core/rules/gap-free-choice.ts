import { AVAILABLE, type House } from '../house.js';
import { NONE } from '../seat-map.js';
import { isSelected } from '../selection.js';

// What a place of the block is after a choice.
const WALL = 0;
const TAKEN = 1;
const CHOSEN = 2;
const FREE = 3;
const CODES = 4;

/** How many seats of a block are to be chosen, in how many pieces at most; whether a gap at its end counts. */
export interface Choice {
  readonly count: number;
  readonly pieces: number;
  readonly strict: boolean;
  /** A hold whose seats count as available, since some of them are given back. */
  readonly owned: string | undefined;
}

/** Available, or in that hold. */
export function isFreeOf(house: House, seat: number, owned: string | undefined): boolean {
  return house.status[seat] === AVAILABLE || (owned !== undefined && house.ownerOf[seat] === owned);
}

/**
 * Whether some choice of `count` available seats of the block, in at most `pieces` pieces, leaves no new gap. Pairs are
 * chosen whole. Wheelchair spaces and companion seats are no alternative to other seats, so they may be chosen only where
 * the selection has them.
 *
 * A walk along the block over states (previous place, this place, seats chosen, pieces begun), since whether a seat is a
 * gap depends on its two neighbours only: O(length of the block × count × pieces), and only where a rule is about to
 * refuse. Around a table the walk is made once for each state of the two places at which it starts and ends.
 */
export function canChooseWithoutGap(house: House, block: number, choice: Choice): boolean {
  const seats = house.map.blocks[block];
  if (seats === undefined) return false;
  if (house.map.isRing[block] !== 1) return walk(house, seats, choice, undefined);
  const states = [TAKEN, CHOSEN, FREE];
  return states.some((last) => states.some((first) => walk(house, seats, choice, { last, first })));
}

/** What the last and the first place of a ring are after the choice. */
interface Seam {
  readonly last: number;
  readonly first: number;
}

function walk(house: House, seats: Int32Array, choice: Choice, seam: Seam | undefined): boolean {
  const { count, pieces, strict, owned } = choice;
  const width = (count + 1) * (pieces + 1);
  let reached = new Uint8Array(CODES * CODES * width);
  let next = new Uint8Array(CODES * CODES * width);
  // Two walls before the first place, or what the ring is assumed to be: the state in which the walk starts.
  if (seam === undefined) reached[0] = 1;
  else if (!entersSeam(house, seats, seam, choice, reached, width)) return false;
  for (let place = seam === undefined ? 0 : 1; place <= seats.length; place++) {
    next.fill(0);
    for (let before = WALL; before <= FREE; before++) {
      for (let at = WALL; at <= FREE; at++) {
        for (let after = WALL; after <= FREE; after++) {
          if (!mayFollow(house, seats, place, at, after, seam, owned)) continue;
          if (at === FREE && isNewGap(house, seats[place - 1] ?? NONE, before, after, strict)) continue;
          const from = (before * CODES + at) * width;
          const to = (at * CODES + after) * width;
          // Chosen seats count in strides of the pieces, so that one step moves a whole state at once. The first place
          // of a ring, met again, was counted when the walk started.
          const isCounted = after === CHOSEN && place < seats.length;
          const step = isCounted ? pieces + 1 + (at === CHOSEN ? 0 : 1) : 0;
          carry(reached, from, next, to, step, width, pieces);
        }
      }
    }
    [reached, next] = [next, reached];
  }
  const ending = seam?.first ?? WALL;
  for (let before = WALL; before <= FREE; before++) {
    if (seam !== undefined && before !== seam.last) continue;
    const end = (before * CODES + ending) * width + count * (pieces + 1);
    if (reached.subarray(end, end + pieces + 1).includes(1)) return true;
  }
  return false;
}

/** Enters the state in which a ring's first place is as assumed, if that can be. */
function entersSeam(
  house: House,
  seats: Int32Array,
  { last, first }: Seam,
  { count, pieces, owned }: Choice,
  reached: Uint8Array,
  width: number,
): boolean {
  const [start, end] = [seats[0] ?? NONE, seats.at(-1) ?? NONE];
  if (!mayBe(house, start, first, owned) || !mayBe(house, end, last, owned)) return false;
  if (house.map.pairOf[start] === end && (first === CHOSEN) !== (last === CHOSEN)) return false;
  const begins = first === CHOSEN && last !== CHOSEN ? 1 : 0;
  if (first === CHOSEN && (count === 0 || begins > pieces)) return false;
  reached[(last * CODES + first) * width + (first === CHOSEN ? pieces + 1 + begins : 0)] = 1;
  return true;
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

/** Whether the seat at `place` can be `after`, next to one that is `at`; behind the last is a wall or the ring's first. */
function mayFollow(
  house: House,
  seats: Int32Array,
  place: number,
  at: number,
  after: number,
  seam: Seam | undefined,
  owned: string | undefined,
): boolean {
  const seat = seats[place];
  if (seat === undefined) return after === (seam?.first ?? WALL);
  if (!mayBe(house, seat, after, owned)) return false;
  const mate = house.map.pairOf[seat] ?? NONE;
  return mate === NONE || mate !== seats[place - 1] || (at === CHOSEN) === (after === CHOSEN);
}

/** Whether the seat can be in this state after a choice, whatever its neighbours are. */
function mayBe(house: House, seat: number, state: number, owned: string | undefined): boolean {
  if (!isFreeOf(house, seat, owned)) return state === TAKEN;
  if (state !== CHOSEN && state !== FREE) return false;
  const { map } = house;
  const mate = map.pairOf[seat] ?? NONE;
  if (mate !== NONE) return state === FREE || isFreeOf(house, mate, owned);
  return state === FREE || map.isOrdinary[seat] === 1 || isSelected(house, seat);
}

function isNewGap(house: House, seat: number, before: number, after: number, strict: boolean): boolean {
  if (before === FREE || after === FREE || house.map.isOrdinary[seat] !== 1) return false;
  if (before !== CHOSEN && after !== CHOSEN) return false;
  return strict || (before !== WALL && after !== WALL);
}
