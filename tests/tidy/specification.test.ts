import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sourcesUnder } from './sources.js';
import { disagreements, idsTested, rulesOf } from './specification.js';

const SPECIFICATION = 'src/core/SPEC.md';

/** Where a made-up id may stand. */
const OWN = 'tests/tidy/';

test('every rule of the specification is proven by a test, and every test that names a rule names one that there is', () => {
  const tests = sourcesUnder('tests').filter(({ path }) => !path.startsWith(OWN));
  const tested = new Map(tests.map(({ path, text }) => [path, idsTested(text)]));
  expect(disagreements(rulesOf(readFileSync(SPECIFICATION, 'utf8')), tested)).toEqual([]);
});

describe('the rules of a specification', () => {
  test('are the rows that begin with an id, whatever stands around them', () => {
    const text = [
      '# Rules',
      'HOLD-1 is not a row.',
      '| id | rule |',
      '| --- | --- |',
      '| HOLD-1 | All or none. |',
      '| SEAT-RULE-PAIR-12   | Both `a` and `b`.   |',
      '| HOLD-ORDER | `a` → `b` |',
      '| A-1 | a seat |',
      '| hold-1 | small |',
      '| HOLD-1 |',
    ];
    expect(rulesOf(text.join('\n'))).toEqual([
      { id: 'HOLD-1', text: 'All or none.' },
      { id: 'SEAT-RULE-PAIR-12', text: 'Both `a` and `b`.' },
      { id: 'HOLD-ORDER', text: '`a` → `b`' },
    ]);
  });
});

describe('the ids that tests name', () => {
  test.each([
    ["it('[HOLD-1] takes all', () => {});", ['HOLD-1']],
    ['test("[HOLD-1] [SEAT-RULE-PAIR-2] takes all", run);', ['HOLD-1', 'SEAT-RULE-PAIR-2']],
    ['it.each(table)(`[HOLD-ORDER] $first', ['HOLD-ORDER']],
    ["it.each([\n  ['a)', /['(]/],\n  // it's (\n])(\n  '[TIME-1] %s', run);", ['TIME-1']],
    ["it.each<[a: string, b: A<object>]>([])('[TIME-1] %s', run);", ['TIME-1']],
    ["it.skipIf(why)('[TIME-2] x', run); test.runIf(a(b))('[TIME-3] y', run);", ['TIME-2', 'TIME-3']],
  ])('are found at the beginning of a title: %s', (source, ids) => {
    expect(idsTested(source)).toEqual(ids);
  });

  test.each([
    "describe('[HOLD-1] holds', () => {});",
    "describe.each(all)('[HOLD-1] holds', () => {});",
    "it.skip('[HOLD-1] takes all', run); it.todo('[HOLD-1] takes all');",
    "it('takes all [HOLD-1]', run);",
    "// it('[HOLD-1] takes all', run);",
    "const source = \"it('[HOLD-1] takes all')\"; page.it('[HOLD-1]'); quit('[HOLD-1] x'); it('x', '[HOLD-1]');",
    "it('[A-1] is a seat', run);",
  ])('are none in %s', (source) => {
    expect(idsTested(source)).toEqual([]);
  });
});

describe('what is wrong', () => {
  const rule = (id: string) => ({ id, text: '' });
  const tested = new Map([['x.test.ts', ['HOLD-1', 'HOLD-1', 'HOLD-9']]]);

  test('is an id without a test, a test without a rule, and an id that is there twice', () => {
    expect(disagreements([rule('HOLD-1'), rule('HOLD-2'), rule('HOLD-2')], tested)).toEqual([
      'HOLD-2 is defined twice',
      'HOLD-2 is proven by no test',
      'x.test.ts names HOLD-9, which is no rule',
    ]);
  });

  test('is a specification without rules, and nothing where both agree', () => {
    expect(disagreements([], new Map())).toEqual(['the specification has no rules']);
    expect(disagreements([rule('HOLD-1'), rule('HOLD-9')], tested)).toEqual([]);
  });
});
