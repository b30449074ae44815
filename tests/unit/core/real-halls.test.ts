/** Halls as they are really drawn (tests/plans): who sits beside whom, counted from the drawing and not by the reader. */
import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { compileSeatMap } from '../../../src/core/compile-seat-map.js';
import type { House } from '../../../src/core/house.js';
import { importPlan } from '../../../src/core/plan-import.js';
import { NONE, type SeatMap } from '../../../src/core/seat-map.js';
import { rowEnds, rowInTwoObjects, sideRows } from '../../plans/side-rows.js';
import { BEER_BENCHES, beerBenches, ROUND_TABLES, roundTables } from '../../plans/tables.js';
import { THEATRE, theatre } from '../../plans/theatre.js';
import { blocksOf, houseOf, labels, mapOf } from './halls.js';

function compiled(plan: unknown): SeatMap {
  const result = importPlan(plan);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return compileSeatMap(result.map);
}

function neighbours(map: SeatMap): number {
  return map.right.reduce((sum, other) => sum + (other === NONE ? 0 : 1), 0);
}

function best(house: House, count: number) {
  const { reply } = apply(house, { type: 'best_available', holder: 'me', count, newHoldId: `h${house.holds.size}` }, 0);
  if (!reply.ok || reply.type !== 'hold') throw new Error('no seats');
  return { quality: reply.quality, seats: labels(house.map, reply.hold.seats) };
}

function holds(house: House, seats: readonly string[]): boolean {
  const newHoldId = `h${house.holds.size}`;
  const { reply } = apply(house, { type: 'hold', holder: 'me', seats, newHoldId }, 0);
  if (reply.ok) apply(house, { type: 'release', holder: 'me', holdId: newHoldId }, 0);
  return reply.ok;
}

describe('round tables', () => {
  const map = compiled(roundTables());

  it('[HOUSE-5] have two neighbours at every seat, the last beside the first', () => {
    expect(map.count).toBe(ROUND_TABLES.seats);
    expect(neighbours(map)).toBe(ROUND_TABLES.neighbours);
    expect(map.blocks.every((block, index) => block.length === 10 && map.isRing[index] === 1)).toBe(true);
  });

  it('[SEAT-RULE-GAP-1] sell every two neighbours of an empty table, and refuse every two with one seat between them', () => {
    const house = houseOf(map, { singleGap: 'strict' });
    const { label } = map.data.seats;
    for (const block of map.blocks) {
      const at = (place: number) => label[block[place % 10]!]!;
      for (let place = 0; place < 10; place++) {
        expect(holds(house, [at(place), at(place + 1)])).toBe(true);
        expect(holds(house, [at(place), at(place + 2)])).toBe(false);
      }
    }
  });

  it('[SEAT-RULE-GAP-1] refuse nine of ten only as far as nine others would leave none: never', () => {
    const house = houseOf(map, { singleGap: 'lenient' });
    const table = labels(map, [...map.blocks[0]!]);
    expect(holds(house, table.slice(0, 9))).toBe(true);
    expect(holds(house, table)).toBe(true);
  });

  it('[BEST-2] seat six across the seam of a table', () => {
    const table = [...map.blocks[0]!];
    const house = houseOf(
      map,
      { singleGap: 'strict' },
      {
        blocked: map.data.seats.label.flatMap((_, seat) =>
          table.includes(seat) && seat !== table[4] && seat !== table[5] ? [] : [seat],
        ),
      },
    );
    const found = best(house, 6);
    expect(found.quality).toBe('adjacent');
    expect(found.seats).toHaveLength(6);
    expect(best(house, 2).quality).toBe('adjacent');
  });
});

describe('tables that are sold whole', () => {
  const map = mapOf({ rows: ['......', '......'], tables: ['ttttt', '.....', 'tttttt'] });
  const table = ['T1-1', 'T1-2', 'T1-3', 'T1-4', 'T1-5'];

  it('[SEAT-RULE-TABLE-1] are held with all their seats or not at all', () => {
    const house = houseOf(map, { singleGap: 'strict' });
    const command = { type: 'hold', holder: 'me', newHoldId: 'x' } as const;
    const { reply } = apply(house, { ...command, seats: table.slice(1) }, 0);
    expect(!reply.ok && reply.refusal).toEqual({
      code: 'seat_rule',
      conflicts: table.slice(1).map((seat) => ({ seat, reason: 'table_split' })),
    });
    expect(holds(house, [...table, 'A-1', 'A-2'])).toBe(true);
    expect(holds(house, ['T2-1', 'T2-2'])).toBe(true);
  });

  it('[RELEASE-3] are given back whole', () => {
    const house = houseOf(map);
    apply(house, { type: 'hold', holder: 'me', newHoldId: 'h', seats: [...table, 'A-1'] }, 0);
    const { reply } = apply(house, { type: 'release', holder: 'me', holdId: 'h', seats: ['T1-3'] }, 0);
    expect(reply.ok && reply.type === 'release' && labels(map, reply.seats)).toEqual(table);
    expect(labels(map, house.holds.get('h')!.seats)).toEqual(['A-1']);
  });

  it('[BEST-6] [BEST-10] go to a party of their size, and to no other', () => {
    const rows = map.data.seats.label.flatMap((label, seat) => (/^T[13]/.test(label) ? [] : [seat]));
    const house = houseOf(map, {}, { blocked: rows });
    const ask = (count: number) =>
      apply(house, { type: 'best_available', holder: 'me', count, newHoldId: `of ${count}` }, 0).reply;
    for (const count of [1, 2, 4, 7, 10]) expect(ask(count).ok).toBe(false);
    const six = ask(6);
    expect(six.ok && six.type === 'hold' && [six.quality, labels(map, six.hold.seats)[0]]).toEqual([
      'adjacent',
      'T3-1',
    ]);
    const five = ask(5);
    expect(five.ok && five.type === 'hold' && labels(map, five.hold.seats)).toEqual(table);
  });

  it('say so clearly in the plan, or the plan is refused', () => {
    const reasons = (usher: unknown, seat: object = {}) => {
      const plan = roundTables();
      const [row] = plan.zones[0]!.rows as { usher?: unknown; seats: object[] }[];
      row!.usher = usher;
      Object.assign(row!.seats[0]!, seat);
      const result = importPlan(plan);
      return result.ok ? [] : result.problems.map(({ path }) => path);
    };
    expect(reasons({ whole: true })).toEqual([]);
    expect(reasons({ whole: 'yes' })).toEqual(['zones[0].rows[0].usher.whole']);
    expect(reasons(3)).toEqual(['zones[0].rows[0].usher']);
    expect(reasons({ whole: true }, { wheelchair: true })).toEqual(['zones[0].rows[0].seats[0]']);
  });
});

describe('beer benches', () => {
  it.each([60, 38, 26, 22])('[HOUSE-5] are two rows that face each other, %i across', (across) => {
    const map = compiled(beerBenches(across));
    expect(map.count).toBe(BEER_BENCHES.seats);
    expect(neighbours(map)).toBe(BEER_BENCHES.neighbours);
    expect(new Set(map.blocks.map((block) => block.length))).toEqual(new Set([5]));
    expect(blocksOf(map).slice(0, 2)).toEqual([
      ['1-1', '1-3', '1-5', '1-7', '1-9'],
      ['1-2', '1-4', '1-6', '1-8', '1-10'],
    ]);
    expect(map.linesWithAisles).toEqual([]);
  });

  it('[BEST-2] seat six around a corner of the table only where no side has room', () => {
    const house = houseOf(compiled(beerBenches()), { singleGap: 'strict' });
    expect(best(house, 5).quality).toBe('adjacent');
    const six = best(house, 6);
    expect(six.quality).toBe('nearby');
  });
});

describe('boxes in two columns', () => {
  it('[HOUSE-5] are cut alike in their mirror image', () => {
    const map = compiled(theatre());
    expect(map.count).toBe(THEATRE.seats);
    const boxes = blocksOf(map).filter(([first]) => first!.startsWith('Box'));
    const [left, right] = ['L', 'R'].map((side) => boxes.filter(([first]) => first!.startsWith(`Box ${side}`)));
    expect(left!.length).toBeGreaterThan(1);
    const spelt = (all: string[][]) => all.map((block) => block.map((label) => label.split('-')[1]).sort()).sort();
    expect(spelt(left!)).toEqual(spelt(right!));
  });
});

describe('rows along the side of a hall', () => {
  it('[HOUSE-5] are ordered along their own direction, whatever the noise of drawing', () => {
    const map = compiled(sideRows());
    const numbers = (line: Int32Array) => labels(map, [...line]);
    const inOrder = (row: string) => Array.from({ length: 12 }, (_, place) => `${row}-${place + 1}`);
    expect(map.lines.map(numbers)).toEqual([inOrder('L1'), inOrder('L2')]);
    expect(map.blocks.map((block) => block.length)).toEqual([6, 6, 6, 6]);
  });

  it('[BEST-2] seat four around the aisle in one row', () => {
    const map = compiled(sideRows());
    const free = ['L1-5', 'L1-6', 'L1-7', 'L1-8'].map((label) => map.indexOf.get(label)!);
    const blocked = [...map.data.seats.label.keys()].filter((seat) => !free.includes(seat));
    const found = best(houseOf(map, {}, { blocked }), 4);
    expect(found).toEqual({ quality: 'same_row', seats: ['L1-5', 'L1-6', 'L1-7', 'L1-8'] });
  });

  it('[HOUSE-5] are one row where the plan draws them as two objects without a gap', () => {
    const map = compiled(rowInTwoObjects());
    expect(map.blocks.map((block) => block.length)).toEqual([10]);
    expect(best(houseOf(map), 10).quality).toBe('adjacent');
  });

  it('[BEST-11] do not call the two ends of a hall one row', () => {
    const found = best(houseOf(compiled(rowEnds())), 4);
    expect(found.quality).toBe('scattered');
  });
});
