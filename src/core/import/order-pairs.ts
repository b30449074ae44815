import { NONE, type SeatMapData } from '../seat-map.js';
import type { Findings } from './findings.js';

/** The other half of each seat's pair; NONE where single. */
export function pairColumnOf({ seats, pairs }: SeatMapData): Int32Array {
  const pairOf = new Int32Array(seats.x.length).fill(NONE);
  for (const [seat, other] of pairs) {
    pairOf[seat] = other;
    pairOf[other] = seat;
  }
  return pairOf;
}

/**
 * The pairs of the plan as left and right half, by where they stand. Halves with another seat between them are a
 * problem: the house sells pairs as neighbours, and nobody would call such two a sofa. `pathOf` tells a seat's JSON path.
 */
export function orderPairs(
  { seats, pairs }: SeatMapData,
  blocks: readonly Int32Array[],
  findings: Findings,
  pathOf: (seat: number) => string,
): (readonly [left: number, right: number])[] {
  const rightOf = new Int32Array(seats.x.length).fill(NONE);
  for (const block of blocks) {
    block.forEach((seat, place) => {
      rightOf[seat] = block[place + 1] ?? NONE;
    });
  }
  return pairs.map(([seat, other]) => {
    const isLeft = rightOf[seat] === other;
    if (!isLeft && rightOf[other] !== seat) {
      findings.problem(`${pathOf(seat)}.usher.pair_with`, 'is not the next seat in the row');
    }
    return isLeft ? [seat, other] : [other, seat];
  });
}
