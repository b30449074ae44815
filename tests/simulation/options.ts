import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

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

/** @throws Error with a sentence for whoever typed it. */
export function readOptions(argv: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seeds: { type: 'string', default: '200' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      'until-broken': { type: 'boolean', default: false },
      jobs: { type: 'string', default: String(availableParallelism()) },
      mutations: { type: 'boolean', default: false },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    seeds: whole('seeds', values.seeds, 1, 10_000_000),
    from: whole('from', values.from, 0, 2 ** 31 - 1),
    seed: values.seed === undefined ? undefined : whole('seed', values.seed, 0, 2 ** 31 - 1),
    untilBroken: values['until-broken'],
    jobs: whole('jobs', values.jobs, 1, 64),
    mutations: values.mutations,
    only: values.only,
  };
}

function whole(name: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  throw new Error(`--${name} takes a whole number from ${min} to ${max}, not "${text}".`);
}
