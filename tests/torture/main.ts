/** Breaks real nodes and judges what their clients saw: `npm run torture -- --help`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Misuse, sentenceOf } from '../../src/ops/misuse.js';
import { moneyHunt } from './money/catch-money-mutations.js';
import { describeMoney, moneyFailings } from './money/money-report.js';
import { tortureMoney } from './money/money-run.js';
import { catchMutations, SEAT_HUNT } from './mutations/catch-mutations.js';
import { describe, failings } from './report.js';
import { HELP, readOptions, type TortureOptions } from './torture-options.js';
import { torture } from './torture-run.js';

/** This bundle lies in dist/tests/torture; the server in dist. */
const PROGRAM = fileURLToPath(new URL('../../main.js', import.meta.url));
const SQL = fileURLToPath(new URL('../../../sql', import.meta.url));
const PROVIDER = fileURLToPath(new URL('../kit/stripe/main.js', import.meta.url));
const RECEIVER = fileURLToPath(new URL('./money/stage/webhook-receiver.js', import.meta.url));

const exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${sentenceOf(error)}\n`);
  return error instanceof Misuse ? 2 : 1;
});
// Not left to the last timer or socket of a client that was cut off in the middle of something.
process.stdout.write('', () => process.exit(exitCode));

/** @returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const interrupted = new AbortController();
  // Once: who asks twice does not want to wait, and gets what the platform does by itself.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  if (options.money) return await mainOfMoney(options, say, interrupted.signal);
  if (options.mutations) return (await catchMutations(SEAT_HUNT, options, say, interrupted.signal)) ? 0 : 1;
  const historyFile = options.history ?? join(await mkdtemp(join(tmpdir(), 'usher-history-')), 'history.jsonl');
  const result = await torture(options, { program: PROGRAM, sql: SQL, historyFile, say, signal: interrupted.signal });
  process.stdout.write(describe(result, options));
  if (failings(result, options).length > 0) {
    process.stdout.write(`The history is in ${historyFile}\n`);
    return 1;
  }
  if (options.history === undefined) await rm(dirname(historyFile), { recursive: true, force: true });
  return 0;
}

async function mainOfMoney(options: TortureOptions, say: (line: string) => void, signal: AbortSignal): Promise<number> {
  const others = { provider: PROVIDER, receiver: RECEIVER };
  if (options.mutations) return (await catchMutations(moneyHunt(others), options, say, signal)) ? 0 : 1;
  const place = { ...others, program: PROGRAM, sql: SQL, say, signal };
  const result = await tortureMoney(options, place);
  process.stdout.write(describeMoney(result, options));
  if (moneyFailings(result, options).length === 0) return 0;
  const directory = await mkdtemp(join(tmpdir(), 'usher-books-'));
  await writeFile(join(directory, 'books.json'), JSON.stringify(result.books, undefined, 1));
  for (const [name, log] of Object.entries(result.logs)) await writeFile(join(directory, `${name}.log`), log);
  process.stdout.write(`What was read, and what the processes wrote, is in ${directory}\n`);
  return 1;
}
