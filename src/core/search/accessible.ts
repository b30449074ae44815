/**
 * A party with one wheelchair user: one wheelchair space, its companion seats, and ordinary seats or pairs beside it.
 * Other wheelchair spaces, and companion seats of others, are never given away for this.
 */
import { NONE } from '../seat-map.js';
import { Candidates } from './candidates.js';
import { Neighbourhood } from './neighbourhood.js';
import { type Found, isCandidate, type Search, withSpecial } from './party.js';
import { pickUnits, suffices, unitsOf } from './pick-units.js';
import { keepsTogether, leavesLoneSeat } from './windows.js';

interface Choice {
  readonly seats: readonly number[];
  /** Companion seats used: seats that nobody else could buy, so the more the better. */
  readonly companions: number;
  readonly total: number;
  /** Places along the block or line. */
  readonly first: number;
  readonly last: number;
}

/** The same order of qualities as for other parties; within one, more companion seats first, then the nearest. */
export function findAccessible(search: Search): Found | undefined {
  const { map } = search.house;
  // What the wheelchair space itself is: a candidate of a search that may give special seats.
  const special = withSpecial(search);
  const spaces = map.wheelchairsByFocal.filter((seat) => isCandidate(special, seat));
  let [clean, gapped, across]: (Choice | undefined)[] = [];
  for (const space of spaces) {
    const { block, place } = blockAround(search, space);
    for (const choice of windowsAround(search, block, space, place)) {
      if (leavesLoneSeat(search, block, choice.first, choice.last)) gapped = better(gapped, choice);
      else clean = better(clean, choice);
    }
  }
  if (clean !== undefined) return { seats: clean.seats, quality: 'adjacent' };
  if (gapped !== undefined) return { seats: gapped.seats, quality: 'adjacent_leaves_gap' };
  for (const space of spaces) {
    const line = map.lines[map.lineOfBlock[map.blockOf[space] ?? NONE] ?? NONE] ?? new Int32Array();
    for (const choice of windowsAround(search, line, space, line.indexOf(space))) across = better(across, choice);
  }
  if (across !== undefined) return { seats: across.seats, quality: 'same_row' };
  const candidates = new Candidates(search);
  return findNearSpace(search, spaces, candidates) ?? findFarFromSpace(search, spaces, candidates);
}

/** The block of the space, and the place of the space in it: of a ring, all windows that have the space. */
function blockAround({ house: { map }, party }: Search, space: number): { block: Int32Array; place: number } {
  const index = map.blockOf[space] ?? NONE;
  const block = map.blocks[index] ?? new Int32Array();
  const place = map.placeInBlock[space] ?? NONE;
  if (map.isRing[index] !== 1 || party.count >= block.length) return { block, place };
  const reach = party.count - 1;
  const first = place - reach + block.length;
  const around = Int32Array.from({ length: 2 * reach + 1 }, (_, i) => block[(first + i) % block.length] ?? NONE);
  return { block: around, place: reach };
}

function better(best: Choice | undefined, choice: Choice): Choice {
  if (best === undefined || choice.companions > best.companions) return choice;
  return choice.companions === best.companions && choice.total < best.total ? choice : best;
}

/** Every window of the party's size along `seats` that has the space, which stands at `place`, and nobody else's seats. */
function windowsAround(search: Search, seats: Int32Array, space: number, place: number): Choice[] {
  const { map } = search.house;
  const { count } = search.party;
  if (place === NONE) return [];
  let [from, to] = [place, place];
  while (place - from + 1 < count && mayJoin(search, seats[from - 1], space)) from--;
  while (to - place + 1 < count && mayJoin(search, seats[to + 1], space)) to++;
  const choices: Choice[] = [];
  for (let first = from; first <= place && first + count - 1 <= to; first++) {
    const last = first + count - 1;
    if (!keepsTogether(search, seats, first, last)) continue;
    let [companions, total] = [0, 0];
    for (let at = first; at <= last; at++) {
      const seat = seats[at] ?? NONE;
      if (map.wheelchairOf[seat] === space) companions++;
      total += map.focalDistance[seat] ?? 0;
    }
    choices.push({ seats: Array.from(seats.subarray(first, last + 1)), companions, total, first, last });
  }
  return choices;
}

function mayJoin(search: Search, seat: number | undefined, space: number): boolean {
  if (seat === undefined) return false;
  const own = search.house.map.wheelchairOf[seat] === space;
  return isCandidate(own ? withSpecial(search) : search, seat);
}

function freeCompanions(search: Search, space: number): number[] {
  return (search.house.map.companionsOf.get(space) ?? []).filter((seat) => mayJoin(search, seat, space));
}

/** The space, its free companion seats wherever they stand, then the nearest seats within reach. */
function findNearSpace(search: Search, spaces: readonly number[], candidates: Candidates): Found | undefined {
  const neighbourhood = new Neighbourhood(search, candidates);
  for (const space of spaces) {
    const seats = neighbourhood.pick(space, search.party.count - 1, freeCompanions(search, space));
    if (seats !== undefined) return { seats: [space, ...seats], quality: 'nearby' };
  }
  return undefined;
}

/** The same, with the seats nearest the focal point wherever they are. */
function findFarFromSpace(search: Search, spaces: readonly number[], candidates: Candidates): Found | undefined {
  const { house, party } = search;
  const others = candidates.all(search.special);
  const { singles, pairs } = unitsOf(house, others);
  for (const space of spaces) {
    const companions = freeCompanions(search, space);
    // Each of them adds a single seat or completes a pair: most often that tells that nothing can be had.
    if (!suffices(party.count - 1, singles + companions.length, pairs + companions.length)) continue;
    const seats = pickUnits(house, [...companions, ...others], party.count - 1);
    if (seats !== undefined) return { seats: [space, ...seats], quality: 'scattered' };
  }
  return undefined;
}
