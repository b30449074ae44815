import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sentenceOf } from '../../../src/ops/misuse.js';
import { knownMutations } from '../../simulation/mutations/catch-mutations.js';
import type { Mutation } from '../../simulation/mutations/plant.js';
import { failings } from '../report.js';
import type { TortureOptions } from '../torture-options.js';
import { torture } from '../torture-run.js';
import { plantInServer } from './plant-in-server.js';

export const PATCHES = 'tests/torture/mutations';
const RUN_MS = 40_000;
const SOUND_RUN_MS = 60_000;
const CLIENTS = 45;
/** What a run does not show, another may: processes take their own time. A bug that shows in none is not seen. */
const RUNS_MAX = 3;

/** What a patch says of itself below its first line. */
export interface Expectation {
  /** Those under which it shows. */
  readonly faults: readonly string[];
  /** One of the run's failings is like this. */
  readonly shows: RegExp;
}

export function expectationOf({ name, patch }: Mutation): Expectation {
  const faults = /^Faults: (.+)$/m.exec(patch)?.[1];
  const shows = /^Shows: (.+)$/m.exec(patch)?.[1];
  if (faults === undefined || shows === undefined) throw new Error(`${name} does not say how it shows.`);
  return { faults: faults.split(', '), shows: new RegExp(shows) };
}

/** Which bugs are put in, and what is run to find them. */
export interface Hunt {
  /** The folder of the patches. */
  readonly patches: string;
  /** One run of a server that was built somewhere; resolves with what was found. */
  readonly run: (
    built: { readonly program: string; readonly sql: string; readonly directory: string },
    options: TortureOptions,
    signal: AbortSignal,
  ) => Promise<readonly string[]>;
}

/** Bugs of seats, and the torture of seats. */
export const SEAT_HUNT: Hunt = {
  patches: PATCHES,
  async run({ program, sql, directory }, options, signal) {
    const run = { ...options, clients: CLIENTS };
    const place = { program, sql, historyFile: join(directory, 'history.jsonl'), say: () => {}, signal };
    return failings(await torture(run, place), run);
  },
};

/** Puts each known bug into a copy of the server and breaks that. True where each was found, by what it must be found by. */
export async function catchMutations(
  hunt: Hunt,
  options: TortureOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const mutations = (await knownMutations(hunt.patches)).filter(({ name }) => name.includes(options.only));
  if (mutations.length === 0) {
    say(`No mutation has "${options.only}" in its name.`);
    return false;
  }
  const faults = [...new Set(mutations.flatMap((mutation) => expectationOf(mutation).faults))];
  const sound = await tryOut(hunt, undefined, { ...options, faults, durationMs: SOUND_RUN_MS }, signal);
  if (sound.length > 0) {
    say(`The server as it is fails: ${sound[0]}`);
    return false;
  }
  let survived = 0;
  for (const mutation of mutations) {
    const found = await catchOne(hunt, mutation, options, signal);
    if (signal.aborted) return false;
    if (found === undefined) survived++;
    say(`${found === undefined ? 'SURVIVED' : 'caught  '} ${mutation.name}: ${found ?? mutation.why}`);
  }
  say(`\n${mutations.length - survived} of ${mutations.length} mutations caught.`);
  return survived === 0;
}

async function catchOne(
  hunt: Hunt,
  mutation: Mutation,
  options: TortureOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { faults, shows } = expectationOf(mutation);
  for (let run = 0; run < RUNS_MAX && !signal.aborted; run++) {
    const one = { ...options, faults, durationMs: RUN_MS, seed: options.seed + run };
    const failed = await tryOut(hunt, mutation, one, signal);
    const found = failed.find((text) => shows.test(text));
    if (found !== undefined) return found.split('\n', 1)[0];
  }
  return undefined;
}

/** What was found in one run. */
async function tryOut(
  hunt: Hunt,
  mutation: Mutation | undefined,
  options: TortureOptions,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'usher-mutation-'));
  try {
    const built = await plantInServer(mutation, directory);
    return await hunt.run({ ...built, directory }, options, signal);
  } catch (error) {
    return [sentenceOf(error)];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
