import { expect, test } from 'vitest';
import { uncovered } from '../../../client-sdk/src/picker/renderer.js';
import {
  between,
  fit as fitted,
  keepInside,
  reveal,
  toPlan,
  toScreen,
  zoomTo,
} from '../../../client-sdk/src/picker/viewport.js';

const size = { width: 400, height: 300 };
const bounds = { x: -100, y: 50, width: 1000, height: 500 };

test('the fitted view shows all of the plan, centred', () => {
  const view = fitted(bounds, size);
  const topLeft = toScreen(view, { x: -100, y: 50 });
  const bottomRight = toScreen(view, { x: 900, y: 550 });
  expect(topLeft.x).toBeGreaterThanOrEqual(0);
  expect(bottomRight.x).toBeLessThanOrEqual(400);
  expect(topLeft.x + bottomRight.x).toBeCloseTo(400);
  expect(topLeft.y + bottomRight.y).toBeCloseTo(300);
});

test('a tiny hall is not blown up past the largest scale', () => {
  expect(fitted({ x: 0, y: 0, width: 10, height: 10 }, size, 4).scale).toBe(4);
});

test('zooming keeps what is under the finger under the finger', () => {
  const view = fitted(bounds, size);
  const anchor = { x: 120, y: 80 };
  const before = toPlan(view, anchor);
  const after = toPlan(zoomTo(view, view.scale * 3.7, anchor), anchor);
  expect(after.x).toBeCloseTo(before.x);
  expect(after.y).toBeCloseTo(before.y);
});

test('a plan larger than the map cannot be dragged out of it, a smaller one stays centred', () => {
  const large = keepInside({ scale: 1, x: 5000, y: -5000 }, bounds, size);
  expect(toScreen(large, { x: -100, y: 0 }).x).toBeLessThanOrEqual(20);
  expect(toScreen(large, { x: 0, y: 550 }).y).toBeGreaterThanOrEqual(280);
  const small = keepInside({ scale: 0.1, x: 999, y: 999 }, bounds, size);
  expect(toScreen(small, { x: 400, y: 300 })).toEqual({ x: 200, y: 150 });
});

test('revealing moves no more than needed', () => {
  const view = { scale: 1, x: 0, y: 0 };
  expect(reveal(view, { x: 200, y: 150 }, size, 50)).toEqual(view);
  expect(toScreen(reveal(view, { x: 600, y: 150 }, size, 50), { x: 600, y: 150 })).toEqual({ x: 350, y: 150 });
});

test('an animation starts and ends where it should, and its middle stays between', () => {
  const from = fitted(bounds, size);
  const to = zoomTo(from, from.scale * 8, { x: 399, y: 10 });
  expect(between(from, to, size, 0).x).toBeCloseTo(from.x);
  expect(between(from, to, size, 1).x).toBeCloseTo(to.x);
  const target = toPlan(to, { x: 200, y: 150 });
  const away = [0, 0.25, 0.5, 0.75, 1].map((t) => toPlan(between(from, to, size, t), { x: 200, y: 150 }).x - target.x);
  for (let i = 1; i < away.length; i++) expect(Math.abs(away[i]!)).toBeLessThanOrEqual(Math.abs(away[i - 1]!) + 1e-9);
});

test('a moved picture leaves strips that cover just what it bared', () => {
  const frame = { x: 0, y: 0, width: 20, height: 10 };
  for (const [dx, dy] of [
    [3, 0],
    [-3, 0],
    [0, 4],
    [0, -4],
    [5, -2],
    [-5, 2],
  ] as const) {
    const strips = uncovered(frame, dx, dy);
    for (let x = 0; x < 20; x++) {
      for (let y = 0; y < 10; y++) {
        const bared = x - dx < 0 || x - dx >= 20 || y - dy < 0 || y - dy >= 10;
        const painted = strips.some((s) => x >= s.x && x < s.x + s.width && y >= s.y && y < s.y + s.height);
        expect(painted).toBe(bared);
      }
    }
  }
  expect(uncovered(frame, 0, 0)).toEqual([]);
  expect(uncovered(frame, 25, 0)).toEqual([frame]);
});
