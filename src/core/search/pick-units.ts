import type { House } from '../house.js';
import { NONE } from '../seat-map.js';
import { clearSelection, isSelected, select } from '../selection.js';

/** What a list of seats can be sold as. */
export interface Units {
  readonly singles: number;
  /** Both halves are in the list. */
  readonly pairs: number;
}

/** Counts the units of a list, and marks its seats as the selection. */
export function unitsOf(house: House, seats: readonly number[]): Units {
  const { pairOf } = house.map;
  clearSelection(house);
  for (const seat of seats) select(house, seat);
  let [singles, pairs] = [0, 0];
  for (const seat of seats) {
    const mate = pairOf[seat] ?? NONE;
    if (mate === NONE) singles++;
    else if (mate > seat && isSelected(house, mate)) pairs++;
  }
  return { singles, pairs };
}

/** Whether some of the units make up `count` seats exactly. */
export function suffices(count: number, singles: number, pairs: number): boolean {
  return count - 2 * Math.min(pairs, Math.floor(count / 2)) <= singles;
}

/**
 * The first `count` of `seats`, pairs whole. A seat is passed over where taking it would leave a rest that only half a
 * pair could fill, so this finds a choice whenever there is one. A pair counts only where both halves are in the list.
 * In the order of the list; undefined where it does not suffice.
 *
 * Where putting all in order would cost too much, `seats` may be the beginning of the order only and `all` everything, in
 * any order: the same is picked, or undefined where the beginning runs out.
 */
export function pickUnits(
  house: House,
  seats: readonly number[],
  count: number,
  all: readonly number[] = seats,
): number[] | undefined {
  const { pairOf } = house.map;
  let { singles, pairs } = unitsOf(house, all);
  let rest = count;
  if (!suffices(rest, singles, pairs)) return undefined;
  const picked: number[] = [];
  // From here on the marks are of seats that were dealt with, so that a pair is met once.
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
  return rest === 0 ? picked : undefined;
}
