import { describe, expect, it } from 'vitest';
import { drawPicture } from '../../../../src/boxoffice/halls/draw-picture.js';
import { json, mapOf, notesOf, problemsOf, rows, svg } from './importing.js';

describe('rows as text', () => {
  it.each([
    ['A: 3x', 'unknown_word', 'line 1'],
    ['A: 2\nrubbish', 'unknown_word', 'line 2'],
    ['stage: above\nA: 1', 'unknown_word', 'line 1'],
    ['A: 5000', 'unknown_word', 'line 1'],
    ['A: 1-5000', 'too_many', 'line 1'],
    ['A: |', 'no_seats', 'line 1'],
    ['A: 2\nA: 2', 'duplicate_seat', 'line 2'],
    ['# nothing', 'no_seats', ''],
  ])('%j is refused', (text, code, at) => {
    expect(problemsOf(rows(text))[0]).toEqual([code, expect.any(Number), at]);
  });

  it('counts each row from 1 across aisles, and goes by numbers where they are given', () => {
    const map = mapOf(rows('A: 2 | 2\nB: 4-3 | 1-2\n[Balcony]\nA: 1'));
    expect(map.seats.label).toEqual([
      'Main A-1',
      'Main A-2',
      'Main A-3',
      'Main A-4',
      'B-4',
      'B-3',
      'B-1',
      'B-2',
      'Balcony A-1',
    ]);
  });

  it('has a standing area with its capacity, or asks for it', () => {
    expect(mapOf(rows('standing: Floor 120')).areas).toMatchObject([{ name: 'Floor', count: 120 }]);
    expect(rows('standing: Floor').report.questions).toMatchObject([{ option: 'standing' }]);
    expect(mapOf(rows('standing: Floor', { standing: [{ name: 'Floor', capacity: 9 }] })).areas).toMatchObject([
      { count: 9 },
    ]);
  });
});

describe('a grid', () => {
  it.each([
    [
      'a bare matrix of ones',
      [
        [1, 1, 0, 1],
        [1, 1, 0, 1],
      ],
      ['A-1', 'A-2', 'A-3', 'B-1', 'B-2', 'B-3'],
    ],
    ['labels in its cells', { grid: [['K1', 'K2', null, 'K3']] }, ['K-1', 'K-2', 'K-3']],
    [
      'seats that name row and column',
      {
        seats: [
          { row: 'A', number: 2, column: 1 },
          { row: 'A', number: 1, column: 0 },
        ],
      },
      ['A-2', 'A-1'],
    ],
    ['rows of letters', ['aa_a', '____', 'bb_b'], ['A-1', 'A-2', 'A-3', 'C-1', 'C-2', 'C-3']],
  ])('is read from %s', (_, value, labels) => {
    expect(mapOf(json(value)).seats.label).toEqual(labels);
  });

  it('refuses what has no rows, and two seats in one cell', () => {
    expect(problemsOf(json({ rows: [] }))[0]?.[0]).toBe('no_seats');
    const twice = {
      seats: [
        { row: 'A', number: 1, column: 0 },
        { row: 'A', number: 2, column: 0 },
      ],
    };
    expect(problemsOf(json(twice))[0]).toEqual(['same_spot', 1, 'row A, seat 2']);
  });
});

describe('a drawing', () => {
  it('names seats by a template', () => {
    const drawn = '<circle id="L.Hall.7.12" r="3" cx="1" cy="2"/><circle id="L.Hall.7.13" r="3" cx="9" cy="2"/>';
    expect(problemsOf(svg(drawn))[0]?.[0]).toBe('no_named_shape');
    const map = mapOf(svg(drawn, { ids: 'L.{zone}.{row}.{seat}' }));
    expect([map.seats.label, map.zones]).toEqual([['7-12', '7-13'], [{ name: 'Hall' }]]);
  });

  it.each([
    ['Illustrator', '<circle id="A_x002D_1" r="3" cx="1"/><circle id="A_x002D_2" r="3" cx="9"/>'],
    [
      'Inkscape',
      '<circle id="c1x" inkscape:label="A-1" r="3" cx="1"/><circle id="c2x" inkscape:label="A-2" r="3" cx="9"/>',
    ],
    ['data attributes', '<g data-row="A"><circle data-seat="1" r="3" cx="1"/><circle data-seat="2" r="3" cx="9"/></g>'],
    ['groups by row', '<g id="row-A"><circle id="seat-1" r="3" cx="1"/><circle id="seat-2" r="3" cx="9"/></g>'],
    [
      'a group a seat',
      '<g id="A-1"><rect width="4" height="4"/><text>1</text></g><g id="A-2"><rect x="9" width="4" height="4"/></g>',
    ],
  ])('is read as of %s', (_, drawn) => {
    const map = mapOf(svg(drawn));
    expect(map.seats.label).toEqual(['A-1', 'A-2']);
    expect(map.seats.x[1]! - map.seats.x[0]!).toBeCloseTo(drawn.includes('rect') ? 9 : 8);
  });

  it('is never run: scripts, handlers, entities and foreign objects are nothing', () => {
    const drawn = `<script>globalThis.ran = 1</script><a href="javascript:1"><circle id="A-1" onload="globalThis.ran = 1" r="3"/></a>
      <foreignObject><circle id="A-9" r="3"/></foreignObject><text onclick="x">&lt;script&gt;alert(1)&lt;/script&gt;</text>`;
    const result = svg(drawn);
    const map = mapOf(result);
    expect(map.seats.label).toEqual(['A-1']);
    expect((globalThis as { ran?: number }).ran).toBeUndefined();
    const picture = drawPicture(map);
    expect(picture).not.toMatch(/<script|onload|onclick|javascript:/);
    expect(picture).toContain('&lt;script&gt;');
    expect(notesOf(result)).toContain('ignored_object');
  });

  it('that is no XML, or is a bomb of entities, is refused with its line', () => {
    expect(problemsOf(svg('<g>\n<circle id="A-1"></g>'))).toEqual([['not_readable', 1, 'line 3']]);
    const bomb = `<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><svg><text>&b;</text></svg>`;
    expect(problemsOf(svg(bomb))[0]?.[0]).toBe('not_readable');
    expect(problemsOf(svg('<g>'.repeat(5_000)))[0]?.[0]).toBe('too_many');
  });
});

describe('a seats.io chart', () => {
  it('names the seats that have no place, and counts what it does not read', () => {
    const chart = { subChart: { rows: [{ label: 'A', seats: [{ label: '1' }] }], booths: [{}, {}] } };
    const result = json(chart);
    expect(problemsOf(result)).toEqual([['missing_position', 1, 'row A, seat 1']]);
    expect(result.report.notes).toMatchObject([
      { code: 'ignored_object', examples: [{ message: '2 booths are not read.' }] },
    ]);
  });
});

describe('a pretix plan', () => {
  const plan = {
    name: 'P',
    categories: [{ name: 'I', color: '#ff0000' }],
    size: { width: 100, height: 100 },
    zones: [
      {
        name: 'Z',
        position: { x: 0, y: 0 },
        rows: ['A', 'B'].map((row, i) => ({
          row_number: row,
          position: { x: 0, y: 30 * i },
          seats: [1, 2].map((n) => ({
            seat_guid: `${row}${n}`,
            seat_number: `${n}`,
            position: { x: 30 * n, y: 0 },
            category: 'I',
          })),
        })),
      },
    ],
  };

  it('takes the options as any other', () => {
    const options = {
      name: 'Mine',
      wheelchair: ['A-1'],
      categories: [{ zone: '', from: 'B', to: 'B', category: 'II' }],
      standing: [{ name: 'Floor', capacity: 5 }],
      stage: 'bottom' as const,
    };
    const map = mapOf(json(plan, options));
    expect([map.name, map.wheelchair, map.seats.category, map.areas.length]).toEqual([
      'Mine',
      [0],
      [0, 0, 1, 1, 2, 2, 2, 2, 2],
      1,
    ]);
    expect(problemsOf(json(plan, { wheelchair: ['Q-1'] }))).toEqual([['unknown_seat', 1, 'wheelchair']]);
  });
});
