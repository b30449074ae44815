import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { compileSeatMap } from '../../../src/core/compile-seat-map.js';
import { importPlan, type PlanSettings } from '../../../src/core/plan-import.js';
import { houseOf } from './halls.js';

const SAMPLE = new URL('../../../../shared/data/seating-plan.pretix-sample.json', import.meta.url);

const at = (x: number | string, y: number | string = 0) => ({ x, y });
const seatAt = (n: string, x: number | string, more: object = {}) => ({
  seat_guid: `g${n}`,
  seat_number: n,
  position: at(x),
  category: 'A',
  ...more,
});
const rowOf = (label: string, ...seats: object[]) => ({ row_number: label, position: at(0), seats });
const planWith = (zones: unknown[], more: object = {}) => ({
  name: 'Hall',
  size: { width: 100, height: 100 },
  categories: [{ name: 'A', color: '#123456' }],
  zones,
  ...more,
});
const zoneWith = (rows: unknown[], more: object = {}) => ({
  name: 'Stalls',
  position: at(0),
  rows,
  areas: [],
  ...more,
});

/** Its repairs less the guess at the focal point, which is a matter of its own; `repairs` are the examples of all groups. */
function imported(json: unknown, settings: PlanSettings = {}) {
  const result = importPlan(json, settings);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const groups = result.repairs.filter(({ kind }) => kind !== 'guessed_focal_point');
  const counts = Object.fromEntries(groups.map(({ kind, count }) => [kind, count]));
  const guess = result.repairs.find(({ kind }) => kind === 'guessed_focal_point')?.examples[0]?.message;
  return {
    map: result.map,
    guess,
    counts,
    kinds: groups.map(({ kind }) => kind),
    repairs: groups.flatMap(({ examples }) => examples),
  };
}

function problems(json: unknown): { path: string; reason: string }[] {
  const result = importPlan(json);
  return result.ok ? [] : [...result.problems];
}

describe('import: a whole plan', () => {
  it('reads positions as zone plus row plus seat and needs no repair', () => {
    const row = { row_number: 'K', position: at(5, 20), seats: [seatAt('1', 7), seatAt('2', 37)] };
    const { map, kinds } = imported(planWith([zoneWith([row], { position: at(100, 200) })]));
    expect(kinds).toEqual([]);
    expect(map.seats.label).toEqual(['K-1', 'K-2']);
    expect(map.seats.x).toEqual([112, 142]);
    expect(map.seats.y).toEqual([220, 220]);
    expect(map.size).toEqual({ width: 100, height: 100 });
  });

  it('puts the focal point where a screen is unless the plan says so', () => {
    const zones = [zoneWith([rowOf('A', seatAt('1', 10), seatAt('2', 40))], { position: at(0, 50) })];
    expect(imported(planWith(zones)).map.focalPoint).toEqual({ x: 25, y: 50 });
    const { map } = imported(planWith(zones, { usher: { focal_point: at(1, '2.5') } }));
    expect(map.focalPoint).toEqual({ x: 1, y: 2.5 });
  });

  it('does not say the row twice where the number begins with it', () => {
    const seats = [seatAt('1-1', 0), seatAt('12', 30), seatAt('1', 60)];
    expect(imported(planWith([zoneWith([rowOf('1', ...seats)])])).map.seats.label).toEqual(['1-1', '1-12', '1-1 (2)']);
    const letters = [seatAt('K12', 0), seatAt('KA', 30)];
    expect(imported(planWith([zoneWith([rowOf('K', ...letters)])])).map.seats.label).toEqual(['K12', 'K-KA']);
  });

  it('makes places of a standing area and decorations of other areas', () => {
    const standing = { name: 'Floor', category: 'A', capacity: 3 };
    const areas = [
      { shape: 'rectangle', position: at(10, 20), rectangle: { width: 40, height: 60 }, usher: { standing } },
      { shape: 'circle', position: at(1, 2), circle: { radius: 5 }, color: '#fff', rotation: 10 },
      { shape: 'polygon', position: at(0), polygon: { points: [at(0), at(1), at(1, 1)] }, border_color: 'red' },
      { shape: 'text', position: at(0), text: { text: 'BAR', position: at(1), color: '#000', size: 12 } },
      { shape: 'spiral', position: at(0) },
    ];
    const { map, repairs } = imported(planWith([zoneWith([rowOf('A', seatAt('1', 0))], { areas, position: at(100) })]));
    expect(map.seats.label).toEqual(['A-1', 'Floor-1', 'Floor-2', 'Floor-3']);
    expect(map.seats.row).toEqual([0, -1, -1, -1]);
    expect(map.areas).toEqual([
      { name: 'Floor', zone: 0, category: 0, first: 1, count: 3, x: 110, y: 20, width: 40, height: 60 },
    ]);
    expect([map.seats.x[1], map.seats.y[1]]).toEqual([130, 50]);
    expect(map.decorations).toEqual([
      { shape: 'circle', x: 101, y: 2, rotation: 10, color: '#fff', width: 10, height: 10 },
      { shape: 'polygon', x: 100, y: 0, rotation: 0, borderColor: 'red', points: [at(0), at(1), at(1, 1)] },
      { shape: 'text', x: 100, y: 0, rotation: 0, text: { value: 'BAR', x: 1, y: 0, color: '#000', size: 12 } },
    ]);
    expect(repairs).toMatchObject([{ path: 'zones[0].areas[4]', kind: 'skipped_decoration' }]);
  });

  it('links wheelchair spaces, companions and pairs, and orders pairs by where they stand', () => {
    const seats = [
      seatAt('1', 90, { usher: { pair_with: 'g2' } }),
      seatAt('2', 60, { usher: { pair_with: 'g1' } }),
      seatAt('3', 30, { usher: { wheelchair: true } }),
      seatAt('4', 0, { usher: { companion_of: 'g3' } }),
    ];
    const { map } = imported(planWith([zoneWith([rowOf('A', ...seats)])]));
    expect(map.pairs).toEqual([[1, 0]]);
    expect(map.wheelchair).toEqual([2]);
    expect(map.companions).toEqual([[3, 2]]);
  });
});

describe('import: repairs', () => {
  it('lists each duplicate seat_guid by its path', () => {
    const rows = [rowOf('A', seatAt('1', 0), seatAt('2', 30)), rowOf('B', seatAt('1', 0), seatAt('1', 30))];
    const { map, repairs } = imported(planWith([zoneWith(rows)]));
    expect(repairs.filter(({ kind }) => kind === 'duplicate_guid').map(({ path }) => path)).toEqual([
      'zones[0].rows[1].seats[0].seat_guid',
      'zones[0].rows[1].seats[1].seat_guid',
    ]);
    expect(map.seats.label).toEqual(['A-1', 'A-2', 'B-1', 'B-1 (2)']);
  });

  it('puts the zone name before a whole row that another zone has too, in every zone that has it', () => {
    const upper = rowOf('A', seatAt('1', 0), seatAt('2', 30), seatAt('3', 60));
    const zones = [
      zoneWith([rowOf('A', seatAt('1', 0), seatAt('2', 30))]),
      zoneWith([upper, rowOf('B', seatAt('9', 0))], { name: 'Balcony' }),
    ];
    const { map, repairs } = imported(planWith(zones));
    expect(map.seats.label).toEqual([
      ...['Stalls A-1', 'Stalls A-2'],
      ...['Balcony A-1', 'Balcony A-2', 'Balcony A-3', 'B-9'],
    ]);
    const renamed = repairs.filter(({ kind }) => kind === 'row_in_two_zones');
    expect(renamed.map(({ path }) => path)).toEqual(['zones[0].rows[0]', 'zones[1].rows[0]']);
  });

  it('lets zones share a row label where the seats differ', () => {
    const zones = [zoneWith([rowOf('A', seatAt('1', 0))]), zoneWith([rowOf('A', seatAt('2', 0))], { name: 'Right' })];
    expect(imported(planWith(zones)).map.seats.label).toEqual(['A-1', 'A-2']);
  });

  it('keeps links within the row or zone where a seat_guid is used twice', () => {
    const row = (label: string) =>
      rowOf(label, seatAt('1', 0, { usher: { wheelchair: true } }), seatAt('2', 30, { usher: { companion_of: 'g1' } }));
    const { map } = imported(planWith([zoneWith([row('A'), row('B')])]));
    expect(map.companions).toEqual([
      [1, 0],
      [3, 2],
    ]);
  });

  it('reads numeric strings, floats, and names what is missing', () => {
    const row = { position: at('1.5', 2.25), seats: [seatAt('', '10.1', { seat_number: 7 }), { position: at(40) }] };
    const plan = { zones: [{ rows: [row, { row_number: 'Z', seats: [] }], areas: null }] };
    const { map, kinds, counts } = imported(plan);
    expect(map.zones).toEqual([{ name: 'Zone 1' }]);
    expect(map.seats.label).toEqual(['1-7', '1-2']);
    expect(map.seats.x).toEqual([11.6, 41.5]);
    expect(map.name).toBe('Untitled');
    expect(map.size).toEqual({ width: 41.5, height: 2.25 });
    expect(map.categories.map(({ name }) => name)).toEqual(['A', 'Standard']);
    const expected = ['missing_zone_name', 'missing_position', 'missing_row_label', 'numeric_string', 'empty_row'];
    expect(kinds).toEqual(expect.arrayContaining([...expected, 'missing_guid', 'missing_seat_number', 'missing_size']));
    expect(counts['undeclared_category']).toBe(2);
  });

  it('calls rows and seats by the patterns of the plan', () => {
    const pattern = { row_label: 'Tisch %s', seat_label: 'Platz %s' };
    const rows = [
      { ...rowOf('5', seatAt('1', 0), seatAt('2', 30)), ...pattern },
      { ...rowOf('6', seatAt('6-1', 0)), row_label: 'Tisch %s' },
      { ...rowOf('7', seatAt('1', 0)), seat_label: 'Platz %s' },
      { ...rowOf('8', seatAt('$&', 0)), row_label: 'Tisch 8', seat_label: 'Nr.' },
      rowOf('5', seatAt('9', 0)),
      { row_label: 'Row %s', seats: [seatAt('1', 0)] },
      { row_label: 'Box', seats: [seatAt('1', 0)] },
    ];
    const { map } = imported(planWith([zoneWith(rows)]));
    expect(map.rows.map(({ label }) => label)).toEqual(['Tisch 5', 'Tisch 6', '7', 'Tisch 8', '5', 'Row 9', 'Box']);
    expect(map.seats.label).toEqual([
      ...['Tisch 5, Platz 1', 'Tisch 5, Platz 2', 'Tisch 6, 6-1', '7, Platz 1', 'Tisch 8, Nr. $&'],
      ...['5-9', 'Row 9, 1', 'Box, 1'],
    ]);
  });

  it('declares a category once that the plan uses and does not declare', () => {
    const seats = [seatAt('1', 0, { category: 'VIP' }), seatAt('2', 30, { category: 'VIP' })];
    const { map, repairs } = imported(planWith([zoneWith([rowOf('A', ...seats)])]));
    expect(map.categories).toEqual([{ name: 'VIP', color: '#9e9e9e' }]);
    expect(map.seats.category).toEqual([0, 0]);
    expect(repairs.map(({ path }) => path)).toEqual(['zones[0].rows[0].seats[0].category', 'categories']);
  });

  it('keeps labels within 64 characters and unique however long the names are', () => {
    const long = 'x'.repeat(300);
    const row = rowOf(long, seatAt(long, 0), seatAt(long, 30));
    const { map } = imported(planWith([zoneWith([row], { name: long }), zoneWith([row], { name: long })]));
    expect(new Set(map.seats.label).size).toBe(4);
    for (const label of map.seats.label) expect(label.length).toBeLessThanOrEqual(64);
    expect(new Set(map.zones.map(({ name }) => name)).size).toBe(2);
  });

  it('treats names of Object.prototype as names like others', () => {
    const json = JSON.parse(
      '{"__proto__":{"zones":[]},"zones":[{"name":"constructor","position":{"x":0,"y":0},"rows":[{"row_number":"__proto__",' +
        '"seats":[{"seat_guid":"toString","seat_number":"1","position":{"x":0,"y":0},"category":"__proto__"}]}]}]}',
    );
    const { map } = imported(json);
    expect(map.categories[0]?.name).toBe('__proto__');
    expect(map.seats.label).toEqual(['__proto__-1']);
    expect(problems(JSON.parse('{"__proto__":{"zones":[]}}'))).toEqual([{ path: 'zones', reason: 'must be a list' }]);
  });
});

describe('import: impossibilities are refused with their path', () => {
  const oneSeat = (more: object) => planWith([zoneWith([rowOf('A', seatAt('1', 0, more), seatAt('2', 30))])]);
  const cases: [what: string, json: unknown, path: string][] = [
    ['not an object', [], ''],
    ['null', null, ''],
    ['no zones', {}, 'zones'],
    ['no seats', planWith([zoneWith([])]), 'zones'],
    ['a zone that is a number', planWith([3]), 'zones[0]'],
    ['rows that are no list', planWith([zoneWith([], { rows: {} })]), 'zones[0].rows'],
    ['a seat without position', oneSeat({ position: undefined }), 'zones[0].rows[0].seats[0].position'],
    ['a position that is no number', oneSeat({ position: at('left') }), 'zones[0].rows[0].seats[0].position.x'],
    ['a position that is NaN', oneSeat({ position: at(Number.NaN) }), 'zones[0].rows[0].seats[0].position.x'],
    ['a position beyond bounds', oneSeat({ position: at(1e300) }), 'zones[0].rows[0].seats[0].position.x'],
    ['a zone at no number', planWith([zoneWith([], { position: at('?') })]), 'zones[0].position.x'],
    ['an unknown pair', oneSeat({ usher: { pair_with: 'x' } }), 'zones[0].rows[0].seats[0].usher.pair_with'],
    ['a pair with itself', oneSeat({ usher: { pair_with: 'g1' } }), 'zones[0].rows[0].seats[0].usher.pair_with'],
    ['no wheelchair', oneSeat({ usher: { companion_of: 'g2' } }), 'zones[0].rows[0].seats[0].usher.companion_of'],
    ['an unclear wheelchair', oneSeat({ usher: { wheelchair: 'yes' } }), 'zones[0].rows[0].seats[0].usher.wheelchair'],
    ['two roles', oneSeat({ usher: { wheelchair: true, pair_with: 'g2' } }), 'zones[0].rows[0].seats[0].usher'],
    ['a focal point that is none', { ...oneSeat({}), usher: { focal_point: 3 } }, 'usher.focal_point'],
    ['a category without a name', { ...oneSeat({}), categories: [{}] }, 'categories[0].name'],
  ];
  it.each(cases)('%s', (_, json, path) => {
    expect(problems(json).map((problem) => problem.path)).toContain(path);
  });

  it('a pair with another seat between its halves, or in another row, or a third seat', () => {
    const path = 'zones[0].rows[0].seats[0].usher.pair_with';
    const pairing = (guid: string) => seatAt('1', 0, { usher: { pair_with: guid } });
    const apart = planWith([zoneWith([rowOf('A', pairing('g3'), seatAt('2', 30), seatAt('3', 60))])]);
    expect(problems(apart)).toEqual([{ path, reason: 'is not the next seat in the row' }]);
    const rows = planWith([zoneWith([rowOf('A', pairing('g3')), rowOf('B', seatAt('3', 0))])]);
    expect(problems(rows)).toEqual([{ path, reason: 'is in another row' }]);
    const third = rowOf('A', pairing('g2'), seatAt('2', 30), seatAt('3', 60, { usher: { pair_with: 'g2' } }));
    expect(problems(planWith([zoneWith([third])]))[0]?.path).toBe('zones[0].rows[0].seats[2].usher.pair_with');
  });

  it('more than 100,000 seats, counting standing places', () => {
    const standing = { name: 'Floor', category: 'A', capacity: 99_999 };
    const areas = [{ shape: 'circle', circle: { radius: 1 }, position: at(0), usher: { standing } }];
    const seats = [seatAt('1', 0), seatAt('2', 30)];
    expect(importPlan(planWith([zoneWith([rowOf('A', ...seats.slice(1))], { areas })])).ok).toBe(true);
    expect(problems(planWith([zoneWith([rowOf('A', ...seats)], { areas })]))).toEqual([
      { path: 'zones[0].areas[0].usher.standing', reason: 'more than 100000 seats' },
    ]);
  });

  it('tells at most 100 problems of a file that is wrong everywhere', () => {
    expect(problems(planWith([zoneWith(Array.from({ length: 500 }, () => 7))]))).toHaveLength(100);
  });
});

describe.skipIf(!existsSync(SAMPLE))('import: the pretix sample (skipped where ../shared/data is absent)', () => {
  it('gives 1,057 seats in five categories and lists its 84 duplicate seat_guids', () => {
    const { map, repairs, counts, guess } = imported(JSON.parse(readFileSync(SAMPLE, 'utf8')));
    expect(map.seats.label).toHaveLength(1057);
    expect(map.categories).toHaveLength(5);
    expect(counts).toEqual({ row_in_two_zones: 6, duplicate_guid: 84 });
    expect(repairs).toHaveLength(6);
    expect(guess).toContain('the text "STAGE" stands there');
    expect(map.focalPoint).toEqual({ x: 555, y: 25 });
    expect(map.seats.label.filter((label) => label.startsWith('Balcony '))).toHaveLength(100);
    const rows17To19 = map.seats.label.filter((label) => label.startsWith('Ground floor '));
    expect(rows17To19.every((label) => /^Ground floor 1[789]-/.test(label))).toBe(true);
    const { blocks } = compileSeatMap(map);
    expect([...blocks[1]!].map((seat) => map.seats.label[seat])).toEqual(
      Array.from({ length: 10 }, (_, i) => `1-${i + 4}`),
    );
  });

  it('lets neighbours be held in every one of its rows, side by side as they really stand', () => {
    const map = compileSeatMap(imported(JSON.parse(readFileSync(SAMPLE, 'utf8'))).map);
    const house = houseOf(map, { prices: map.data.categories.map(() => 1_000) });
    const { label, x, y } = map.data.seats;
    const rowsHeld = new Set<number>();
    for (const block of map.blocks) {
      const [first, second] = block;
      if (first === undefined || second === undefined) continue;
      const distance = Math.hypot(x[first]! - x[second]!, y[first]! - y[second]!);
      expect(distance, `${label[first]} and ${label[second]}`).toBeLessThanOrEqual(50);
      const command = {
        type: 'hold',
        holder: `party ${first}`,
        newHoldId: `hold ${first}`,
        seats: [label[first]!, label[second]!],
      } as const;
      expect(apply(house, command, 1_000).reply).toMatchObject({ ok: true, hold: { seats: [first, second] } });
      rowsHeld.add(map.data.seats.row[first]!);
    }
    expect(rowsHeld.size).toBe(map.data.rows.length);
  });
});
