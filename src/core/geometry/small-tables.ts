import { distanceOf, type Points } from './near-seats.js';

/** How far the sides of a regular table may differ. */
const UNEVEN_MAX = 1.2;
/** A square stands on its corner where its diagonals are nearer to the axes of the plan than to 45 degrees. */
const CORNER_TANGENT_MAX = Math.tan(Math.PI / 8);

/**
 * A round table of three, or of four with a seat to each side, in the order around it; undefined for anything else. Four
 * seats in two level rows are no such table: they are two sides that face each other.
 */
export function ringOfFew(points: Points, reach: number): readonly number[] | undefined {
  const count = points.x.length;
  if (count === 3) return isEven(points, [0, 1, 2], reach) ? [0, 1, 2] : undefined;
  if (count !== 4) return undefined;
  // The seat that faces the first is the one farthest from it.
  const facing = [1, 2, 3].reduce((a, b) => (distanceOf(points, 0, b) > distanceOf(points, 0, a) ? b : a));
  const [left, right] = [1, 2, 3].filter((point) => point !== facing);
  if (left === undefined || right === undefined) return undefined;
  const ring = [0, left, facing, right];
  const [diagonal, other] = [distanceOf(points, 0, facing), distanceOf(points, left, right)];
  const isSquare = Math.max(diagonal, other) <= UNEVEN_MAX * Math.min(diagonal, other);
  const [dx, dy] = [
    Math.abs((points.x[facing] ?? 0) - (points.x[0] ?? 0)),
    Math.abs((points.y[facing] ?? 0) - (points.y[0] ?? 0)),
  ];
  const onCorner = Math.min(dx, dy) <= CORNER_TANGENT_MAX * Math.max(dx, dy);
  return isSquare && onCorner && isEven(points, ring, reach) ? ring : undefined;
}

function isEven(points: Points, ring: readonly number[], reach: number): boolean {
  const sides = ring.map((point, place) => distanceOf(points, point, ring[(place + 1) % ring.length] ?? point));
  return Math.max(...sides) <= Math.min(reach, UNEVEN_MAX * Math.min(...sides));
}
