/**
 * Best-available against brute force on small halls. The oracle reads the pictures: it knows nothing of blocks, orders
 * or windows of the core, and looks at every stretch of every row.
 */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import type { House } from '../../../src/core/house.js';
import { houseOf, mapOf, PITCH } from './halls.js';

// Many halls, each searched twice: seconds on a quiet machine, and longer on a busy one.
vi.setConfig({ testTimeout: 90_000 });

interface Cell {
  readonly label: string;
  readonly kind: string;
  readonly free: boolean;
  readonly distance: number;
}

/** Rows of cells; undefined is an aisle. */
type Rows = readonly (readonly (Cell | undefined)[])[];

interface Stretch {
  readonly total: number;
  readonly leavesGap: boolean;
  readonly crossesAisle: boolean;
}

const rowPieces = fc.array(fc.constantFrom('.', '.', '.', '..', '_', 'pq', 'w', 'c'), { minLength: 2, maxLength: 8 });
const rowPictures = rowPieces
  .map((pieces) => pieces.join('').replace(/_+/g, '_').replace(/^_|_$/g, ''))
  .filter((row) => row !== '' && (row.includes('w') || !row.includes('c')));
const halls = fc.record({
  // A full row in front keeps the hall's pitch measurable, and itself out of the way.
  rows: fc.array(rowPictures, { minLength: 1, maxLength: 3 }).map((rows) => [...rows, '......']),
  taken: fc.oneof(
    fc.array(fc.nat({ max: 40 }), { maxLength: 20 }),
    fc.array(fc.nat({ max: 24 }), { minLength: 20, maxLength: 60, size: 'max' }),
  ),
  count: fc.integer({ min: 1, max: 5 }),
  singleGap: fc.constantFrom('off' as const, 'lenient' as const, 'strict' as const),
});

function read(house: House, pictures: readonly string[]): Rows {
  const { map } = house;
  return pictures.map((picture, r) => {
    let number = 0;
    return [...picture].map((kind, place) => {
      if (kind === '_') return undefined;
      const label = `${String.fromCharCode(65 + r)}-${++number}`;
      const { x, y } = map.data.focalPoint;
      const distance = (place * PITCH - x) ** 2 + (r * PITCH - y) ** 2;
      return { label, kind, free: house.status[map.indexOf.get(label)!] === 0, distance };
    });
  });
}

/** Every stretch of `count` seats of a row, aisles between them or not, that an ordinary party may have. */
function stretches(rows: Rows, count: number, lenient: boolean): Stretch[] {
  return rows.flatMap((row) =>
    row.flatMap((_, from) => {
      const cells: Cell[] = [];
      let to = from;
      for (; to < row.length && cells.length < count; to++) if (row[to] !== undefined) cells.push(row[to]!);
      if (row[from] === undefined || cells.length < count) return [];
      if (!cells.every((cell) => cell.free && '.pq'.includes(cell.kind))) return [];
      if (cells[0]!.kind === 'q' || cells.at(-1)!.kind === 'p') return [];
      const alone = (at: number, step: number) => {
        if (row[at]?.free !== true || row[at].kind !== '.') return false;
        const beyond = row[at + step];
        return beyond === undefined ? !lenient : !beyond.free;
      };
      return [
        {
          total: cells.reduce((sum, cell) => sum + cell.distance, 0),
          leavesGap: alone(from - 1, -1) || alone(to, 1),
          crossesAisle: to - from > count,
        },
      ];
    }),
  );
}

/** The quality and sum of distances that a party must get; undefined where it cannot sit in one row. */
function expected(rows: Rows, count: number, lenient: boolean): { quality: string; total: number } | undefined {
  const all = stretches(rows, count, lenient);
  const qualities: [string, (stretch: Stretch) => boolean][] = [
    ['adjacent', (stretch) => !stretch.crossesAisle && !stretch.leavesGap],
    ['adjacent_leaves_gap', (stretch) => !stretch.crossesAisle],
    ['same_row', () => true],
  ];
  for (const [quality, test] of qualities) {
    const totals = all.filter(test).map(({ total }) => total);
    if (totals.length > 0) return { quality, total: Math.min(...totals) };
  }
  return undefined;
}

/** Whether `count` can be made of whole pairs and single seats at all. */
function canServe(rows: Rows, count: number, special: boolean): boolean {
  const cells = rows.flatMap((row) => row.filter((cell) => cell !== undefined));
  let [singles, pairs] = [0, 0];
  rows.forEach((row) => {
    row.forEach((cell, place) => {
      if (cell?.free === true && cell.kind === 'p' && row[place + 1]?.free === true) pairs++;
    });
  });
  const free = (kind: string) => cells.filter((cell) => cell.free && cell.kind === kind).length;
  singles += free('.');
  if (special) singles += free('w');
  for (let p = 0; p <= pairs; p++) if (2 * p <= count && count - 2 * p <= singles) return true;
  return false;
}

describe('best available against brute force', () => {
  it('[BEST-1] [BEST-2] [BEST-3] [BEST-10] finds the nearest stretch of the best quality there is, or says honestly that there is none', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(halls, ({ rows: pictures, taken, count, singleGap }) => {
        const map = mapOf(pictures);
        const blocked = [...new Set(taken.filter((seat) => seat < map.count))];
        const house = houseOf(map, { singleGap }, { blocked });
        const rows = read(house, pictures);
        const before = Uint8Array.from(house.status);
        const { reply } = apply(house, { type: 'best_available', holder: 'me', count, newHoldId: 'h' }, 0);
        assertHouse(house);
        const want = expected(rows, count, singleGap === 'lenient');
        const quality = reply.ok && reply.type === 'hold' ? reply.quality! : 'none';
        seen.set(quality, (seen.get(quality) ?? 0) + 1);
        if (!reply.ok || reply.type !== 'hold') {
          expect(canServe(rows, count, true)).toBe(false);
          return;
        }
        const { seats } = reply.hold;
        expect(new Set(seats).size).toBe(count);
        for (const seat of seats) {
          expect(before[seat]).toBe(0);
          const mate = map.pairOf[seat]!;
          if (mate >= 0) expect(seats).toContain(mate);
          const wheelchair = map.wheelchairOf[seat]!;
          if (wheelchair >= 0) expect(seats).toContain(wheelchair);
        }
        const ordinary = seats.every((seat) => map.isWheelchair[seat] === 0);
        expect(ordinary).toBe(canServe(rows, count, false));
        if (want !== undefined) {
          expect(quality).toBe(want.quality);
          expect(seats.reduce((sum, seat) => sum + map.focalDistance[seat]!, 0)).toBeCloseTo(want.total, 4);
        } else if (ordinary) {
          expect(['nearby', 'scattered']).toContain(quality);
        }
      }),
      { numRuns: 4000 },
    );
    const qualities = ['adjacent', 'adjacent_leaves_gap', 'same_row', 'nearby', 'none'];
    for (const quality of qualities) expect(seen.get(quality) ?? 0, quality).toBeGreaterThan(0);
  });
});
