import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { whyNoRedis } from '../../redis/redis.js';
import { loneFaults } from '../nemesis/all-faults.js';
import type { TortureOptions } from '../torture-options.js';
import type { Books } from './checker/books.js';
import { checkBooks, RULES } from './checker/check-books.js';
import { MONEY_PLANTS } from './checker/plants.js';
import { moneyFailings } from './money-report.js';
import { type MoneyResult, tortureMoney } from './money-run.js';

const noRedis = await whyNoRedis();
const FAULTS = ['node killed', 'node frozen', 'postgres killed', 'provider killed', 'provider lies', 'receiver killed'];

/** `npm run torture -- --money` in small. */
const OPTIONS: TortureOptions = {
  durationMs: 16_000,
  seed: 5,
  nodes: noRedis === undefined ? 2 : 1,
  clients: 16,
  failover: false,
  money: true,
  mutations: false,
  only: '',
  history: undefined,
  faults: noRedis === undefined ? FAULTS : loneFaults(FAULTS),
};

describe('a short torture of money', () => {
  let result: MoneyResult;
  let books: Books;

  beforeAll(async () => {
    const programs = resolve('dist/tests');
    await build({
      entryPoints: ['tests/kit/stripe/main.ts', 'tests/torture/money/stage/webhook-receiver.ts'],
      ...({ bundle: true, packages: 'external', platform: 'node', target: 'node20', format: 'esm' } as const),
      ...{ outbase: 'tests', outdir: programs, sourcemap: true, logLevel: 'silent' },
    });
    result = await tortureMoney(OPTIONS, {
      program: resolve('dist/main.js'),
      provider: join(programs, 'kit/stripe/main.js'),
      receiver: join(programs, 'torture/money/stage/webhook-receiver.js'),
      sql: resolve('sql'),
      say: () => {},
      signal: new AbortController().signal,
    });
    if (!result.books) throw new Error('It was never read what was left.');
    books = result.books;
  }, 240_000);

  test('finds nothing, and enough happened to have found something', () => {
    expect(moneyFailings(result, OPTIONS)).toEqual([]);
  });

  test.each(Object.entries(MONEY_PLANTS))('would have found that %s', (_, { rule, plant }) => {
    const rules = checkBooks(plant(books)).map((violation) => violation.rule);
    expect(rules).toContain(rule);
  });

  test('has a fault for every rule of the checker', () => {
    expect(new Set(Object.values(MONEY_PLANTS).map(({ rule }) => rule))).toEqual(new Set(Object.keys(RULES)));
  });
});
