import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';

/**
 * Makes the folder where there is none.
 * @throws Error with a sentence that says what to do, where it cannot be made or written to.
 */
export async function openDataFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Error(folderFault(directory, (cause as NodeJS.ErrnoException).code), { cause });
  }
}

export function folderFault(directory: string, code: string | undefined): string {
  const set = 'or set DATA_DIR to another folder; with DATABASE_URL and TOKEN_SECRET none is needed';
  if (code === 'EEXIST' || code === 'ENOTDIR')
    return `DATA_DIR is ${directory}, which is no folder. Move it away, ${set}.`;
  if (code === 'EROFS')
    return `DATA_DIR is ${directory}, on a file system that is read-only. Mount it writable, ${set}.`;
  if (code === 'EACCES' || code === 'EPERM') {
    return `DATA_DIR is ${directory}, where this user may not write. Give it the right to, ${set}.`;
  }
  return `DATA_DIR is ${directory}, which cannot be used (${code ?? 'for no known reason'}). Make it, ${set}.`;
}
