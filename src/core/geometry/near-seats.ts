/**
 * The points at which the seats of one row stand, and which of them are near each other. Lengths are in thousandths of a
 * plan unit, which is what plans are rounded to: whole numbers, so that a plan and its mirror image compare alike.
 */
import type { SeatMapData } from '../seat-map.js';

export interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** The seats at each point, in the order of the plan: several where the plan draws seats on top of each other. */
  readonly seats: readonly (readonly number[])[];
}

/** So many of the nearest are known of each point: more than the two of a row, since a block may be drawn as one row. */
const NEAREST_MAX = 6;

export function pointsOf(data: SeatMapData, seats: readonly number[]): Points {
  const x = Float64Array.from(seats, (seat) => Math.round((data.seats.x[seat] ?? 0) * 1000));
  const y = Float64Array.from(seats, (seat) => Math.round((data.seats.y[seat] ?? 0) * 1000));
  const order = orderAlong(x, y);
  const isSame = (a: number | undefined, b: number | undefined) => x[a ?? 0] === x[b ?? 0] && y[a ?? 0] === y[b ?? 0];
  if (!order.some((point, place) => place > 0 && isSame(point, order[place - 1]))) {
    return { x, y, seats: seats.map((seat) => [seat]) };
  }
  const at = new Map<number, number[]>();
  let first = 0;
  for (const [place, point] of order.entries()) {
    if (place === 0 || !isSame(point, order[place - 1])) first = point;
    const known = at.get(first);
    if (known === undefined) at.set(first, [seats[point] ?? 0]);
    else known.push(seats[point] ?? 0);
  }
  const points = [...at.keys()].sort((a, b) => a - b);
  return {
    x: Float64Array.from(points, (point) => x[point] ?? 0),
    y: Float64Array.from(points, (point) => y[point] ?? 0),
    seats: points.map((point) => at.get(point) ?? []),
  };
}

/** Points by their first coordinate, then by the second; points at one place in the order of the plan. */
function orderAlong(first: Float64Array, second: Float64Array): number[] {
  return [...first.keys()].sort(
    (a, b) => (first[a] ?? 0) - (first[b] ?? 0) || (second[a] ?? 0) - (second[b] ?? 0) || a - b,
  );
}

/** The coordinates along the longer side of the points' box. */
export function alongOf({ x, y }: Points): Float64Array {
  return extentOf(x) >= extentOf(y) ? x : y;
}

/** From one end of that side to the other. */
export function orderOf(points: Points): number[] {
  const along = alongOf(points);
  return orderAlong(along, along === points.x ? points.y : points.x);
}

export function distanceOf({ x, y }: Points, a: number, b: number): number {
  const [dx, dy] = [(x[a] ?? 0) - (x[b] ?? 0), (y[a] ?? 0) - (y[b] ?? 0)];
  return Math.sqrt(dx * dx + dy * dy);
}

/** The cosine of the angle at `at` between the ways to `a` and to `b`: −1 where the three stand in a straight line. */
export function cosineAt({ x, y }: Points, at: number, a: number, b: number): number {
  const [ax, ay] = [(x[a] ?? 0) - (x[at] ?? 0), (y[a] ?? 0) - (y[at] ?? 0)];
  const [bx, by] = [(x[b] ?? 0) - (x[at] ?? 0), (y[b] ?? 0) - (y[at] ?? 0)];
  return (ax * bx + ay * by) / Math.sqrt((ax * ax + ay * ay) * (bx * bx + by * by));
}

/**
 * The nearest other points of each, nearest first. Points are looked at outwards along the longer side of their box, and
 * no further than the nearest of them can lie: a few steps a point, however long the row is.
 */
export function nearestOf(points: Points): readonly (readonly number[])[] {
  const along = alongOf(points);
  const order = orderOf(points);
  const nearest: number[][] = [];
  for (const [place, point] of order.entries()) nearest[point] = nearestTo(points, along, order, place);
  return nearest;
}

function nearestTo(points: Points, along: Float64Array, order: readonly number[], place: number): number[] {
  const point = order[place] ?? 0;
  const found: { readonly other: number; readonly distance: number }[] = [];
  let [before, after] = [place - 1, place + 1];
  for (;;) {
    const [left, right] = [order[before], order[after]];
    const toLeft = left === undefined ? Infinity : (along[point] ?? 0) - (along[left] ?? 0);
    const toRight = right === undefined ? Infinity : (along[right] ?? 0) - (along[point] ?? 0);
    const isLeft = toLeft <= toRight;
    const other = isLeft ? left : right;
    const worst = found[NEAREST_MAX - 1]?.distance ?? Infinity;
    if (other === undefined || Math.min(toLeft, toRight) > worst) break;
    if (isLeft) before--;
    else after++;
    const distance = distanceOf(points, point, other);
    if (distance > worst) continue;
    found.push({ other, distance });
    found.sort((a, b) => a.distance - b.distance || a.other - b.other);
    if (found.length > NEAREST_MAX) found.pop();
  }
  return found.map(({ other }) => other);
}

function extentOf(values: Float64Array): number {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return most - least;
}
