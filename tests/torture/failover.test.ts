import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whyNoRedis } from '../redis/redis.js';
import { failings, type RunResult } from './report.js';
import type { TortureOptions } from './torture-options.js';
import { torture } from './torture-run.js';

const noRedis = await whyNoRedis();

/** `npm run torture -- --failover` in small. */
const OPTIONS: TortureOptions = {
  durationMs: 28_000,
  seed: 2,
  nodes: noRedis === undefined ? 3 : 1,
  clients: 30,
  failover: true,
  money: false,
  mutations: false,
  only: '',
  history: undefined,
  faults: [
    'primary killed while the standby lags',
    'waits for the standby cancelled',
    'roles switched before the proxies',
  ],
};

let directory: string;
let result: RunResult;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-history-'));
  result = await torture(OPTIONS, {
    program: resolve('dist/main.js'),
    sql: resolve('sql'),
    historyFile: join(directory, 'history.jsonl'),
    say: () => {},
    signal: new AbortController().signal,
  });
}, 120_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

test('nothing is found while Postgres is failed over, and enough happened to have found something', () => {
  expect(failings(result, OPTIONS)).toEqual([]);
});

test('every kind of failover came, and what it lost was in the memory of a node', () => {
  expect([...result.tally.faults.keys()].sort()).toEqual([...OPTIONS.faults].sort());
  const promotions = result.lines.filter((line) => line.type === 'promotion');
  const lost = promotions.flatMap((promotion) => promotion.lost.flatMap(({ commands }) => commands));
  expect(lost.length).toBeGreaterThan(10);
  expect(result.verdict.lost).toEqual({ commands: 0, named: 0 });
});
