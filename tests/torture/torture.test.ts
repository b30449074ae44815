import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNoRedis } from '../redis/redis.js';
import { CHECK_BOUNDS, checkHistory } from './checker/check-history.js';
import { compareWithPostgres } from './checker/compare-with-postgres.js';
import { PLANTS, type Recorded } from './checker/plant-faults.js';
import { failings, type RunResult } from './report.js';
import type { TortureOptions } from './torture-options.js';
import { torture } from './torture-run.js';

const noRedis = await whyNoRedis();

/** `npm run torture` in small. */
const OPTIONS: TortureOptions = {
  durationMs: 11_000,
  seed: 5,
  nodes: noRedis === undefined ? 3 : 1,
  clients: 30,
  failover: false,
  money: false,
  mutations: false,
  only: '',
  history: undefined,
  faults: ['node killed', 'postgres killed', 'link to clients broken'],
};

describe('a short torture', () => {
  let directory: string;
  let result: RunResult;
  let recorded: Recorded;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'usher-history-'));
    const place = {
      program: resolve('dist/main.js'),
      sql: resolve('sql'),
      historyFile: join(directory, 'history.jsonl'),
      say: () => {},
      signal: new AbortController().signal,
    };
    result = await torture(OPTIONS, place);
    if (!result.stored) throw new Error('It never came to a quiet point.');
    recorded = { lines: result.lines, stored: result.stored };
  }, 120_000);

  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('finds nothing, and enough happened to have found something', () => {
    expect(failings(result, OPTIONS)).toEqual([]);
  });

  test('writes down what it judges', async () => {
    const text = await readFile(join(directory, 'history.jsonl'), 'utf8');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(JSON.parse(JSON.stringify(result.lines)));
  });

  test.each(Object.entries(PLANTS))('would have found that %s', (name, plant) => {
    const { lines, stored } = plant(recorded);
    const differences = compareWithPostgres(lines, stored, CHECK_BOUNDS.toleranceMs);
    const { violations } = checkHistory(lines);
    // By the judge whose business it is, and not by luck by the other.
    expect(name.startsWith('Postgres') ? differences : violations).not.toEqual([]);
  });
});
