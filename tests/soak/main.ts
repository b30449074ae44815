/** The soak: `npm run soak -- --help`. */
import { Misuse, sentenceOf } from '../../src/ops/misuse.js';
import { tableByMinute, verdictText } from './report.js';
import { soak } from './soak.js';
import { HELP, readOptions, type SoakOptions } from './soak-options.js';
import { startTwoNodes } from './two-nodes.js';
import { judge } from './verdict.js';

const MINUTE_MS = 60_000;
/** Some forty times in a run: a house takes minutes to fill and its memory with it, and the trend is to see past that. */
const COLLECT_EVERY_MS_MAX = 30_000;
/** Of a long run; a short one has six pauses all the same. */
const QUIET_EVERY_MS_MAX = 5 * MINUTE_MS;

process.exitCode = await run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${sentenceOf(error)}\n`);
  return error instanceof Misuse ? 2 : 1;
});

/** @returns the exit code. */
async function run(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const stage = await startTwoNodes();
  // An interrupted soak must leave no servers behind.
  const interrupted = () => void stage.stop().finally(() => process.exit(130));
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    const say = (line: string) => void process.stdout.write(`· ${line}\n`);
    say(`seed ${options.seed}, ${options.minutes} min`);
    const found = await soak(stage, planOf(options), say);
    const judged = judge(found);
    process.stdout.write(`\n${tableByMinute([...found.samples, ...found.heaps])}\n`);
    const list = (map: ReadonlyMap<string, number>) => [...map].map(([what, times]) => `${what} ${times}`).join(', ');
    say(`${found.commands} commands of ${found.people} people at ${found.showtimes} showtimes`);
    say(`done: ${list(found.done)}`);
    say(`refused: ${list(found.refusals)}`);
    say(`${found.compared} views of houses were compared in ${found.pauses} pauses`);
    process.stdout.write(`\n${verdictText(found, judged)}`);
    return judged.every(({ isFine }) => isFine) ? 0 : 1;
  } finally {
    await stage.stop();
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
  }
}

function planOf({ minutes, rateMax, seed }: SoakOptions) {
  const ms = minutes * MINUTE_MS;
  return {
    ...{ ms, rateMax, seed },
    measureMs: 10_000,
    // The trend looks at all pairs: of a day too, they are some hundred thousand.
    sampleEveryMs: Math.max(5_000, ms / 1_000),
    collectEveryMs: Math.min(COLLECT_EVERY_MS_MAX, ms / 36),
    quietEveryMs: Math.min(QUIET_EVERY_MS_MAX, ms / 6),
    showtimes: 6,
    seats: 2_000,
    holdTtlsMs: [4_000, 15_000],
    visitors: 200,
    watchers: 100,
  };
}
