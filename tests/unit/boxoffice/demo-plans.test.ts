import { describe, expect, it } from 'vitest';
import { arenaPlan } from '../../../src/boxoffice/demo/arena-plan.js';
import { grandHallPlan } from '../../../src/boxoffice/demo/grand-hall-plan.js';
import { studioPlan } from '../../../src/boxoffice/demo/studio-plan.js';
import { compileSeatMap } from '../../../src/core/compile-seat-map.js';
import { importPlan } from '../../../src/core/plan-import.js';
import type { SeatMapData } from '../../../src/core/seat-map.js';

/** The least distance at which two seats of the drawn size do not overlap. */
const APART = 25;

function imported(plan: unknown): SeatMapData {
  const result = importPlan(JSON.parse(JSON.stringify(plan)));
  if (!result.ok) throw new Error(JSON.stringify(result.problems.slice(0, 5)));
  expect(result.repairs).toEqual([]);
  return result.map;
}

describe.each([
  { plan: studioPlan, seats: 222, categories: 3, wheelchairs: 4 },
  { plan: grandHallPlan, seats: 990, categories: 4, wheelchairs: 4 },
  { plan: arenaPlan, seats: 20_196, categories: 5, wheelchairs: 30 },
])('$plan.name', ({ plan, seats, categories, wheelchairs }) => {
  const map = imported(plan());

  it('has the seats that it was drawn with, and every category has some', () => {
    expect(map.seats.label).toHaveLength(seats);
    expect(map.categories).toHaveLength(categories);
    expect(new Set(map.seats.category)).toEqual(new Set(map.categories.keys()));
  });

  it('gives every wheelchair space a companion seat next to it', () => {
    const compiled = compileSeatMap(map);
    expect(map.wheelchair).toHaveLength(wheelchairs);
    expect(new Set(map.companions.map(([, space]) => space))).toEqual(new Set(map.wheelchair));
    for (const [companion, space] of map.companions) {
      expect([compiled.left[companion], compiled.right[companion]]).toContain(space);
    }
  });

  it('draws no seat over another, and all of them on the page', () => {
    const cells = new Map<string, number[]>();
    const { x, y, row } = map.seats;
    let overlaps = 0;
    for (let seat = 0; seat < x.length; seat++) {
      if (row[seat] === -1) continue;
      expect(x[seat]! > 15 && x[seat]! < map.size.width - 15).toBe(true);
      expect(y[seat]! > 15 && y[seat]! < map.size.height - 15).toBe(true);
      const [column, line] = [Math.floor(x[seat]! / APART), Math.floor(y[seat]! / APART)];
      for (let i = -1; i <= 1; i++) {
        for (let j = -1; j <= 1; j++) {
          for (const other of cells.get(`${column + i},${line + j}`) ?? []) {
            if (Math.hypot(x[seat]! - x[other]!, y[seat]! - y[other]!) < APART) overlaps++;
          }
        }
      }
      const key = `${column},${line}`;
      cells.set(key, [...(cells.get(key) ?? []), seat]);
    }
    expect(overlaps).toBe(0);
  });

  it('is cut into blocks at its aisles only', () => {
    const compiled = compileSeatMap(map);
    const seated = map.seats.row.filter((row) => row !== -1).length;
    const inBlocks = compiled.blocks.reduce((sum, block) => sum + block.length, 0);
    expect(inBlocks).toBe(seated);
    // A seat alone between two gaps would mean that our spacing reads as aisles.
    expect(Math.min(...compiled.blocks.map((block) => block.length))).toBeGreaterThan(1);
  });
});

describe('the studio', () => {
  it('sells its back row by the pair', () => {
    const map = imported(studioPlan());
    expect(map.pairs).toHaveLength(8);
    const loveSeats = map.categories.findIndex((category) => category.name === 'Love seat');
    for (const [left, right] of map.pairs) {
      expect([map.seats.category[left], map.seats.category[right]]).toEqual([loveSeats, loveSeats]);
    }
  });

  it('skips the row letters that read as digits', () => {
    const labels = imported(studioPlan()).rows.map((row) => row.label);
    expect(labels.join('')).toBe('ABCDEFGHJKLMN');
  });
});

describe('the arena', () => {
  it('has standing areas without positions of their own, before the stage', () => {
    const map = imported(arenaPlan());
    expect(map.areas.map((area) => [area.name, area.count])).toEqual([
      ['Golden circle left', 300],
      ['Golden circle right', 300],
      ['Floor', 1_900],
    ]);
  });
});
