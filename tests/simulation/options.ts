import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { parsed, wholeNumber } from '../../src/ops/option-values.js';

const SEED_MAX = 2 ** 31 - 1;

export const HELP = `Simulates whole clusters, each from one number, and looks whether every promise is kept.

  npm run simulate -- [options]

  --seeds N      how many to run (200)
  --from N       the first of them (1)
  --seed N       only this one, and tell all that happens in it
  --until-broken end with the first seed that breaks a promise, and look for no smaller one
  --jobs N       threads that share the work (as many as there are cores)
  --mutations    put known bugs into a copy of the sources, one after the other: each must be found
  --only NAME    of the mutations, only those with this in their name
  --help

Ends with 0 where all was kept, 1 where a promise was broken, a rare path was never taken (from 1,000 seeds on), or a
mutation survived, and 2 where it was asked for what it does not know.
`;

export interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly seed: number | undefined;
  readonly untilBroken: boolean;
  readonly jobs: number;
  readonly mutations: boolean;
  readonly only: string | undefined;
}

/** @throws Misuse, with a sentence for whoever typed it. */
export function readOptions(argv: readonly string[]): Options | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const texts = { seeds: text, from: text, seed: text, jobs: text, only: text };
  const flags = { mutations: flag, 'until-broken': flag, help: flag };
  const { values } = parsed(() => parseArgs({ args: [...argv], options: { ...texts, ...flags } }));
  if (values.help) return 'help';
  return {
    seeds: wholeNumber('--seeds', values.seeds, 200, 1, 10_000_000),
    from: wholeNumber('--from', values.from, 1, 0, SEED_MAX),
    seed: values.seed === undefined ? undefined : wholeNumber('--seed', values.seed, 0, 0, SEED_MAX),
    untilBroken: values['until-broken'],
    jobs: wholeNumber('--jobs', values.jobs, availableParallelism(), 1, 64),
    mutations: values.mutations,
    only: values.only,
  };
}
