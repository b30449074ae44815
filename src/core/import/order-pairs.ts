import { orderRows } from '../geometry/order-rows.js';
import type { SeatMapData } from '../seat-map.js';
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
  const place = new Int32Array(data.seats.x.length);
  for (const row of orderRows(data)) {
    row.forEach((seat, index) => {
      place[seat] = index;
    });
  }
  return data.pairs.map(([seat, other]) => {
    const step = (place[other] ?? 0) - (place[seat] ?? 0);
    if (Math.abs(step) !== 1) findings.problem(`${pathOf(seat)}.usher.pair_with`, 'is not the next seat in the row');
    return step > 0 ? [seat, other] : [other, seat];
  });
}
