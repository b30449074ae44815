import { readFile } from 'node:fs/promises';
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
  const text = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 1 || !Number.isInteger(port) || port <= 0) return undefined;
  return isAlive(pid) ? { pid, port } : undefined;
}

export function isAlive(pid: number): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Fast shutdown; past the deadline an immediate one, from which the next start recovers as from a crash. */
export async function stopPostmaster(pid: number, deadlineMs = 6_000): Promise<void> {
  const signal = (name: 'SIGINT' | 'SIGQUIT') => {
    if (isAlive(pid)) kill(pid, name);
  };
  signal('SIGINT');
  const giveUpAt = performance.now() + deadlineMs;
  while (isAlive(pid)) {
    if (performance.now() > giveUpAt) {
      signal('SIGQUIT');
      await sleep(500);
      return;
    }
    await sleep(25);
  }
}
