import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Made once for a data folder, so that sessions outlive a restart on a developer's machine. */
export async function developmentSecret(directory: string): Promise<string> {
  const file = join(directory, 'token-secret');
  await mkdir(directory, { recursive: true });
  const made = `${randomUUID()}${randomUUID()}`;
  await writeFile(file, made, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return (await readFile(file, 'utf8')).trim();
}
