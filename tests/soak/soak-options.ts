import { parseArgs } from 'node:util';
import { Misuse } from '../../src/ops/misuse.js';
import { parsed, wholeNumber } from '../../src/ops/option-values.js';

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Commands a second that are offered at most, however many the nodes could carry. */
  readonly rateMax: number;
}

export const HELP = `Usage: npm run soak -- [options]

Two nodes, a Postgres and a Redis of their own, under half of the load that they can carry, for as long as is asked.
Watches what should stay as it is (memory, open files, queues, tables, latency) and compares, every few minutes and in
a pause of the load, what the nodes, Redis and Postgres say of every house.

  --minutes <n>    how long the load lasts, 1 to 1440        (default 30)
  --rate-max <n>   offer no more commands a second than this (default 800)
  --seed <n>       what the visitors intend                  (default: random)
  --help

Exits with 0 where nothing grew and nothing drifted; else with 1. See tests/soak/README.md for the bounds.
`;

/**
 * @returns 'help' where that was asked for.
 * @throws Misuse
 */
export function readOptions(argv: readonly string[]): SoakOptions | 'help' {
  const text = { type: 'string' } as const;
  const { values } = parsed(() =>
    parseArgs({
      args: [...argv],
      options: { minutes: text, seed: text, 'rate-max': text, help: { type: 'boolean' } },
    }),
  );
  if (values.help) return 'help';
  if (process.platform !== 'linux') throw new Misuse('The soak reads /proc, which only Linux has.');
  return {
    minutes: wholeNumber('--minutes', values.minutes, 30, 1, 1_440),
    rateMax: wholeNumber('--rate-max', values['rate-max'], 800, 1, 100_000),
    seed: wholeNumber('--seed', values.seed, Math.floor(Math.random() * 2 ** 31), 0, 2 ** 32 - 1),
  };
}
