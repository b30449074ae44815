import { expect, test } from 'vitest';
import { move, type Place, placeOf, seatAt } from '../../../client-sdk/src/picker/grid-navigation.js';
import { COMPANION, createPlan, ORDINARY, PAIR, WHEELCHAIR } from '../../../client-sdk/src/picker/plan.js';
import { seat, smallHouse } from './small-house.js';

const plan = createPlan(smallHouse);
const label = (place: Place | undefined) => place && smallHouse.seats.label[seatAt(plan, place)];
const press = (from: string, key: string, ctrl = false) => move(plan, placeOf(plan, seat(from))!, { key, ctrl });

test('the pitch is the distance of neighbours, not of aisles', () => {
  expect(plan.pitch).toBe(10);
});

test('an aisle parts a row into runs, and a standing area is in none', () => {
  const runs = plan.runs.map((run) => run.seats.map((index) => smallHouse.seats.label[index]));
  expect(runs).toEqual([
    ['A-1', 'A-2'],
    ['A-3', 'A-4'],
    ['B-1', 'B-2', 'B-3', 'B-4'],
    ['C-1', 'C-2', 'C-3'],
  ]);
  expect(plan.runOf[seat('Pit-1')]).toBe(-1);
  expect(plan.index.nearest(120, 40, 5)).toBe(-1);
});

test('kinds and pairs are known by seat', () => {
  expect(['A-1', 'C-1', 'C-2', 'B-3'].map((name) => plan.kind[seat(name)])).toEqual([
    ORDINARY,
    WHEELCHAIR,
    COMPANION,
    PAIR,
  ]);
  expect(plan.pairOf[seat('B-3')]).toBe(seat('B-4'));
  expect(plan.pairOf[seat('A-1')]).toBe(-1);
});

test('row names stand beside their row and never on a seat', () => {
  const names = plan
    .rowNames()
    .filter(({ text }) => text === 'A')
    .map(({ x, y }) => [x, y]);
  expect(names).toEqual([
    [-10, 0],
    [60, 0],
  ]);
  for (const { x, y } of plan.rowNames()) expect(plan.index.nearest(x, y, plan.pitch * 0.7)).toBe(-1);
});

test('arrows move along the row over the aisle and stop at its ends', () => {
  expect(label(press('A-2', 'ArrowRight'))).toBe('A-3');
  expect(label(press('A-4', 'ArrowRight'))).toBe('A-4');
  expect(label(press('A-1', 'ArrowLeft'))).toBe('A-1');
});

test('up and down keep the place in the hall, not the number', () => {
  expect(label(press('B-4', 'ArrowUp'))).toBe('A-3');
  expect(label(press('A-1', 'ArrowUp'))).toBe('A-1');
});

test('Home and End go to the ends of the row, with Control to the ends of the section', () => {
  expect(label(press('B-2', 'Home'))).toBe('B-1');
  expect(label(press('B-2', 'End'))).toBe('B-4');
  expect(label(press('B-2', 'Home', true))).toBe('A-1');
  expect(label(press('C-1', 'End', true))).toBe('C-3');
  expect(press('B-2', 'End', true)).toEqual(placeOf(plan, seat('Pit-1')));
});

test('Page Down and Page Up change the section and stay at the last one', () => {
  expect(label(press('A-2', 'PageDown'))).toBe('C-2');
  expect(label(press('C-2', 'PageUp'))).toBe('A-2');
  expect(label(press('C-2', 'PageDown'))).toBe('C-2');
});

test('a standing area is one cell among the rows', () => {
  const pit = placeOf(plan, seat('Pit-3'));
  expect(pit).toEqual({ section: 0, line: 2, column: 0 });
  expect(label(move(plan, pit!, { key: 'ArrowUp', ctrl: false }))).toBe('B-4');
  expect(press('B-1', 'ArrowDown')).toEqual(pit);
});

test('other keys are left to the page', () => {
  expect(press('A-1', 'Tab')).toBeUndefined();
});

test('a map of 50,000 seats is planned', () => {
  const count = 50_000;
  const row = Array.from({ length: count }, (_, i) => Math.floor(i / 100));
  const big = createPlan({
    ...smallHouse,
    rows: Array.from({ length: 500 }, (_, i) => ({ label: String(i), zone: 0 })),
    seats: {
      label: row.map((r, i) => `${r}-${(i % 100) + 1}`),
      x: row.map((_, i) => (i % 100) * 20),
      y: row.map((r) => r * 25),
      category: row.map(() => 0),
      row,
    },
    wheelchair: [],
    companions: [],
    pairs: [],
    areas: [],
  });
  expect(big.index.nearest(1001, 2501, 20)).toBe(100 * 100 + 50);
  expect(big.sections[0]?.lines.length).toBe(500);
});
