/** Breaks real nodes and judges what their clients saw: `npm run torture -- --help`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Misuse, sentenceOf } from '../../src/ops/misuse.js';
import { catchMutations } from './mutations/catch-mutations.js';
import { describe, failings } from './report.js';
import { HELP, readOptions } from './torture-options.js';
import { torture } from './torture-run.js';

/** This bundle lies in dist/tests/torture; the server in dist. */
const PROGRAM = fileURLToPath(new URL('../../main.js', import.meta.url));
const SQL = fileURLToPath(new URL('../../../sql', import.meta.url));

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
  if (options.mutations) return (await catchMutations(options, say, interrupted.signal)) ? 0 : 1;
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
