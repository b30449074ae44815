/** Attacks a server of its own: `npm run fuzz -- --help`. */
import { Misuse, sentenceOf } from '../../src/ops/misuse.js';
import { bytesAgain, frameAgain, requestAgain } from './again.js';
import { type FuzzOptions, HELP, readOptions } from './fuzz-options.js';
import { fuzz } from './fuzz-run.js';
import { stopTargets } from './target/target.js';

const say = (line: string) => void process.stdout.write(`${line}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stopTargets().finally(() => process.exit(130)));
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${sentenceOf(error)}\n`);
  return error instanceof Misuse ? 2 : 1;
});

/** @returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const startedAt = performance.now();
  say(`seed ${options.seed}`);
  const wrong = await run(options);
  say(`${Math.round((performance.now() - startedAt) / 1_000)} s`);
  if (wrong.length === 0) {
    say('Nothing was wrong.');
    return 0;
  }
  say(`${wrong.length} kinds of faults, with seed ${options.seed}:`);
  for (const line of wrong) say(`  ${line}`);
  return 1;
}

function run(options: FuzzOptions): Promise<string[]> {
  const { seed, only, onlyRequest, replay, frames, requests, sockets, hostile } = options;
  if (replay) return bytesAgain(replay.bytes, replay.binary, say);
  if (only !== undefined) return frameAgain(seed, only, say);
  if (onlyRequest !== undefined) return requestAgain(seed, onlyRequest, say);
  return fuzz({ frames, requests, sockets, seed, hostile: hostile ? 'whole' : 'none', memory: true, say });
}
