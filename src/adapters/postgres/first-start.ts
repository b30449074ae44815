import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { kill, pid as ownPid } from 'node:process';

/**
 * Keeps a second first start out of a folder while the database in it is being made: each would take away what the other has
 * made so far. Left behind by a process that was killed, it counts for nothing. Returns how to let go of it.
 * @throws Error where another process that lives is at it.
 */
export async function takeFirstStart(directory: string): Promise<() => Promise<void>> {
  const file = join(directory, 'first-start.pid');
  const mine = String(ownPid);
  for (let tries = 0; tries < 2; tries++) {
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(mine);
      await handle.close();
      return async () => await rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = Number(await readFile(file, 'utf8').catch(() => ''));
      // Of a process that has just made the file and not written to it yet, nothing is known: it counts as alive.
      if (pid === 0 || (pid !== ownPid && isAlive(pid)) || pid === ownPid) break;
      await rm(file, { force: true });
    }
  }
  throw new Error(
    `Another Usher makes its database in ${directory} just now. Start this one when that is ready, with a DATA_DIR of its own, ` +
      `or with DATABASE_URL. If there is no other, remove ${file}.`,
  );
}

function isAlive(pid: number): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
