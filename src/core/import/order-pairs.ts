import { arrangeRows } from '../geometry/arrange-rows.js';
import { NONE, type SeatMapData } from '../seat-map.js';
import type { Findings } from './findings.js';

/**
 * The pairs of the plan as left and right half, by where they stand. Halves with another seat between them are a
 * problem: the house sells pairs as neighbours, and nobody would call such two a sofa. `pathOf` tells a seat's JSON path.
 */
export function orderPairs(
  data: SeatMapData,
  findings: Findings,
  pathOf: (seat: number) => string,
): (readonly [left: number, right: number])[] {
  if (data.pairs.length === 0) return [];
  const pairOf = new Int32Array(data.seats.x.length).fill(NONE);
  for (const [seat, other] of data.pairs) {
    pairOf[seat] = other;
    pairOf[other] = seat;
  }
  const rightOf = new Int32Array(data.seats.x.length).fill(NONE);
  for (const block of arrangeRows(data, pairOf).blocks) {
    block.forEach((seat, place) => {
      rightOf[seat] = block[place + 1] ?? NONE;
    });
  }
  return data.pairs.map(([seat, other]) => {
    const isLeft = rightOf[seat] === other;
    if (!isLeft && rightOf[other] !== seat) {
      findings.problem(`${pathOf(seat)}.usher.pair_with`, 'is not the next seat in the row');
    }
    return isLeft ? [seat, other] : [other, seat];
  });
}
