import { execFile } from 'node:child_process';
import { cp, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

export interface Mutation {
  readonly name: string;
  /** What is wrong then, in a sentence. */
  readonly why: string;
  /** As `git apply` takes it. */
  readonly patch: string;
}

/** All that the simulation is made of. */
const SOURCES = [
  'src',
  'client-sdk/src',
  'bench/rush',
  'tests/simulation',
  'tests/unit/runtime',
  'tests/silent-log.ts',
];

/**
 * Copies the sources, puts the bug in, and builds the simulation from them. Returns the program.
 * @throws Error where the patch does not apply any more: the sources went on without it.
 */
export async function plant(mutation: Mutation | undefined, directory: string): Promise<string> {
  for (const source of SOURCES) await cp(source, join(directory, source), { recursive: true });
  await cp('package.json', join(directory, 'package.json'));
  await symlink(resolve('node_modules'), join(directory, 'node_modules'));
  if (mutation) await applyMutation(mutation, directory);
  const outfile = join(directory, 'simulate.js');
  await build({
    entryPoints: [join(directory, 'tests/simulation/main.ts')],
    absWorkingDir: directory,
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    logLevel: 'silent',
  });
  return outfile;
}

/** @throws Error where the patch does not apply any more. */
export async function applyMutation({ name, patch }: Mutation, directory: string): Promise<void> {
  const file = join(directory, `${name}.patch`);
  await writeFile(file, patch);
  try {
    await promisify(execFile)('git', ['apply', '--whitespace=nowarn', file], { cwd: directory });
  } catch (cause) {
    throw new Error(`The mutation ${name} does not apply to the sources as they are now.`, { cause });
  }
}
