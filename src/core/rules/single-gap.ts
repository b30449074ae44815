/**
 * The single-gap rule, as seats.io and its users know it: a selection must not leave one lone seat that nobody will
 * buy. It never blocks the last sale (requirements B3 and C8); that is exact and as follows.
 *
 * A seat is a *new gap* where it is available and unselected, is sold by itself to anybody (no wheelchair space,
 * companion or half of a pair: those are sold by need, not by what is left), was beside an available seat before the
 * selection, and has no available seat beside it after. Beside it may be a taken seat or, in `strict`, the end of the
 * block; in `lenient` a gap at the end of a block is none. Own seats are taken seats like others.
 *
 * A gap is *forgiven* where, within its block, every choice of as many seats as the selection has there, in no more
 * pieces than it has, would leave a new gap. So a party is refused only while the same block offers as many seats, no
 * more torn apart, without harm; and whatever is left in the end can be sold. `canChooseWithoutGap` decides it exactly.
 *
 * With `distancing` the rule is off: the free seats between parties are then wanted.
 */
import { AVAILABLE, type House } from '../house.js';
import type { SeatConflict } from '../refusal.js';
import { NONE } from '../seat-map.js';
import { isSelected, labelOf } from '../selection.js';
import { canChooseWithoutGap } from './gap-free-choice.js';

/** Names each seat of the marked selection `seats` beside which a new gap stays that is not forgiven. */
export function findSingleGaps(house: House, seats: readonly number[]): SeatConflict[] | undefined {
  const { map, rules } = house;
  if (rules.singleGap === 'off' || rules.distancing > 0) return undefined;
  const strict = rules.singleGap === 'strict';
  let conflicts: SeatConflict[] | undefined;
  let judged = NONE;
  let forgiven = false;
  for (const seat of seats) {
    if (!leavesGap(house, seat, map.left, strict) && !leavesGap(house, seat, map.right, strict)) continue;
    const block = map.blockOf[seat] ?? NONE;
    if (block !== judged) {
      judged = block;
      forgiven = !canChooseWithoutGap(house, block, { ...sizeInBlock(house, seats, block), strict });
    }
    if (forgiven) continue;
    conflicts ??= [];
    conflicts.push({ seat: labelOf(house, seat), reason: 'single_gap' });
  }
  return conflicts;
}

/** `side` is the map's column of left or right neighbours. */
function leavesGap(house: House, seat: number, side: Int32Array, strict: boolean): boolean {
  const gap = side[seat] ?? NONE;
  if (gap === NONE || house.map.isOrdinary[gap] !== 1) return false;
  if (house.status[gap] !== AVAILABLE || isSelected(house, gap)) return false;
  const beyond = side[gap] ?? NONE;
  return beyond === NONE ? strict : house.status[beyond] !== AVAILABLE || isSelected(house, beyond);
}

function sizeInBlock(house: House, seats: readonly number[], block: number): { count: number; pieces: number } {
  const { map } = house;
  let [count, pieces] = [0, 0];
  for (const seat of seats) {
    if (map.blockOf[seat] !== block) continue;
    count++;
    const left = map.left[seat] ?? NONE;
    if (left === NONE || !isSelected(house, left)) pieces++;
  }
  return { count, pieces };
}
