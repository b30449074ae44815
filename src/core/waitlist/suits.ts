import { bestAvailable } from '../best-available.js';
import { isRefusal } from '../find-hold.js';
import { AVAILABLE, type House } from '../house.js';
import type { SearchQuality } from '../reply.js';
import { NONE } from '../seat-map.js';
import { categoriesFor, typesOfParty } from '../ticket-types.js';
import type { Wish } from './waiting.js';

const IN_ONE_ROW: ReadonlySet<SearchQuality> = new Set(['adjacent', 'adjacent_leaves_gap', 'same_row']);

/** Whether free seats of the house are what this holder wishes. Changes nothing. */
export function hasFree(house: House, holder: string, wish: Wish): boolean {
  if ('seats' in wish) {
    return wish.seats.every((label) => house.status[house.map.indexOf.get(label) ?? -1] === AVAILABLE);
  }
  const { count, together } = wish;
  const category = wish.category === undefined ? NONE : house.map.categoryIndex.get(wish.category);
  const zone = wish.zone === undefined ? NONE : house.map.zoneIndex.get(wish.zone);
  if (category === undefined || zone === undefined) return false;
  const types = typesOfParty(house, count, undefined, category);
  if (types !== undefined && isRefusal(types)) return false;
  const categories = types && categoriesFor(house, types);
  const found = bestAvailable(house, { holder, count, category, zone, categories }, false);
  return found !== undefined && (!together || IN_ONE_ROW.has(found.quality));
}
