import { describe, expect, it } from 'vitest';
import { compileSeatMap } from '../../../src/core/compile-seat-map.js';
import { InvariantError } from '../../../src/core/invariant.js';
import { NONE, type SeatMap, type SeatMapData } from '../../../src/core/seat-map.js';
import { blocksOf, labels, mapOf } from './halls.js';

type Spot = readonly [x: number, y: number];

/**
 * Rows of free-standing seats, labelled "row/place" in the order given, which need not be the seating order. Each row has
 * a label of its own unless `labelOfRow` says otherwise.
 */
function dataOf(
  rows: readonly (readonly Spot[])[],
  zoneOfRow: readonly number[] = [],
  labelOfRow: readonly string[] = [],
): SeatMapData {
  const spots = rows.flatMap((row, r) => row.map((spot, i) => ({ spot, row: r, label: `${r}/${i}` })));
  return {
    name: 'Geometry',
    size: { width: 1, height: 1 },
    focalPoint: { x: 0, y: 0 },
    categories: [{ name: 'A', color: '#000' }],
    zones: [{ name: 'Z0' }, { name: 'Z1' }],
    rows: rows.map((_, r) => ({ label: labelOfRow[r] ?? `R${r}`, zone: zoneOfRow[r] ?? 0 })),
    seats: {
      label: spots.map(({ label }) => label),
      x: spots.map(({ spot }) => spot[0]),
      y: spots.map(({ spot }) => spot[1]),
      category: spots.map(() => 0),
      row: spots.map(({ row }) => row),
    },
    wheelchair: [],
    companions: [],
    pairs: [],
    areas: [],
    decorations: [],
  };
}

const level = (...xs: number[]): Spot[] => xs.map((x) => [x, 0]);

function expectInverses(map: SeatMap): void {
  for (let seat = 0; seat < map.count; seat++) {
    const [left, right] = [map.left[seat]!, map.right[seat]!];
    if (left !== NONE) expect(map.right[left]).toBe(seat);
    if (right !== NONE) expect(map.left[right]).toBe(seat);
    expect(map.blocks[map.blockOf[seat]!]![map.placeInBlock[seat]!]).toBe(seat);
  }
}

describe('adjacency comes from geometry', () => {
  it('[HOUSE-5] cuts a row at its aisles', () => {
    const map = mapOf(['...._...._....']);
    expect(blocksOf(map).map((block) => block.length)).toEqual([4, 4, 4]);
    expect(blocksOf(map)[1]).toEqual(['A-5', 'A-6', 'A-7', 'A-8']);
    expectInverses(map);
  });

  it('[HOUSE-5] orders seats by where they stand, not by the order or numbers of the file', () => {
    expect(blocksOf(compileSeatMap(dataOf([level(60, 0, 120, 30, 90)])))).toEqual([
      ['0/1', '0/3', '0/0', '0/4', '0/2'],
    ]);
  });

  it('reads vertical rows from the top down', () => {
    const spots: Spot[] = [0, 25, 50, 75, 100, 150, 175].map((y) => [7, y]);
    expect(blocksOf(compileSeatMap(dataOf([spots.toReversed()])))).toEqual([
      ['0/6', '0/5', '0/4', '0/3', '0/2'],
      ['0/1', '0/0'],
    ]);
  });

  it.each([10, 45, 80, -30, -89])('follows a row at %i degrees', (degrees) => {
    const angle = (degrees * Math.PI) / 180;
    const row = [0, 1, 2, 3, 5, 6].map((i): Spot => [i * 30 * Math.cos(angle), i * 30 * Math.sin(angle)]);
    const map = compileSeatMap(dataOf([row]));
    expect(blocksOf(map)).toEqual([
      ['0/0', '0/1', '0/2', '0/3'],
      ['0/4', '0/5'],
    ]);
    expectInverses(map);
  });

  it('follows a row bent to nearly a half circle', () => {
    const row = Array.from({ length: 25 }, (_, i): Spot => {
      const angle = Math.PI * (0.02 + (0.96 * i) / 24);
      return [-300 * Math.cos(angle), -300 * Math.sin(angle)];
    });
    const map = compileSeatMap(dataOf([row]));
    expect(map.blocks.map((block) => [...block])).toEqual([row.map((_, i) => i)]);
  });

  it('bears uneven floats', () => {
    const row = level(0, 29.4, 60.7, 89.9, 121.3, 150.0001, 208.4, 240);
    expect(compileSeatMap(dataOf([row])).blocks.map((block) => block.length)).toEqual([6, 2]);
  });

  it('finds twos in a row that is mostly aisles', () => {
    const row = level(0, 30, 90, 120, 180, 210, 270, 300);
    expect(compileSeatMap(dataOf([row])).blocks.map((block) => block.length)).toEqual([2, 2, 2, 2]);
  });

  it('measures short rows by their zone', () => {
    const long = level(0, 30, 60, 90, 120, 150);
    const map = compileSeatMap(dataOf([long, level(0, 60), level(0, 30), level(0, 30, 90)]));
    expect(map.blocks.map((block) => block.length)).toEqual([6, 1, 1, 2, 2, 1]);
    // The same two seats, 60 apart, are neighbours in a zone of wide chairs.
    const wide = level(0, 60, 120, 180, 240);
    const zones = compileSeatMap(dataOf([long, wide, level(0, 60)], [0, 1, 1]));
    expect(zones.blocks.map((block) => block.length)).toEqual([6, 5, 2]);
  });

  it('takes a row of wide chairs for neighbours, and chairs that stand alone for alone', () => {
    const long = level(...Array.from({ length: 30 }, (_, i) => i * 30));
    const map = compileSeatMap(dataOf([long, level(0, 60, 120, 180, 240), level(0, 100, 200, 300, 400)]));
    expect(map.blocks.map((block) => block.length)).toEqual([30, 5, 1, 1, 1, 1, 1]);
  });

  it('keeps sofas in one block, and the halves of a sofa together however wide it is', () => {
    const ordinary = level(0, 30, 60, 90, 120, 150, 180, 210);
    const sofas = level(0, 20, 60, 80, 120, 140, 180, 200);
    const pairs = [8, 10, 12, 14].map((seat): [number, number] => [seat, seat + 1]);
    const map = compileSeatMap({ ...dataOf([ordinary, sofas]), pairs });
    expect(map.blocks.map((block) => block.length)).toEqual([8, 8]);
    const wide = compileSeatMap({ ...dataOf([ordinary, level(0, 90)]), pairs: [[8, 9]] });
    expect(wide.right[8]).toBe(9);
    expect(wide.pairOf[8]).toBe(9);
    expect(wide.pairOf[9]).toBe(8);
  });

  it('never joins rows of one label in two zones, but joins the pieces of one zone to a line', () => {
    const pieces = [level(90, 120), level(0, 30), level(150, 180)];
    const map = compileSeatMap(dataOf(pieces, [0, 0, 1], ['A', 'A', 'A']));
    expect(blocksOf(map)).toEqual([
      ['1/0', '1/1'],
      ['0/0', '0/1'],
      ['2/0', '2/1'],
    ]);
    expect(map.lines.map((line) => labels(map, [...line]))).toEqual([
      ['1/0', '1/1', '0/0', '0/1'],
      ['2/0', '2/1'],
    ]);
  });

  it('[HOLD-9] gives standing places no neighbours and no block', () => {
    const map = mapOf({ rows: ['..'], standing: { Floor: 3 } });
    for (const place of [2, 3, 4]) {
      expect([map.left[place], map.right[place], map.blockOf[place]]).toEqual([NONE, NONE, NONE]);
      expect(map.areaOf[place]).toBe(0);
      expect(map.zoneOf[place]).toBe(0);
    }
  });

  it('bears seats on one and the same point', () => {
    const map = compileSeatMap(dataOf([level(5, 5, 5, 5, 5, 5)]));
    expect(map.blocks.map((block) => [...block])).toEqual([[0, 1, 2, 3, 4, 5]]);
    expectInverses(map);
  });
});

describe('compiling', () => {
  it('refuses plans that contradict themselves', () => {
    const good = dataOf([level(0, 30, 60)]);
    const { seats } = good;
    const bad: SeatMapData[] = [
      { ...good, seats: { ...seats, x: [0] } },
      { ...good, seats: { ...seats, label: ['a', 'a', 'b'] } },
      { ...good, seats: { ...seats, row: [0, 0, -1] } },
      { ...good, seats: { ...seats, category: [0, 0, 1] } },
      { ...good, pairs: [[0, 2]] },
      {
        ...good,
        pairs: [
          [0, 1],
          [1, 2],
        ],
      },
      { ...good, companions: [[0, 1]] },
    ];
    for (const data of bad) expect(() => compileSeatMap(data)).toThrow(InvariantError);
  });

  it('takes 50,000 seats: each row is two blocks, as its aisle cuts it', () => {
    const rows = Array.from({ length: 1000 }, (_, r) =>
      Array.from({ length: 50 }, (_, i): Spot => [i * 30 + (i > 25 ? 30 : 0), r * 30]),
    );
    const data = dataOf(rows);
    expect(compileSeatMap(data).blocks).toHaveLength(2000);
  });
});
