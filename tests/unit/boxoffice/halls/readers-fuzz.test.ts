/** Whatever the file is: a report that a person can read, and a plan only where a house can be made of it. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { drawPicture } from '../../../../src/boxoffice/halls/draw-picture.js';
import { importHall, PLAN_MEDIA_TYPES, type PlanMediaType } from '../../../../src/boxoffice/halls/import-hall.js';
import type { ImportOptions } from '../../../../src/boxoffice/halls/import-options.js';
import { compileSeatMap } from '../../../../src/core/compile-seat-map.js';

vi.setConfig({ testTimeout: 120_000 });

const FOLDER = 'tests/plans/samples';
const ENDINGS = { 'text/csv': '.csv', 'text/plain': '.txt', 'image/svg+xml': '.svg', 'application/json': '.json' };
const samplesOf = (type: PlanMediaType) =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(ENDINGS[type]))
    .map((name) => readFileSync(`${FOLDER}/${name}`, 'latin1'));
const PIECES = [
  ...[
    '"',
    "'",
    ',',
    ';',
    '\t',
    '\n',
    '\r',
    '\u0000',
    '\ufeff',
    ':',
    '|',
    '_',
    '-',
    '=',
    '{',
    '}',
    '[',
    ']',
    '<',
    '>',
    '&',
    '</',
    '/>',
  ],
  ...[
    'row',
    'seat',
    'zone',
    'x',
    'y',
    'type',
    'wheelchair',
    'companion',
    'pair',
    'standing',
    'A',
    '1',
    '2',
    '3 | 3',
    'w c 2',
  ],
  ...[
    '<g id="row-A">',
    '<circle id="A-1" cx="1"/>',
    '<use href="#a"/>',
    'transform="rotate(1e999)"',
    '<path d="M 0 0 q"/>',
    '"subChart":{',
    '"rows":[',
  ],
  ...['1e999', 'NaN', '-0', '9'.repeat(30), 'SEP 1', '💺', '\ud800', '__proto__', 'é', 'null', 'true'],
];

const pieces = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 6 })), { maxLength: 40 })
  .map((all) => all.join(''));
const few = fc.array(fc.constantFrom(...PIECES), { maxLength: 2 }).map((all) => all.join(''));
/** A sample in which a stretch or two are cut out or replaced. */
const spoilt = (type: PlanMediaType) =>
  fc
    .tuple(
      fc.constantFrom(...samplesOf(type)),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(8), few), { maxLength: 2 }),
    )
    .map(([sample, edits]) => {
      let text = sample;
      for (const [where, length, piece] of edits) {
        const at = Math.floor(where * text.length);
        text = text.slice(0, at) + piece + text.slice(at + length);
      }
      return text;
    });
const options: fc.Arbitrary<ImportOptions> = fc.record(
  {
    name: fc.string({ minLength: 1, maxLength: 20 }),
    looksAt: fc.constantFrom('stage' as const, 'screen' as const),
    stage: fc.oneof(
      fc.constantFrom('top' as const, 'left' as const),
      fc.record({ x: fc.integer({ min: -1e6, max: 1e6 }), y: fc.integer({ min: -1e6, max: 1e6 }) }),
    ),
    wheelchair: fc.array(fc.constantFrom('A-1', 'B-2', 'H-1'), { maxLength: 2 }),
    categories: fc.array(
      fc.record({
        zone: fc.constantFrom('', 'Main'),
        from: fc.constantFrom('', 'A'),
        to: fc.constantFrom('', 'C'),
        category: fc.string({ minLength: 1, maxLength: 9 }),
      }),
      { maxLength: 2 },
    ),
    standing: fc.array(
      fc.record({ name: fc.constantFrom('Floor', 'Hall'), capacity: fc.integer({ min: 1, max: 200 }) }),
      { maxLength: 2 },
    ),
    ids: fc.constantFrom('{row}-{seat}', '{zone}{row}{seat}'),
  },
  { requiredKeys: [] },
);

function check(type: PlanMediaType, bytes: Uint8Array, given: ImportOptions): boolean {
  const result = importHall(type, bytes, given);
  const { problems, notes } = result.report;
  for (const { count, examples } of [...problems, ...notes]) {
    expect(examples.length).toBeLessThanOrEqual(3);
    expect(count).toBeGreaterThanOrEqual(examples.length);
    for (const { message } of examples) expect(message.length).toBeLessThan(1_000);
  }
  expect(problems.length + notes.length).toBeLessThan(100);
  expect(result.ok).toBe(problems.length === 0);
  if (!result.ok) return false;
  const map = compileSeatMap(result.map);
  expect(map.count).toBe(result.report.plan?.places);
  expect(new Set(result.map.seats.label).size).toBe(map.count);
  for (const column of [result.map.seats.x, result.map.seats.y]) expect(column.every(Number.isFinite)).toBe(true);
  // Text that goes into the database and into pictures.
  expect(JSON.stringify(result.map)).not.toMatch(/\\u0000|\\ud[89a-f]../);
  const picture = drawPicture(result.map);
  expect(picture).not.toMatch(/NaN|Infinity|<script/);
  return true;
}

it.each(PLAN_MEDIA_TYPES)('%s: never throws on a spoilt sample, and what it takes is a hall', (type) => {
  let taken = 0;
  fc.assert(
    fc.property(spoilt(type), options, (text, given) => {
      if (check(type, Buffer.from(text, 'latin1'), given)) taken++;
    }),
    { numRuns: 400 },
  );
  // A property that never gets past the reader proves nothing of the steps after it.
  expect(taken).toBeGreaterThan(5);
});

it.each(PLAN_MEDIA_TYPES)('%s: never throws on rubbish', (type) => {
  fc.assert(
    fc.property(
      fc.oneof(
        pieces.map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 200 }),
      ),
      options,
      (bytes, given) => {
        check(type, bytes, given);
      },
    ),
    { numRuns: 400 },
  );
});

it('JSON: never throws on any value', () => {
  const keys =
    'rows seats map grid layout legend label number row column x y category type categories list key subChart tables generalAdmissionAreas capacity points sections topLeft center texts focalPoint zones __proto__ name pitch screen'.split(
      ' ',
    );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 7 },
      fc.oneof(fc.string({ maxLength: 8 }), fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie('tree'), { maxLength: 5 }),
      fc.dictionary(fc.constantFrom(...keys), tie('tree'), { maxKeys: 6, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, options, (value, given) => {
      check('application/json', Buffer.from(JSON.stringify(value)), given);
    }),
    { numRuns: 1_500 },
  );
});
