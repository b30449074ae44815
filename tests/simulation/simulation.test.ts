import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { knownMutations, tryOut } from './mutations/catch-mutations.js';
import { readOptions } from './options.js';
import { planOf } from './plan/plan.js';
import { shrink } from './shrink.js';
import { simulate } from './simulate.js';
import { runSeeds } from './sweep.js';
import { Census, SOMETIMES } from './world/census.js';

/** Of this run of the tests: `npm run simulate` has no end of others. */
const SEEDS = 100;

test(`${SEEDS} clusters keep every promise, and go through nearly every rare path`, async () => {
  const census = new Census();
  for await (const { failed, counts } of runSeeds(1, SEEDS, 1)) {
    expect(failed).toEqual([]);
    census.add(counts);
  }
  // The very rarest need a sweep; see CENSUS_SEEDS_MIN.
  expect(census.missing().length).toBeLessThan(SOMETIMES.length / 10);
}, 90_000);

test('the same seed is the same run, to the last message', async () => {
  for (const seed of [3, 17, 40]) {
    const [once, other, again] = [
      await simulate(planOf(seed)),
      await simulate(planOf(seed + 1)),
      await simulate(planOf(seed), true),
    ];
    expect(again.hash).toBe(once.hash);
    expect(again.ranMs).toBe(once.ranMs);
    expect(other.hash).not.toBe(once.hash);
    expect(again.trace.length).toBeGreaterThan(20);
  }
}, 30_000);

test('a known bug is put in, found, and told by the seed that shows it', async () => {
  const mutation = (await knownMutations()).find(({ name }) => name === 'record-not-recalled');
  const found = await tryOut(mutation, 400, availableParallelism());
  expect(found).toMatch(/^seed \d+: /);
}, 90_000);

test('a failure is made smaller while it stays the same failure', async () => {
  // What breaks it here is the plan itself: nobody can come to rest in a house that no node runs.
  const plan = { ...planOf(5), nodes: 0, faults: planOf(5).faults.slice(0, 4) };
  const outcome = await simulate(plan);
  const [violation] = outcome.violations;
  expect(violation).toBeDefined();
  const smallest = await shrink(plan, violation?.promise ?? '');
  expect(smallest.plan.faults.length).toBeLessThan(Math.max(1, plan.faults.length));
  expect(smallest.plan.buyers).toHaveLength(1);
  expect(smallest.outcome.violations.map(({ promise }) => promise)).toContain(violation?.promise);
}, 60_000);

test('options that are none are told in a sentence', () => {
  expect(readOptions(['--seed', '7'])).toMatchObject({ seed: 7, mutations: false });
  expect(() => readOptions(['--seeds', 'many'])).toThrow('--seeds is a whole number from 1 to 10000000, not "many".');
  expect(() => readOptions(['--sead', '1'])).toThrow("'--sead'");
});
