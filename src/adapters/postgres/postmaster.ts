import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { kill } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A running Postgres server, as its own `postmaster.pid` tells. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** The server that runs on this data folder, or undefined where none does (a file left by a crash counts as none). */
export async function readPostmaster(dataDirectory: string): Promise<Postmaster | undefined> {
  const lines = (await readFile(lockFile(dataDirectory), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 1 || !Number.isInteger(port) || port <= 0) return undefined;
  return (await isPostgres(pid)) ? { pid, port } : undefined;
}

/**
 * Takes away the lock file of a crashed server whose process id belongs to another program by now, as happens in
 * containers, where ids start anew at each boot. Postgres would refuse to start over it. Every other stale file it judges
 * better than we could: those stay.
 */
export async function clearForeignLock(dataDirectory: string): Promise<void> {
  const file = lockFile(dataDirectory);
  const found = await readFile(file, 'utf8').catch(() => '');
  const pid = Number(found.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid) || (await isPostgres(pid))) return;
  // Aside first: should a server have started in this very moment, its lock is put back.
  const aside = `${file}.stale`;
  await rename(file, aside);
  if ((await readFile(aside, 'utf8')) === found) await rm(aside);
  else await rename(aside, file);
}

/** Fast shutdown; past the deadline an immediate one, from which the next start recovers as from a crash. */
export async function stopPostmaster(pid: number, deadlineMs = 6_000): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (isAlive(pid)) kill(pid, signal);
    const giveUpAt = performance.now() + deadlineMs;
    while (performance.now() < giveUpAt) {
      if (!(await isPostgres(pid))) return;
      await sleep(25);
    }
  }
}

function lockFile(dataDirectory: string): string {
  return join(dataDirectory, 'postmaster.pid');
}

function isAlive(pid: number): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Where the system tells what a process is: not another program under an id used again, nor one that died unburied. */
async function isPostgres(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return commandLine === undefined || /\/postgres$/.test(commandLine.split('\0')[0] ?? '');
}
