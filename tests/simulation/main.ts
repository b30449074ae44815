/** The simulation: `npm run simulate -- --help`. This one program is the conductor and, on threads, its crew. */
import { Misuse, sentenceOf } from '../../src/ops/misuse.js';
import { catchMutations } from './mutations/catch-mutations.js';
import { HELP, type Options, readOptions } from './options.js';
import { planOf } from './plan/plan.js';
import { describeRun, describeSweep, isPassed } from './report.js';
import { shrink } from './shrink.js';
import { simulate } from './simulate.js';
import { sweep, workSeeds } from './sweep.js';

const PROGRAM = new URL(import.meta.url);
const FAILURES_MAX = 20;

if (!(await workSeeds())) {
  process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${sentenceOf(error)}\n`);
    return error instanceof Misuse ? 2 : 1;
  });
}

/** @returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (options.mutations) return (await catchMutations(options, (text) => void process.stdout.write(text))) ? 0 : 1;
  return options.seed === undefined ? await runMany(options) : await runOne(options.seed);
}

async function runOne(seed: number): Promise<number> {
  const plan = planOf(seed);
  const outcome = await simulate(plan, true);
  process.stdout.write(describeRun(plan, outcome));
  await tellSmallest(seed, outcome.violations[0]?.promise);
  return outcome.violations.length === 0 ? 0 : 1;
}

async function runMany({ from, seeds, jobs, untilBroken }: Options): Promise<number> {
  const onProgress = (done: number) => {
    if (process.stdout.isTTY) process.stdout.write(`\r${done} of ${seeds} `);
  };
  const failuresMax = untilBroken ? 1 : FAILURES_MAX;
  const swept = await sweep({ from, seeds, jobs, failuresMax, onProgress }, PROGRAM);
  if (process.stdout.isTTY) process.stdout.write('\r');
  process.stdout.write(describeSweep(swept));
  const [first] = swept.failed;
  if (first && !untilBroken) await tellSmallest(first.seed, first.violations[0]?.promise);
  return isPassed(swept) ? 0 : 1;
}

async function tellSmallest(seed: number, promise: string | undefined): Promise<void> {
  if (promise === undefined) return;
  const { plan, outcome, runs } = await shrink(planOf(seed), promise);
  process.stdout.write(`\nThe least that breaks it, found in ${runs} runs:\n\n${describeRun(plan, outcome)}`);
}
