/**
 * The single-gap rule, as seats.io and its users know it: a selection must not leave one lone seat that nobody will
 * buy. It never blocks the last sale (SEAT-RULE-GAP-1 to 7 of SPEC.md); that is exact and as follows.
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
 * Seats that are given back are judged alike: what remains of the hold counts as the selection, and all that the hold had
 * as available. Else the rule would be passed by holding three and giving back the middle one.
 *
 * With `distancing` the rule is off: the free seats between parties are then wanted.
 */
import type { House } from '../house.js';
import type { SeatConflict } from '../refusal.js';
import { NONE } from '../seat-map.js';
import { isSelected, labelOf } from '../selection.js';
import { canChooseWithoutGap, isFreeOf } from './gap-free-choice.js';

/**
 * Names each new gap that is not forgiven, and the seats of the marked selection `seats` that it stays beside.
 * @param owned the hold of which `seats` is to remain, where seats are given back; only those can become gaps then.
 */
export function findSingleGaps(
  house: House,
  seats: readonly number[],
  owned: string | undefined,
): SeatConflict[] | undefined {
  const { map, rules } = house;
  if (rules.singleGap === 'off' || rules.distancing > 0) return undefined;
  const strict = rules.singleGap === 'strict';
  let besideOf: Map<number, string[]> | undefined;
  let judged = NONE;
  let forgiven = false;
  for (const seat of seats) {
    const left = gapBeside(house, seat, map.left, strict, owned);
    const right = gapBeside(house, seat, map.right, strict, owned);
    if (left === NONE && right === NONE) continue;
    const block = map.blockOf[seat] ?? NONE;
    if (block !== judged) {
      judged = block;
      forgiven = !canChooseWithoutGap(house, block, { ...sizeInBlock(house, seats, block), strict, owned });
    }
    if (forgiven) continue;
    besideOf ??= new Map();
    enterGap(besideOf, left, labelOf(house, seat));
    enterGap(besideOf, right, labelOf(house, seat));
  }
  if (besideOf === undefined) return undefined;
  return [...besideOf].map(([gap, beside]) => ({ seat: labelOf(house, gap), reason: 'single_gap', beside }));
}

function enterGap(besideOf: Map<number, string[]>, gap: number, label: string): void {
  if (gap === NONE) return;
  const known = besideOf.get(gap);
  if (known === undefined) besideOf.set(gap, [label]);
  else if (!known.includes(label)) known.push(label);
}

/** The seat on that side that would stay alone; NONE where there is none. `side` is the map's column of neighbours. */
function gapBeside(house: House, seat: number, side: Int32Array, strict: boolean, owned: string | undefined): number {
  const gap = side[seat] ?? NONE;
  if (gap === NONE || house.map.isOrdinary[gap] !== 1) return NONE;
  if (!isFreeOf(house, gap, owned) || isSelected(house, gap)) return NONE;
  if (owned !== undefined && house.ownerOf[gap] !== owned) return NONE;
  const beyond = side[gap] ?? NONE;
  if (beyond === NONE) return strict ? gap : NONE;
  return !isFreeOf(house, beyond, owned) || isSelected(house, beyond) ? gap : NONE;
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
