import { parseArgs } from 'node:util';
import { Misuse } from '../../src/ops/misuse.js';
import { parsed, wholeNumber } from '../../src/ops/option-values.js';
import { MONEY_FAULT_NAMES } from './money/nemesis/money-faults.js';
import { FAILOVER_FAULTS, FAULTS, loneFaults } from './nemesis/all-faults.js';

export interface TortureOptions {
  readonly durationMs: number;
  readonly seed: number;
  readonly nodes: number;
  readonly clients: number;
  /** Postgres has a standby, and is failed over. */
  readonly failover: boolean;
  /** Orders, payments and what follows from them are judged, and not seats. */
  readonly money: boolean;
  /** Where the history goes; undefined: to a temporary file, which is kept where the run failed. */
  readonly history: string | undefined;
  /** In place of a run: known bugs are put into the server, and each must be found. */
  readonly mutations: boolean;
  /** Of the mutations, only those with this in their name. */
  readonly only: string;
  /** Names of the faults to draw from. */
  readonly faults: readonly string[];
}

export const HELP = `Usage: npm run torture -- [options]

Real nodes, a real Postgres and a real Redis are broken again and again while clients hold, release, extend, book and
cancel the same seats. Every command is written down with its outcome, and the history is judged afterwards: is there
one order of events per seat that explains all answers, and does Postgres hold exactly what was acknowledged?

  --minutes <n>       how long; fractions are allowed                         (default 5, with --money 10)
  --seed <n>          what is broken when, and what clients intend            (default: random)
  --history <file>    where the history goes     (default: a temporary file, kept where the run failed)
  --nodes <n>         1 runs without Redis                                    (default 3)
  --clients <n>       SDK clients, HTTP clients, and such that send everything twice  (default 60)
  --failover          Postgres gets a standby: primaries die, standbys lag and are promoted, proxies move late, waits
                      for a synchronous standby are cancelled, Redis is away for long
  --money             people buy, pay by a provider that lies, and give back; then the provider's ledger, Postgres, the
                      mails and a receiver of webhooks are compared (see money/README.md)    (default 24 clients)
  --faults <names>    only these, separated by commas                         (default: all)
  --mutations         puts known bugs into a copy of the server, one at a time, and fails where one is not found
  --only <text>       of these, only those with this in their name
  --help

Faults: ${Object.keys(FAULTS).join(', ')}.
With --failover as well: ${Object.keys(FAILOVER_FAULTS)
  .filter((name) => !(name in FAULTS))
  .join(', ')}.
With --money: ${MONEY_FAULT_NAMES.join(', ')}.

Exits with 0 where nothing was found and enough happened to have found something; else with 1. The same seed gives
the same plan of faults and wishes, not the same run: processes and networks take their own time.
`;

/**
 * @returns 'help' where that was asked for.
 * @throws Misuse with a sentence for people where an option is unknown or out of bounds.
 */
export function readOptions(argv: readonly string[]): TortureOptions | 'help' {
  const values = parse(argv);
  if (values.help) return 'help';
  const nodes = wholeNumber('--nodes', values.nodes, 3, 1, 9);
  const failover = values.failover === true;
  const money = values.money === true;
  if (money && (failover || values.history !== undefined)) {
    throw new Misuse('--money has no failover and no history.');
  }
  const known = money ? MONEY_FAULT_NAMES : Object.keys(failover ? FAILOVER_FAULTS : FAULTS);
  const possible = nodes > 1 ? known : loneFaults(known);
  const faults = values.faults?.split(',').map((name) => name.trim()) ?? possible;
  for (const name of faults) {
    if (possible.includes(name)) continue;
    const where = money ? 'a provider' : failover ? 'a standby' : 'no standby';
    throw new Misuse(`With ${nodes} nodes and ${where} there is no fault called "${name}".`);
  }
  return {
    durationMs: Math.round(minutes(values.minutes, money ? 10 : 5) * 60_000),
    seed: wholeNumber('--seed', values.seed, Math.floor(Math.random() * 2 ** 31), 0, 2 ** 32 - 1),
    nodes,
    clients: wholeNumber('--clients', values.clients, money ? 24 : 60, 5, 500),
    failover,
    money,
    mutations: values.mutations === true,
    only: values.only ?? '',
    history: values.history,
    faults,
  };
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { minutes: text, seed: text, history: text, nodes: text, clients: text, faults: text, only: text };
  const flag = { type: 'boolean' } as const;
  const flags = { failover: flag, money: flag, mutations: flag, help: flag };
  return parsed(() => parseArgs({ args: [...argv], options: { ...options, ...flags } }).values);
}

function minutes(text: string | undefined, usual: number): number {
  const value = Number(text ?? usual);
  if (!(value >= 0.1 && value <= 600)) throw new Misuse(`--minutes is a number from 0.1 to 600, not "${text}".`);
  return value;
}
