import { cp, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { applyMutation, type Mutation } from '../../simulation/mutations/plant.js';

/** All that the server is made of. */
const SOURCES = ['src', 'sql', 'package.json'];
/** The server, and the program that prints its tickets. */
const ENTRIES = ['src/main.ts', 'src/boxoffice/tickets/print-worker.ts'];

/**
 * Copies the server's sources, puts the bug in and builds it.
 * @throws Error where the patch does not apply any more: the sources went on without it.
 */
export async function plantInServer(
  mutation: Mutation | undefined,
  directory: string,
): Promise<{ readonly program: string; readonly sql: string }> {
  await copyServer(directory);
  if (mutation) await applyMutation(mutation, directory);
  await build({
    entryPoints: ENTRIES.map((entry) => join(directory, entry)),
    absWorkingDir: directory,
    outdir: join(directory, 'dist'),
    entryNames: '[name]',
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    logLevel: 'silent',
  });
  return { program: join(directory, 'dist/main.js'), sql: join(directory, 'sql') };
}

/** The sources alone, for patches to be applied to. */
export async function copyServer(directory: string): Promise<void> {
  for (const source of SOURCES) await cp(source, join(directory, source), { recursive: true });
  await symlink(resolve('node_modules'), join(directory, 'node_modules'));
}
