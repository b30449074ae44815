import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDataFolder } from './data-folder.js';

/** As short as an HMAC with SHA-256 may have it (RFC 7518, 3.2). */
const BYTES_MIN = 32;

/**
 * Made once for a data folder, so that sessions outlive a restart on a developer's machine.
 * @throws Error where the file is too short to be a secret: half written, or somebody's own.
 */
export async function developmentSecret(directory: string): Promise<string> {
  const file = join(directory, 'token-secret');
  await openDataFolder(directory);
  const made = `${randomUUID()}${randomUUID()}`;
  await writeFile(file, made, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const secret = (await readFile(file, 'utf8')).trim();
  if (Buffer.byteLength(secret) < BYTES_MIN) throw new Error(`${file} is too short to sign with. Remove it.`);
  return secret;
}
