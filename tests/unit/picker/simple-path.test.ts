import fc from 'fast-check';
import { expect, test } from 'vitest';
import { simplePath } from '../../../client-sdk/src/picker/simple-path.js';

const rows = fc
  .array(fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -100, max: 100 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  .map((points) => points.sort((a, b) => a.x - b.x));

test('every point stays within the tolerance of the path, which begins and ends where they do', () => {
  fc.assert(
    fc.property(rows, fc.double({ min: 0.1, max: 30, noNaN: true }), (points, tolerance) => {
      const flat = simplePath(
        points.map(({ x }) => x),
        points.map(({ y }) => y),
        points.map((_, i) => i),
        tolerance,
      );
      const path = Array.from({ length: flat.length / 2 }, (_, i) => ({ x: flat[2 * i]!, y: flat[2 * i + 1]! }));
      expect(path.at(0)).toEqual(points.at(0));
      expect(path.at(-1)).toEqual(points.at(-1));
      for (const point of points) {
        const nearest = Math.min(...path.slice(1).map((to, i) => awayFromLine(point, path[i]!, to)));
        expect(nearest).toBeLessThanOrEqual(tolerance + 1e-9);
      }
    }),
  );
});

test('a straight row is two points, whichever way it runs, and one seat is twice itself', () => {
  const straight = [0, 1, 2, 3, 4];
  expect(simplePath([0, 10, 20, 30, 40], [5, 10, 15, 20, 25], straight, 0.5)).toEqual([0, 5, 40, 25]);
  expect(simplePath([7], [8], [0], 0.5)).toEqual([7, 8, 7, 8]);
});

test('a bend is kept', () => {
  expect(simplePath([0, 10, 20, 20.1], [0, 0, 0, 30], [0, 1, 2, 3], 0.5)).toEqual([0, 0, 20, 0, 20.1, 30]);
});

interface Point {
  readonly x: number;
  readonly y: number;
}

/** As the path measures it: from the line through both. */
function awayFromLine(point: Point, from: Point, to: Point): number {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length === 0) return Math.hypot(point.x - from.x, point.y - from.y);
  return Math.abs((point.x - from.x) * (to.y - from.y) - (point.y - from.y) * (to.x - from.x)) / length;
}
