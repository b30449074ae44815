import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareMaps } from '../../../../src/boxoffice/halls/compare-maps.js';
import { keepIndexes } from '../../../../src/boxoffice/halls/keep-indexes.js';
import { compileSeatMap } from '../../../../src/core/compile-seat-map.js';
import type { SeatMapData } from '../../../../src/core/seat-map.js';
import { mapOf, rows } from './importing.js';

const plan = (text: string) => mapOf(rows(`category: I\n${text}`));
const labels = ({ seats }: SeatMapData) => seats.label.join(' ');

/** A plan of some rows, in some order, with wheelchairs, pairs and a standing area. */
const plans = fc
  .record({
    rows: fc.uniqueArray(fc.constantFrom('A', 'B', 'C', 'D', 'E'), { minLength: 1, maxLength: 5 }),
    bodies: fc.array(fc.constantFrom('3', '5', '2 | 2', 'w c 2', '1 2p', '4-1'), { minLength: 5, maxLength: 5 }),
    floor: fc.constantFrom(0, 3, 8),
    terrace: fc.constantFrom(0, 4),
  })
  .map(({ rows: names, bodies, floor, terrace }) =>
    plan(
      [
        ...names.map((name, i) => `${name}: ${bodies[i]}`),
        ...(floor > 0 ? [`standing: Floor ${floor}`] : []),
        ...(terrace > 0 ? [`standing: Terrace ${terrace}`] : []),
      ].join('\n'),
    ),
  );

/** All that a map says of its seats, by their labels. */
function told(map: SeatMapData) {
  const label = (seat: number) => map.seats.label[seat];
  const seats = map.seats.label.map((name, i) => [
    name,
    map.seats.x[i],
    map.seats.y[i],
    map.categories[map.seats.category[i]!]?.name,
    map.rows[map.seats.row[i]!]?.label,
  ]);
  return {
    seats: seats.sort(),
    wheelchair: map.wheelchair.map(label).sort(),
    companions: map.companions.map((pair) => pair.map(label)).sort(),
    pairs: map.pairs.map((pair) => pair.map(label)).sort(),
    areas: map.areas.map(({ name, first, count }) => [name, map.seats.label.slice(first, first + count).sort()]),
  };
}

describe('a new version of a map', () => {
  it('keeps the index of every seat that it has still, and puts new ones behind', () => {
    const next = keepIndexes(plan('A: 2\nB: 2'), plan('Z: 2\nA: 3\nB: 2'));
    expect(labels(next)).toBe('A-1 A-2 B-1 B-2 Z-1 Z-2 A-3');
  });

  it('fills the gaps of seats that are gone, first with new seats and then with the last ones', () => {
    const next = keepIndexes(plan('A: 3\nB: 2'), plan('A: 1\nB: 2\nC: 1'));
    expect(labels(next)).toBe('A-1 B-2 C-1 B-1');
    const { replaced } = compareMaps(plan('A: 3\nB: 2'), keepIndexes(plan('A: 3\nB: 2'), plan('A: 3\nB: 1')));
    expect(replaced).toEqual([4]);
  });

  it('says the same of every seat as the file, whatever stood there before', () => {
    fc.assert(
      fc.property(plans, plans, (before, next) => {
        const kept = keepIndexes(before, next);
        expect(told(kept)).toEqual(told(next));
        const compiled = compileSeatMap(kept);
        expect(compiled.count).toBe(next.seats.label.length);
        // A seat that fits within the new number of places, and that no standing area has pushed out, is where it was.
        const standing = new Set(
          kept.areas.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i)),
        );
        for (const [index, label] of before.seats.label.entries()) {
          if (index >= kept.seats.label.length || standing.has(index)) continue;
          if (next.seats.label.includes(label) && before.seats.row[index] !== -1)
            expect(kept.seats.label[index]).toBe(label);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of the same plan is the same map', () => {
    fc.assert(
      fc.property(plans, (map) => {
        expect(keepIndexes(map, map)).toEqual(map);
      }),
      { numRuns: 50 },
    );
  });
});

describe('what changes for a seat', () => {
  it('is its category, its kind, or with whom it is sold; not where it is drawn', () => {
    const before = plan('A: 4\nB: 1 p 1\nC: w c 2');
    const index = (label: string) => before.seats.label.indexOf(label);
    const changes = (text: string) => compareMaps(before, keepIndexes(before, plan(text)));
    expect(changes('A: 2 | 2\nB: 1 | p | 1\nC: w c | 2')).toEqual({ replaced: [], altered: [] });
    expect(changes('A: 4\nB: 4\nC: w c 2').altered).toEqual([index('B-2'), index('B-3')]);
    expect(changes('A: 4\nB: 1 p 1\nC: 4').altered).toEqual([index('C-1'), index('C-2')]);
    expect(changes('A [II]: 4\nB: 1 p 1\nC: w c 2').altered).toEqual(['A-1', 'A-2', 'A-3', 'A-4'].map(index));
    expect(changes('A: 4\nB: 1 p 1').replaced.length).toBeGreaterThan(3);
  });
});
