import { NONE } from '../seat-map.js';
import type { Found, Search } from './party.js';
import { type BestWindows, noWindows, scanWindows } from './windows.js';

/** All seats of the party side by side in one block, nearest the focal point; without a lone seat left if that can be. */
export function findAdjacent(search: Search): Found | undefined {
  const { house, party } = search;
  const { map } = house;
  const best = noWindows();
  for (const index of map.blocksByFocal) {
    // No seat of this block or a later one is nearer than this, so no window can be better than what is found.
    if ((map.blockFocal[index] ?? 0) * party.count > best.clean.total) break;
    if ((house.freeInBlock[index] ?? 0) < party.count) continue;
    const block = map.blocks[index];
    if (block === undefined || (party.zone !== NONE && map.zoneOf[block[0] ?? NONE] !== party.zone)) continue;
    scanWindows(search, block, best, true);
  }
  return pick(best, 'adjacent');
}

/** Side by side but for aisles: one line, nobody else between the party. */
export function findAcrossAisle(search: Search): Found | undefined {
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
