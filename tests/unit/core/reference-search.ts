/**
 * The search for the best seats as it was before it was made fast: it looks at every seat every time. What the core finds
 * must be the same, seat for seat.
 */

import { seatsWithin } from '../../../src/core/geometry/seat-grid.js';
import { AVAILABLE, type House } from '../../../src/core/house.js';
import { isTooClose } from '../../../src/core/rules/distancing.js';
import type { Found, Party } from '../../../src/core/search/party.js';
import { NONE } from '../../../src/core/seat-map.js';
import { clearSelection, isSelected, select } from '../../../src/core/selection.js';

interface Search {
  readonly house: House;
  readonly party: Party;
  readonly special: boolean;
}

function isCandidate(search: Search, seat: number): boolean {
  return search.house.map.tableOf[seat] === NONE && isFree(search, seat);
}

function isFree({ house, party, special }: Search, seat: number): boolean {
  const { map } = house;
  if (house.status[seat] !== AVAILABLE) return false;
  if (party.category !== NONE && map.categoryOf[seat] !== party.category) return false;
  if (party.categories?.[map.categoryOf[seat] ?? NONE] === 0) return false;
  if (party.zone !== NONE && map.zoneOf[seat] !== party.zone) return false;
  if (!special && (map.isWheelchair[seat] === 1 || map.wheelchairOf[seat] !== NONE)) return false;
  return house.rules.distancing === 0 || !isTooClose(house, seat, party.holder);
}

interface Window {
  seats: readonly number[] | undefined;
  total: number;
}

interface BestWindows {
  readonly clean: Window;
  readonly gapped: Window;
}

function noWindows(): BestWindows {
  return { clean: { seats: undefined, total: Infinity }, gapped: { seats: undefined, total: Infinity } };
}

function scanWindows(search: Search, seats: Int32Array, best: BestWindows, gaps: boolean): void {
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
    if (total >= best.clean.total || !keepsTogether(search, seats, first, place)) continue;
    const target = gaps && leavesLoneSeat(search, seats, first, place) ? best.gapped : best.clean;
    if (total >= target.total) continue;
    target.total = total;
    target.seats = Array.from(seats.subarray(first, place + 1));
  }
}

/** All windows of a ring begin somewhere in its first round. */
function unroll({ house: { map }, party }: Search, index: number): Int32Array {
  const block = map.blocks[index] ?? new Int32Array();
  return map.isRing[index] === 1 && party.count < block.length
    ? Int32Array.from([...block, ...block.slice(0, party.count - 1)])
    : block;
}

function keepsTogether({ house, special }: Search, seats: Int32Array, first: number, last: number): boolean {
  const { map } = house;
  const window = seats.subarray(first, last + 1);
  const isWhole = (other: number) => other === NONE || window.includes(other);
  for (const seat of window) {
    if (!isWhole(map.pairOf[seat] ?? NONE) || (special && !isWhole(map.wheelchairOf[seat] ?? NONE))) return false;
  }
  return true;
}

function leavesLoneSeat({ house }: Search, seats: Int32Array, first: number, last: number): boolean {
  if (house.rules.distancing > 0) return false;
  const { map, status } = house;
  const strict = house.rules.singleGap !== 'lenient';
  const window = seats.subarray(first, last + 1);
  const isFree = (seat: number) => status[seat] === AVAILABLE && !window.includes(seat);
  const isLone = (seat: number) => {
    if (!isFree(seat) || map.isOrdinary[seat] !== 1) return false;
    const [left, right] = [map.left[seat] ?? NONE, map.right[seat] ?? NONE];
    return !isFree(left) && !isFree(right) && (strict || (left !== NONE && right !== NONE));
  };
  for (const seat of window) if (isLone(map.left[seat] ?? NONE) || isLone(map.right[seat] ?? NONE)) return true;
  return false;
}

function findAdjacent(search: Search): Found | undefined {
  const { house, party } = search;
  const { map } = house;
  const best = noWindows();
  for (const index of map.blocksByFocal) {
    if ((map.blockFocal[index] ?? 0) * party.count > best.clean.total) break;
    if ((house.freeInBlock[index] ?? 0) < party.count) continue;
    const block = map.blocks[index];
    if (block === undefined || (party.zone !== NONE && map.zoneOf[block[0] ?? NONE] !== party.zone)) continue;
    scanWindows(search, unroll(search, index), best, true);
  }
  for (const table of map.data.tables ?? []) {
    if (table.length !== party.count || table.some((seat) => !isFree(search, seat))) continue;
    const total = table.reduce((sum, seat) => sum + (map.focalDistance[seat] ?? 0), 0);
    if (total < best.clean.total) Object.assign(best.clean, { seats: table, total });
  }
  return pick(best, 'adjacent');
}

function findAcrossAisle(search: Search): Found | undefined {
  const { house, party } = search;
  const { map } = house;
  const free = new Int32Array(map.lines.length);
  const parts = new Int32Array(map.lines.length);
  map.lineOfBlock.forEach((line, block) => {
    free[line] = (free[line] ?? 0) + (house.freeInBlock[block] ?? 0);
    parts[line] = (parts[line] ?? 0) + 1;
  });
  const best = noWindows();
  map.lines.forEach((line, index) => {
    if ((parts[index] ?? 0) < 2 || (free[index] ?? 0) < party.count) return;
    if (party.zone !== NONE && map.zoneOf[line[0] ?? NONE] !== party.zone) return;
    scanWindows(search, line, best, false);
  });
  return pick(best, 'same_row');
}

function pick(best: BestWindows, quality: 'adjacent' | 'same_row'): Found | undefined {
  if (best.clean.seats !== undefined) return { seats: best.clean.seats, quality };
  return best.gapped.seats && { seats: best.gapped.seats, quality: 'adjacent_leaves_gap' };
}

function pickUnits(house: House, seats: readonly number[], count: number): number[] | undefined {
  const { pairOf } = house.map;
  clearSelection(house);
  for (const seat of seats) select(house, seat);
  let [singles, pairs] = [0, 0];
  for (const seat of seats) {
    const mate = pairOf[seat] ?? NONE;
    if (mate === NONE) singles++;
    else if (mate > seat && isSelected(house, mate)) pairs++;
  }
  let rest = count;
  if (!suffices(rest, singles, pairs)) return undefined;
  const picked: number[] = [];
  const whole = seats.filter((seat) => (pairOf[seat] ?? NONE) === NONE || isSelected(house, pairOf[seat] ?? NONE));
  clearSelection(house);
  for (const seat of whole) {
    if (rest === 0) break;
    if (isSelected(house, seat)) continue;
    const mate = pairOf[seat] ?? NONE;
    if (mate === NONE) {
      singles--;
      if (!suffices(rest - 1, singles, pairs)) continue;
      picked.push(seat);
      rest--;
    } else {
      select(house, mate);
      pairs--;
      if (rest < 2 || !suffices(rest - 2, singles, pairs)) continue;
      picked.push(seat, mate);
      rest -= 2;
    }
  }
  return picked;
}

function suffices(count: number, singles: number, pairs: number): boolean {
  return count - 2 * Math.min(pairs, Math.floor(count / 2)) <= singles;
}

const SEEDS_MAX = 512;

function findNearby(search: Search): Found | undefined {
  let tried = 0;
  for (const seed of search.house.map.seatsByFocal) {
    if (!isCandidate(search, seed)) continue;
    if (++tried > SEEDS_MAX) return undefined;
    const seats = pickUnits(search.house, aroundSeat(search, seed), search.party.count);
    if (seats !== undefined) return { seats: seats.sort((a, b) => a - b), quality: 'nearby' };
  }
  return undefined;
}

function aroundSeat(search: Search, seat: number): number[] {
  const { map } = search.house;
  const { x, y } = map.data.seats;
  const [atX, atY] = [x[seat] ?? 0, y[seat] ?? 0];
  const reach = map.pitch * (2 + search.party.count / 2);
  const distance = (other: number) => ((x[other] ?? 0) - atX) ** 2 + ((y[other] ?? 0) - atY) ** 2;
  return seatsWithin(map.grid, map.data, atX, atY, reach)
    .filter((other) => map.zoneOf[other] === map.zoneOf[seat] && isCandidate(search, other))
    .filter((other) => keepsRoles(search, other))
    .sort((a, b) => distance(a) - distance(b) || a - b);
}

function findScattered(search: Search, standing: boolean): Found | undefined {
  const { house, party } = search;
  const { map } = house;
  const seats: number[] = [];
  const companions: number[] = [];
  for (const seat of map.seatsByFocal) {
    if (!isCandidate(search, seat)) continue;
    const wheelchair = map.wheelchairOf[seat] ?? NONE;
    if (wheelchair === NONE) seats.push(seat);
    else if (isCandidate(search, wheelchair)) companions.push(seat);
  }
  if (standing) {
    for (const area of map.areasByFocal) {
      const { first, count } = map.data.areas[area] ?? { first: 0, count: 0 };
      for (let seat = first; seat < first + count; seat++) if (isCandidate(search, seat)) seats.push(seat);
    }
  }
  const picked = pickUnits(house, [...seats, ...companions], party.count);
  return picked && { seats: picked.sort((a, b) => a - b), quality: 'scattered' };
}

function findStanding({ house, party }: Search): Found | undefined {
  const { map, status } = house;
  for (const index of map.areasByFocal) {
    const area = map.data.areas[index];
    if (area === undefined || (house.freeInArea[index] ?? 0) < party.count) continue;
    if (party.category !== NONE && area.category !== party.category) continue;
    if (party.categories?.[area.category] === 0) continue;
    if (party.zone !== NONE && area.zone !== party.zone) continue;
    const seats: number[] = [];
    for (let seat = status.indexOf(AVAILABLE, area.first); seats.length < party.count; ) {
      seats.push(seat);
      seat = status.indexOf(AVAILABLE, seat + 1);
    }
    return { seats, quality: 'adjacent' };
  }
  return undefined;
}

function keepsRoles({ house }: Search, seat: number): boolean {
  return house.map.wheelchairOf[seat] === NONE;
}

interface Choice {
  readonly seats: readonly number[];
  readonly companions: number;
  readonly total: number;
}

function findAccessible(search: Search): Found | undefined {
  const { map } = search.house;
  const spaces = map.data.wheelchair.filter((seat) => isCandidate({ ...search, special: true }, seat));
  spaces.sort((a, b) => (map.focalDistance[a] ?? 0) - (map.focalDistance[b] ?? 0) || a - b);
  let [clean, gapped, across]: (Choice | undefined)[] = [];
  for (const space of spaces) {
    const block = unroll(search, map.blockOf[space] ?? NONE);
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
  for (let first = 0; first + count <= seats.length; first++) {
    const last = first + count - 1;
    const window = Array.from(seats.subarray(first, last + 1));
    if (!window.includes(space)) continue;
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

export function referenceSearch(house: House, party: Party, accessible: boolean): Found | undefined {
  if (!Number.isInteger(party.count) || party.count < 1 || house.available < party.count) return undefined;
  const search: Search = { house, party, special: false };
  if (accessible) return findAccessible(search);
  const found = findInTurn(search);
  if (found !== undefined || house.map.data.wheelchair.length === 0) return found;
  return findInTurn({ ...search, special: true });
}

function findInTurn(search: Search): Found | undefined {
  return (
    findAdjacent(search) ??
    findAcrossAisle(search) ??
    findNearby(search) ??
    findScattered(search, false) ??
    findStanding(search) ??
    findScattered(search, true)
  );
}
