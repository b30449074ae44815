/** What a plan does not say in so many words, and what it says in words of its own. */
import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/core/apply.js';
import { compileSeatMap } from '../../../src/core/compile-seat-map.js';
import { sightOf } from '../../../src/core/import/stage-words.js';
import { importPlan, type PlanSettings } from '../../../src/core/plan-import.js';
import { roundTables } from '../../plans/tables.js';
import { THEATRE, theatre } from '../../plans/theatre.js';
import { houseOf, labels } from './halls.js';

function read(plan: unknown, settings?: PlanSettings) {
  const result = importPlan(plan, settings);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const said = (kind: string) => result.repairs.find((group) => group.kind === kind);
  return { map: result.map, repairs: result.repairs, said, guess: said('guessed_focal_point')?.examples[0]?.message };
}

function bestOf(plan: unknown, count: number, settings?: PlanSettings): string[] {
  const map = compileSeatMap(read(plan, settings).map);
  const house = houseOf(map, { prices: map.data.categories.map(() => 1) });
  const { reply } = apply(house, { type: 'best_available', holder: 'me', count, newHoldId: 'h' }, 0);
  return reply.ok && reply.type === 'hold' ? labels(map, reply.hold.seats) : [];
}

interface Drawn {
  readonly rows?: readonly string[];
  readonly text?: string;
  readonly textY?: number;
  readonly categories?: readonly string[];
}

/** Ten rows of ten, a pitch of 30 apart from the top, with a text somewhere. */
function hall({ rows = [], text, textY = -60, categories = ['A'] }: Drawn) {
  const area = {
    shape: 'text',
    position: { x: 135, y: textY },
    text: { text, position: { x: 0, y: 0 }, color: '#333', size: 20 },
  };
  return {
    name: 'Hall',
    size: { width: 400, height: 400 },
    categories: categories.map((name) => ({ name, color: '#123456' })),
    zones: [
      {
        name: 'Main',
        position: { x: 0, y: 0 },
        areas: text === undefined ? [] : [area],
        rows: Array.from({ length: 10 }, (_, row) => ({
          row_number: rows[row] ?? `Name ${'xyz'[row % 3]}${'abcdefghij'[row]}`,
          position: { x: 0, y: row * 30 },
          seats: Array.from({ length: 10 }, (_seat, place) => ({
            seat_guid: `${row}-${place}`,
            seat_number: String(place + 1),
            position: { x: place * 30, y: 0 },
            category: categories[Math.floor((row * categories.length) / 10)],
          })),
        })),
      },
    ],
  };
}

describe('the focal point', () => {
  it.each([
    ...[
      'STAGE',
      'S T A G E',
      'Bühne',
      'B Ü H N E',
      'HAUPTBÜHNE',
      'PALCO',
      'Palcoscenico',
      'Escenario',
      'Scène',
      'СЦЕНА',
    ],
    ...['舞台', 'ステージ', '무대', 'Stage / Bühne', 'Jeviště', 'Színpad'],
  ])('knows the stage by "%s"', (text) => {
    expect(sightOf(text)?.sight).toBe('stage');
  });

  it.each([
    'SCREEN',
    'Screen 3',
    'LEINWAND',
    'SCHERMO',
    'PANTALLA',
    'Écran',
    'E C R A N',
    'ЭКРАН',
    '银幕',
    '銀幕',
    'スクリーン',
  ])('knows the screen by "%s"', (text) => {
    expect(sightOf(text)?.sight).toBe('screen');
  });

  it.each(['BALCONY', 'Stage door', 'Bühneneingang', 'BACKSTAGE', 'EXIT', 'Bar', 'A B C', '', '12'])(
    'knows nothing by "%s"',
    (text) => {
      expect(sightOf(text)).toBeUndefined();
    },
  );

  it('is the stage of a theatre, wherever that stands on the page', () => {
    const { map, guess } = read(theatre());
    expect(map.focalPoint).toEqual(THEATRE.stage);
    expect(guess).toContain('"S T A G E"');
    expect(bestOf(theatre(), 2)).toEqual(['Stalls 1-10', 'Stalls 1-11']);
  });

  it('is two thirds of the way back from a screen', () => {
    const { map, guess } = read(hall({ text: 'SCREEN' }));
    expect(map.focalPoint).toEqual({ x: 135, y: 180 });
    expect(guess).toContain('two thirds');
    expect(read(hall({ text: 'LEINWAND', textY: 330 })).map.focalPoint).toEqual({ x: 135, y: 90 });
  });

  it('follows the order of the rows where no text says more', () => {
    const letters = [...'ABCDEFGHJK'];
    expect(read(hall({ rows: letters })).map.focalPoint).toEqual({ x: 135, y: 0 });
    const { map, guess } = read(hall({ rows: letters.toReversed() }));
    expect(map.focalPoint).toEqual({ x: 135, y: 270 });
    expect(guess).toContain('rows are counted from there');
    const numbers = letters.map((_, row) => `Reihe ${10 - row}`);
    expect(read(hall({ rows: numbers }), { looksAt: 'screen' }).map.focalPoint).toEqual({ x: 135, y: 90 });
  });

  it('follows the order of the categories where the rows have names', () => {
    expect(read(hall({ categories: ['Gold', 'Silver'] })).map.focalPoint.y).toBe(0);
    const upsideDown = hall({ categories: ['Gold', 'Silver'] });
    upsideDown.categories.reverse();
    expect(read(upsideDown).map.focalPoint.y).toBe(270);
  });

  it('is the middle of the top edge where nothing is known, and that is said', () => {
    const { map, guess } = read(hall({}));
    expect(map.focalPoint).toEqual({ x: 135, y: 0 });
    expect(guess).toContain('nothing in the plan says');
  });

  it('does not take boxes that are called by number for the stage', () => {
    const plan = hall({ text: 'PALCO 1' });
    const [zone] = plan.zones;
    zone!.areas.push({ ...zone!.areas[0]!, position: { x: 400, y: 100 } });
    expect(read(plan).guess).toContain('nothing in the plan says');
  });

  it('is taken from outside the file before all else, and then is no guess', () => {
    const plan = { ...theatre(), usher: { focal_point: { x: 1, y: 2 } } };
    expect(read(plan).map.focalPoint).toEqual({ x: 1, y: 2 });
    expect(read(plan).guess).toBeUndefined();
    const set = read(plan, { focalPoint: { x: 3, y: 4 } });
    expect(set.map.focalPoint).toEqual({ x: 3, y: 4 });
    expect(set.guess).toBeUndefined();
    expect(read({ ...theatre(), usher: { looks_at: 'screen' } }).guess).toContain('two thirds');
  });
});

describe('labels for people', () => {
  it('name their zone in every zone of the same row numbers', () => {
    const { map } = read(theatre());
    const seated = map.seats.label.filter((label) => !label.startsWith('Box'));
    expect(seated.every((label) => /^(Circle|Stalls) [1-8]-\d+$/.test(label))).toBe(true);
  });

  it('are those of the plan’s own patterns', () => {
    expect(read(roundTables()).map.seats.label.slice(0, 2)).toEqual(['Tisch 1, Platz 1', 'Tisch 1, Platz 2']);
  });

  it('are made different where no eye can tell them apart', () => {
    // A Latin A, a Cyrillic one, and one with a soft hyphen behind it.
    const plan = hall({ rows: ['A', 'А', 'A\u00ad', 'B', '0', 'O'] });
    const { map, said } = read(plan);
    expect(map.seats.label.slice(0, 1)).toEqual(['A-1']);
    expect(map.seats.label[10]).toBe('А-1 (2)');
    expect(map.seats.label[20]).toBe('A-1 (3)');
    expect(said('duplicate_label')?.count).toBe(20);
    expect(said('lookalike_label')).toMatchObject({ count: 10 });
    expect(said('lookalike_label')?.examples[0]?.message).toBe('"O-1" is easily taken for "0-1".');
  });

  it('name their zone where two zones differ only in what no eye sees', () => {
    const plan = hall({ rows: ['A'] });
    const other = structuredClone(plan.zones[0]!);
    other.name = 'Left';
    other.rows[0]!.row_number = 'А';
    plan.zones.push(other);
    expect(read(plan).map.seats.label[0]).toBe('Main A-1');
    expect(read(plan).map.seats.label[100]).toBe('Left А-1');
  });
});

describe('what a file names', () => {
  it('is read where another editor says that a seat is a wheelchair space, and told', () => {
    const plan = hall({});
    const seats = plan.zones[0]!.rows[0]!.seats as Record<string, unknown>[];
    seats[0]!['wheelchair'] = true;
    seats[1]!['wheelchair'] = false;
    seats[2]!['wheelchair_accessible'] = true;
    seats[3]!['wheelchair'] = 'yes';
    const { map, repairs } = read(plan);
    expect(map.wheelchair).toEqual([0, 2]);
    const told = repairs.filter(({ kind }) => kind === 'foreign_wheelchair');
    expect(told.map(({ count }) => count)).toEqual([2, 1]);
  });

  it('is read where the plan, a zone or an area has standing places with a capacity', () => {
    const plan = { ...hall({}), standing: [{ name: 'Pit', capacity: 120, category: 'A' }, { capacity: 'many' }] };
    Object.assign(plan.zones[0]!, { standing: { name: 'Side', capacity: 5, category: 'A' } });
    plan.zones[0]!.areas.push({
      shape: 'circle',
      circle: { radius: 5 },
      position: { x: 0, y: 0 },
      standing: { name: 'Ring', capacity: 2, category: 'A' },
    } as never);
    const { map, repairs } = read(plan);
    expect(map.areas.map(({ name, count }) => [name, count])).toEqual([
      ['Ring', 2],
      ['Side', 5],
      ['Pit', 120],
    ]);
    expect(map.zones.map(({ name }) => name)).toEqual(['Main', 'Standing']);
    expect(map.areas.map(({ zone }) => zone)).toEqual([0, 0, 1]);
    expect(repairs.filter(({ kind }) => kind === 'foreign_standing').map(({ count }) => count)).toEqual([3, 1]);
  });

  it('is told once where it is not read, however many seats have it', () => {
    const plan = hall({});
    for (const row of plan.zones[0]!.rows) {
      for (const seat of row.seats) Object.assign(seat, { status: 'free', priority: 1, start_direction: 'left' });
    }
    const { repairs, said } = read({ ...plan, floors: 2 });
    const unknown = repairs.filter(({ kind }) => kind === 'unknown_key');
    expect(unknown.map(({ count, examples }) => [count, examples.length, examples[0]!.message])).toEqual([
      [1, 1, 'The key "floors" (plan) is not read.'],
      [100, 3, 'The key "status" (seat) is not read.'],
      [100, 3, 'The key "priority" (seat) is not read.'],
    ]);
    expect(said('ordered_booking')?.count).toBe(100);
  });

  it('is told where seats stand on top of each other', () => {
    const plan = hall({});
    plan.zones.push({ ...structuredClone(plan.zones[0]!), name: 'Copy' });
    expect(read(plan).said('overlapping_seats')?.count).toBe(100);
    expect(read(hall({})).said('overlapping_seats')).toBeUndefined();
  });

  it('needs no price where it is a category without seats', () => {
    const plan = hall({ categories: ['A'] });
    plan.categories.unshift({ name: 'Empty', color: '#ffffff' });
    const { map, said } = read(plan);
    expect(map.categories.map(({ name }) => name)).toEqual(['A']);
    expect(map.seats.category.every((category) => category === 0)).toBe(true);
    expect(said('unused_category')?.examples[0]?.message).toContain('"Empty"');
  });

  it('is found under `layout`, as pretix’s API gives it', () => {
    const { name, ...layout } = hall({});
    for (const wrapped of [
      { id: 1, name, layout },
      { id: 1, name, layout: JSON.stringify(layout) },
    ]) {
      expect(read(wrapped).map.seats.label).toHaveLength(100);
      expect(read(wrapped).map.name).toBe('Hall');
    }
    const broken = importPlan({ layout: { zones: [3] } });
    expect(!broken.ok && broken.problems[0]?.path).toBe('layout.zones[0]');
  });
});
