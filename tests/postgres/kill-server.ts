import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPostmaster } from '../../src/adapters/postgres/postmaster.js';

/** Ends the Postgres of this data folder as a power cut would: every process of it at once. */
export async function killServer(dataDirectory: string): Promise<void> {
  const running = await readPostmaster(dataDirectory);
  if (!running) return;
  const children = await childrenOf(running.pid);
  for (const pid of [running.pid, ...children]) kill(pid);
  // The kernel takes its time on a busy machine.
  while (await readPostmaster(dataDirectory)) await sleep(5);
}

async function childrenOf(parent: number): Promise<number[]> {
  const children: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const status = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    // The name, in brackets, may hold anything; what follows it is the state and the parent.
    const [, ppid] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    if (Number(ppid) === parent) children.push(Number(entry));
  }
  return children;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was gone before.
  }
}
