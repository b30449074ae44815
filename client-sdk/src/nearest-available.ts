import type { SeatMapDocument } from '../../src/protocol/seat-map-document.js';

const AVAILABLE = 0;
/** More than the square of any distance in a plan: a seat of another category comes after all of its own. */
const OTHER_CATEGORY = 1e15;

/**
 * The seat to offer in place of one that was lost: the nearest free seat of its category, or else the nearest of
 * another. Only a seat of the same kind will do: a wheelchair space, a companion's seat or half of a pair is no
 * replacement for a plain one, nor the other way round. Undefined where nothing is left. O(seats).
 */
export function nearestAvailable(
  map: SeatMapDocument,
  lost: number,
  codeOf: (seat: number) => number | undefined,
  except: ReadonlySet<number>,
): number | undefined {
  const { x, y, category } = map.seats;
  const kinds = new Map<number, string>();
  for (const seat of map.pairs.flat()) kinds.set(seat, 'pair');
  for (const [companion] of map.companions) kinds.set(companion, 'companion');
  for (const seat of map.wheelchair) kinds.set(seat, 'wheelchair');
  let best: number | undefined;
  let bestAway = Number.POSITIVE_INFINITY;
  category.forEach((of, seat) => {
    if (seat === lost || codeOf(seat) !== AVAILABLE || except.has(seat) || kinds.get(seat) !== kinds.get(lost)) return;
    const away =
      ((x[seat] ?? 0) - (x[lost] ?? 0)) ** 2 +
      ((y[seat] ?? 0) - (y[lost] ?? 0)) ** 2 +
      (of === category[lost] ? 0 : OTHER_CATEGORY);
    if (away < bestAway) {
      best = seat;
      bestAway = away;
    }
  });
  return best;
}
