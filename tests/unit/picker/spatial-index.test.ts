import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundsOf, createSpatialIndex } from '../../../client-sdk/src/picker/spatial-index.js';

const coordinate = fc.integer({ min: -500, max: 500 });
const points = fc.array(fc.record({ x: coordinate, y: coordinate }), { maxLength: 60 });
const cell = fc.double({ min: 0.5, max: 300, noNaN: true });

test('a query finds exactly the points inside the rectangle, whatever the cells', () => {
  fc.assert(
    fc.property(points, cell, coordinate, coordinate, fc.nat(400), fc.nat(400), (all, side, x, y, width, height) => {
      const xs = all.map((point) => point.x);
      const ys = all.map((point) => point.y);
      const index = createSpatialIndex(
        xs,
        ys,
        all.map((_, i) => i),
        side,
      );
      const found: number[] = [];
      index.query({ x, y, width, height }, (point) => found.push(point));
      const inside = all.flatMap((p, i) => (p.x >= x && p.x <= x + width && p.y >= y && p.y <= y + height ? [i] : []));
      expect(found.sort((a, b) => a - b)).toEqual(inside);
    }),
  );
});

test('the nearest point is as near as any within reach, and none is found where none is', () => {
  fc.assert(
    fc.property(points, cell, coordinate, coordinate, fc.integer({ min: 1, max: 300 }), (all, side, x, y, reach) => {
      const xs = all.map((point) => point.x);
      const ys = all.map((point) => point.y);
      const found = createSpatialIndex(
        xs,
        ys,
        all.map((_, i) => i),
        side,
      ).nearest(x, y, reach);
      const away = all.map((point) => Math.hypot(point.x - x, point.y - y));
      const best = Math.min(...away);
      if (found < 0) expect(best).toBeGreaterThanOrEqual(reach);
      else expect(away[found]).toBeCloseTo(best, 9);
    }),
  );
});

test('only members are indexed, and the one to skip is passed over', () => {
  const index = createSpatialIndex([0, 1, 2], [0, 0, 0], [0, 2], 1);
  expect(index.nearest(1, 0, 5)).not.toBe(1);
  expect(index.nearest(0, 0, 5, 0)).toBe(2);
});

test('no points have bounds of no size', () => {
  expect(boundsOf([], [], [])).toEqual({ x: 0, y: 0, width: 0, height: 0 });
});
