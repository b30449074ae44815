import { expect, test } from 'vitest';
import { dirtyRects } from '../../../client-sdk/src/picker/dirty-rects.js';
import { createPlan } from '../../../client-sdk/src/picker/plan.js';
import { seat, smallHouse } from './small-house.js';

const plan = createPlan(smallHouse);
const seats = (...labels: string[]) => labels.map(seat);
const holds = (rect: { x: number; y: number; width: number; height: number }, label: string) => {
  const x = smallHouse.seats.x[seat(label)]!;
  const y = smallHouse.seats.y[seat(label)]!;
  return rect.x <= x && rect.y <= y && x <= rect.x + rect.width && y <= rect.y + rect.height;
};

test('near by each seat is painted with its own surroundings', () => {
  const rects = [...dirtyRects(plan, seats('A-1', 'B-4'), false, 2)];
  expect(rects.length).toBe(2);
  expect(rects.map((rect) => holds(rect, 'A-1'))).toEqual([true, false]);
  expect(rects.map((rect) => holds(rect, 'B-4'))).toEqual([false, true]);
});

test('from afar a run is painted whole, and once however many of its seats changed', () => {
  const rects = [...dirtyRects(plan, seats('B-1', 'B-2', 'B-4', 'A-1'), true, 2)];
  expect(rects.length).toBe(2);
  expect(['B-1', 'B-2', 'B-3', 'B-4'].every((label) => holds(rects[0]!, label))).toBe(true);
});

test.each([true, false])('a standing area is painted whole, and once however many of its places changed', (far) => {
  const rects = [...dirtyRects(plan, seats('Pit-1', 'Pit-3'), far, 2)];
  expect(rects.length).toBe(1);
  const [{ x, y, width, height } = { x: 0, y: 0, width: 0, height: 0 }] = rects;
  expect(x).toBeLessThan(100);
  expect(y).toBeLessThan(30);
  expect(x + width).toBeGreaterThan(140);
  expect(y + height).toBeGreaterThan(50);
});
