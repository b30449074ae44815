/**
 * A party with one wheelchair user: one wheelchair space, its companion seats, and ordinary seats or pairs beside it.
 * Other wheelchair spaces, and companion seats of others, are never given away for this.
 */
import { NONE } from '../seat-map.js';
import { aroundSeat } from './apart.js';
import { type Found, isCandidate, type Party, type Search } from './party.js';
import { pickUnits } from './pick-units.js';
import { keepsTogether, leavesLoneSeat } from './windows.js';

interface Choice {
  readonly seats: readonly number[];
  /** Companion seats used: seats that nobody else could buy, so the more the better. */
  readonly companions: number;
  readonly total: number;
}

/** The same order of qualities as for other parties; within one, more companion seats first, then the nearest. */
export function findAccessible(search: Search): Found | undefined {
  const { map } = search.house;
  // What the wheelchair space itself is: a candidate of a search that may give special seats.
  const spaces = map.data.wheelchair.filter((seat) => isCandidate({ ...search, special: true }, seat));
  spaces.sort((a, b) => (map.focalDistance[a] ?? 0) - (map.focalDistance[b] ?? 0) || a - b);
  let [clean, gapped, across]: (Choice | undefined)[] = [];
  for (const space of spaces) {
    const block = map.blocks[map.blockOf[space] ?? NONE] ?? new Int32Array();
    for (const choice of windowsAround(search, block, space)) {
      if (leavesLoneSeat(search, block, choice.first, choice.last)) gapped = better(gapped, choice);
      else clean = better(clean, choice);
    }
    if (clean !== undefined) continue;
    const line = map.lines[map.lineOfBlock[map.blockOf[space] ?? NONE] ?? NONE] ?? new Int32Array();
    for (const choice of windowsAround(search, line, space)) across = better(across, choice);
  }
  if (clean !== undefined) return { seats: clean.seats, quality: 'adjacent' };
  if (gapped !== undefined) return { seats: gapped.seats, quality: 'adjacent_leaves_gap' };
  if (across !== undefined) return { seats: across.seats, quality: 'same_row' };
  return findAround(search, spaces, 'nearby') ?? findAround(search, spaces, 'scattered');
}

function better(best: Choice | undefined, choice: Choice): Choice {
  if (best === undefined || choice.companions > best.companions) return choice;
  return choice.companions === best.companions && choice.total < best.total ? choice : best;
}

function* windowsAround(search: Search, seats: Int32Array, space: number) {
  const { map } = search.house;
  const { count }: Party = search.party;
  const place = seats.indexOf(space);
  for (let first = Math.max(0, place - count + 1); first <= place && first + count <= seats.length; first++) {
    const last = first + count - 1;
    const window = Array.from(seats.subarray(first, last + 1));
    if (!window.every((seat) => mayJoin(search, seat, space)) || !keepsTogether(search, seats, first, last)) continue;
    const companions = window.filter((seat) => map.wheelchairOf[seat] === space).length;
    const total = window.reduce((sum, seat) => sum + (map.focalDistance[seat] ?? 0), 0);
    yield { seats: window, companions, total, first, last };
  }
}

function mayJoin(search: Search, seat: number, space: number): boolean {
  const own = seat === space || search.house.map.wheelchairOf[seat] === space;
  return isCandidate(own ? { ...search, special: true } : search, seat);
}

/** The space, its free companion seats wherever they stand, then the nearest seats: within reach, or anywhere. */
function findAround(search: Search, spaces: readonly number[], quality: 'nearby' | 'scattered'): Found | undefined {
  const { house, party } = search;
  const { map } = house;
  for (const space of spaces) {
    const companions = (map.companionsOf.get(space) ?? []).filter((seat) => mayJoin(search, seat, space));
    const others =
      quality === 'nearby'
        ? aroundSeat(search, space)
        : Array.from(map.seatsByFocal).filter((seat) => isCandidate(search, seat));
    const seats = pickUnits(house, [...companions, ...others], party.count - 1);
    if (seats !== undefined) return { seats: [space, ...seats], quality };
  }
  return undefined;
}
