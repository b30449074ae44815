import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { planOf } from './plan/plan.js';
import { simulate } from './simulate.js';
import { Census, type Sometimes } from './world/census.js';
import type { Violation } from './world/world.js';

export interface Failed {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

export interface Swept {
  readonly seeds: number;
  readonly failed: readonly Failed[];
  readonly census: Census;
  readonly virtualMs: number;
  readonly tookMs: number;
}

export interface SweepOptions {
  readonly from: number;
  readonly seeds: number;
  readonly jobs: number;
  /** So many seeds that fail are enough: what is left is not run. */
  readonly failuresMax: number;
  readonly onProgress?: (done: number) => void;
}

interface Report {
  readonly seeds: number;
  readonly failed: readonly Failed[];
  readonly counts: Readonly<Record<Sometimes, number>>;
  readonly virtualMs: number;
}

/** Reported together: a message for every seed would be felt. */
const SEEDS_A_REPORT = 25;

/** Runs seeds one after the other on this thread. */
export async function* runSeeds(from: number, seeds: number, step: number): AsyncGenerator<Report> {
  let failed: Failed[] = [];
  let census = new Census();
  let virtualMs = 0;
  let ran = 0;
  const report = (): Report => {
    const made = { seeds: ran, failed, counts: census.counts(), virtualMs };
    [failed, census, virtualMs, ran] = [[], new Census(), 0, 0];
    return made;
  };
  for (let seed = from; seed < from + seeds; seed += step) {
    const outcome = await simulate(planOf(seed));
    ran++;
    virtualMs += outcome.ranMs;
    census.add(outcome.census);
    if (outcome.violations.length > 0) failed.push({ seed, violations: outcome.violations });
    if (ran === SEEDS_A_REPORT || failed.length > 0) yield report();
  }
  yield report();
}

/** Shares seeds among threads, each of which runs this very program; see `workSeeds`. */
export async function sweep(
  { from, seeds, jobs, failuresMax, onProgress }: SweepOptions,
  program: URL,
): Promise<Swept> {
  const startedAt = performance.now();
  const census = new Census();
  const failed: Failed[] = [];
  let ran = 0;
  let virtualMs = 0;
  const workers: Worker[] = [];
  const take = (report: Report): void => {
    ran += report.seeds;
    virtualMs += report.virtualMs;
    census.add(report.counts);
    failed.push(...report.failed);
    onProgress?.(ran);
    if (failed.length >= failuresMax) for (const worker of workers) void worker.terminate();
  };
  const work = (job: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(program, { workerData: { from: from + job, seeds: seeds - job, step: jobs } });
      workers.push(worker);
      worker.on('message', take);
      worker.on('error', reject);
      worker.on('exit', () => resolve());
    });
  await Promise.all(Array.from({ length: Math.min(jobs, seeds) }, (_, job) => work(job)));
  return { seeds: ran, failed, census, virtualMs, tookMs: performance.now() - startedAt };
}

/** On a thread of a sweep: does its share and ends. False on the main thread. */
export async function workSeeds(): Promise<boolean> {
  if (isMainThread) return false;
  const { from, seeds, step } = workerData as { from: number; seeds: number; step: number };
  for await (const report of runSeeds(from, seeds, step)) parentPort?.postMessage(report);
  return true;
}
