import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mutation, plant } from './plant.js';

export interface CatchOptions {
  readonly jobs: number;
  /** Of the mutations, only those with this in their name. */
  readonly only?: string | undefined;
}

/** A bug that shows in none of so many runs counts as one that is not seen. */
const SEEDS_MAX = 10_000;
/** The sources as they are must pass at least these, or it means nothing that mutated ones fail. */
const SOUND_SEEDS = 100;
const PATCHES = 'tests/simulation/mutations';

/** Puts each known bug into a copy of the sources, and has it simulated. True where every one was found. */
export async function catchMutations(
  { jobs, only = '' }: CatchOptions,
  tell: (text: string) => void,
): Promise<boolean> {
  const mutations = (await knownMutations()).filter(({ name }) => name.includes(only));
  if (mutations.length === 0) {
    tell(`No mutation has "${only}" in its name.\n`);
    return false;
  }
  const sound = await tryOut(undefined, SOUND_SEEDS, jobs);
  if (sound !== undefined) {
    tell(`The sources as they are break a promise: ${sound}\n`);
    return false;
  }
  let survived = 0;
  for (const mutation of mutations) {
    const startedAt = performance.now();
    const found = await tryOut(mutation, SEEDS_MAX, jobs);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
    if (found === undefined) survived++;
    tell(
      `${found === undefined ? 'SURVIVED' : 'caught  '} ${mutation.name} (${seconds} s): ${found ?? mutation.why}\n`,
    );
  }
  tell(`\n${mutations.length - survived} of ${mutations.length} mutations caught.\n`);
  return survived === 0;
}

export async function knownMutations(folder = PATCHES): Promise<readonly Mutation[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.patch')).toSorted();
  return await Promise.all(
    files.map(async (file) => {
      const patch = await readFile(join(folder, file), 'utf8');
      return { name: file.replace('.patch', ''), why: patch.split('\n', 1)[0] ?? '', patch };
    }),
  );
}

/** What was broken and by which seed, in one line; undefined where nothing was. */
export async function tryOut(mutation: Mutation | undefined, seeds: number, jobs: number): Promise<string | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'usher-mutation-'));
  try {
    const program = await plant(mutation, directory);
    const said = await run(program, ['--until-broken', '--seeds', String(seeds), '--jobs', String(jobs)]);
    return /^seed \d+: .*$/m.exec(said)?.[0];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What a program says. Whether it ends well is not asked: that is what its words are for. */
async function run(program: string, options: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complaint] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  if (complaint.includes('Error')) throw new Error(`The simulation did not run:\n${complaint}`);
  return said;
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
