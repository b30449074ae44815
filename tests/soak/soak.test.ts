import { afterAll, beforeAll, expect, test } from 'vitest';
import { rounds } from '../length.js';
import { soak } from './soak.js';
import { startTwoNodes, type TwoNodes } from './two-nodes.js';
import { judge } from './verdict.js';

let stage: TwoNodes;

beforeAll(async () => {
  stage = await startTwoNodes();
});

afterAll(() => stage?.stop());

test('two nodes under half of what they carry answer everything, keep no file open, and no place differs from another', async () => {
  const found = await soak(
    stage,
    {
      ms: rounds(6_000, 150_000),
      measureMs: rounds(1_500, 5_000),
      sampleEveryMs: 1_000,
      collectEveryMs: 2_000,
      quietEveryMs: 50_000,
      rateMax: 400,
      seed: 20_26,
      showtimes: 4,
      seats: 400,
      holdTtlsMs: [1_000, 3_000],
      visitors: 60,
      watchers: 20,
    },
    () => {},
  );
  const { drift, faults, complaints } = found;
  const failed = judge(found).filter(({ isFine }) => !isFine);
  expect(failed, JSON.stringify({ drift, faults: [...faults], complaints })).toEqual([]);
  // A soak in which little happened proves little.
  expect(found.commands).toBeGreaterThan(300);
  expect([...found.done.keys()].sort()).toEqual([
    ...['best_available', 'book', 'cancel', 'expiry', 'extend', 'hold', 'hold more', 'release'],
  ]);
  expect(found.compared).toBeGreaterThan(60);
});
