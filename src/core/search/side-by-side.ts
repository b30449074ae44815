import { AVAILABLE } from '../house.js';
import { NONE } from '../seat-map.js';
import { type Found, fits, isCandidate, type Search } from './party.js';
import { hasCleanRoom, hasRoom, runsIn } from './runs.js';
import { type BestWindows, noWindows, scanWindows, unrolled, type Window } from './windows.js';

/** Sums of distances are rounded, so only what is farther by more than any rounding is surely farther. */
const SURELY = 1 - 1e-6;

/** All seats of the party side by side in one block, nearest the focal point; without a lone seat left if that can be. */
export function findAdjacent(search: Search): Found | undefined {
  const { house, party, ownBlocks } = search;
  const { map } = house;
  const best = noWindows();
  for (const index of map.blocksByFocal) {
    const nearest = (map.blockFocal[index] ?? 0) * party.count;
    // No seat of this block or a later one is nearer than this, so no window can be better than what is found.
    if (nearest > best.clean.total) break;
    if ((house.freeInBlock[index] ?? 0) < party.count) continue;
    const block = map.blocks[index];
    if (block === undefined || isElsewhere(search, block)) continue;
    const category = map.categoryOfBlock[index] ?? NONE;
    if (party.category !== NONE && category !== NONE && category !== party.category) continue;
    if (!ownBlocks.has(index)) {
      const runs = runsIn(house, index);
      if (!hasRoom(runs, party.count)) continue;
      if (!hasCleanRoom(runs, party.count) && nearest * SURELY > best.gapped.total) continue;
    }
    scanWindows(search, unrolled(map, index, party.count), best, true);
  }
  enterTables(search, best.clean);
  return pick(best, 'adjacent');
}

/** A table that is sold whole goes to a party of its size, and to no other. */
function enterTables(search: Search, best: Window): void {
  const { map, status } = search.house;
  const isFree = (seat: number) => status[seat] === AVAILABLE && fits(search, seat);
  for (const table of map.data.tables ?? []) {
    if (table.length !== search.party.count || !table.every(isFree)) continue;
    const total = table.reduce((sum, seat) => sum + (map.focalDistance[seat] ?? 0), 0);
    if (total >= best.total) continue;
    best.total = total;
    best.seats = table;
  }
}

/** Side by side but for aisles, where no block has room: one line, nobody else between the party. */
export function findAcrossAisle(search: Search): Found | undefined {
  const { party } = search;
  const { map } = search.house;
  const best = noWindows();
  for (const index of map.linesWithAisles) {
    if ((map.lineFocal[index] ?? 0) * party.count * SURELY > best.clean.total) continue;
    const line = map.lines[index];
    if (line === undefined || isElsewhere(search, line)) continue;
    // Within one block there is no room, or we were not here: a party that sits here sits around an aisle.
    for (const aisle of map.aislesOfLine[index] ?? []) {
      if (!hasRoomAround(search, line, aisle)) continue;
      scanWindows(search, line, best, false);
      break;
    }
  }
  return pick(best, 'same_row');
}

/** A row and a block are of one zone, so one seat tells of all. */
function isElsewhere({ house, party }: Search, seats: Int32Array): boolean {
  return party.zone !== NONE && house.map.zoneOf[seats[0] ?? NONE] !== party.zone;
}

/** Whether as many candidates as the party has heads follow on each other, the aisle before place `aisle` among them. */
function hasRoomAround(search: Search, line: Int32Array, aisle: number): boolean {
  const { count } = search.party;
  let [first, last] = [aisle - 1, aisle];
  if (!isCandidate(search, line[first] ?? NONE) || !isCandidate(search, line[last] ?? NONE)) return false;
  while (last - first + 1 < count && isCandidate(search, line[first - 1] ?? NONE)) first--;
  while (last - first + 1 < count && isCandidate(search, line[last + 1] ?? NONE)) last++;
  return last - first + 1 >= count;
}

function pick(best: BestWindows, quality: 'adjacent' | 'same_row'): Found | undefined {
  if (best.clean.seats !== undefined) return { seats: best.clean.seats, quality };
  return best.gapped.seats && { seats: best.gapped.seats, quality: 'adjacent_leaves_gap' };
}
