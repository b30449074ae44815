import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { kill } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const REAPED_MS_MAX = 1_000;

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

/**
 * Fast shutdown; past the deadline an immediate one, from which the next start recovers as from a crash. Resolves when
 * the process is gone from the system's table, too, so that whoever looks for it afterwards does not find it.
 */
export async function stopPostmaster(pid: number, deadlineMs = 6_000): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (isAlive(pid)) kill(pid, signal);
    const giveUpAt = performance.now() + deadlineMs;
    while (performance.now() < giveUpAt) {
      if (!(await isPostgres(pid))) return await reaped(pid);
      await sleep(25);
    }
  }
}

/** The process has ended; its parent reads the exit status a moment later, or never, so this waits for a bounded time. */
async function reaped(pid: number): Promise<void> {
  const giveUpAt = performance.now() + REAPED_MS_MAX;
  while ((await commandLineOf(pid)) === '' && performance.now() < giveUpAt) await sleep(5);
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

/** Where the system tells what a process is: not another program under an id used again, nor one that ended and was not reaped. */
async function isPostgres(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const commandLine = await commandLineOf(pid);
  return commandLine === undefined || /\/postgres$/.test(commandLine.split('\0')[0] ?? '');
}

/** Empty where the process ended and was not reaped; undefined where there is none, or where the system does not tell. */
async function commandLineOf(pid: number): Promise<string | undefined> {
  return await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
}
