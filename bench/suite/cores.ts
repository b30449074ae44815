/** Which processor cores the server and the load run on, so that neither takes time from the other. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

export type Role = 'server' | 'load';

const TASKSET = '/usr/bin/taskset';
/** One core for the server, as a node uses one; all others for the load. Postgres and Redis go where the kernel puts them. */
const cores = availableParallelism();
const canPin = process.platform === 'linux' && cores >= 2 && existsSync(TASKSET);

/** The command line that runs a program on the cores of its role; the bare one where this machine cannot pin. */
export function pinned(role: Role, command: string, args: readonly string[]): { command: string; args: string[] } {
  if (!canPin) return { command, args: [...args] };
  const list = role === 'server' ? '0' : cores === 2 ? '1' : `1-${cores - 1}`;
  return { command: TASKSET, args: ['-c', list, command, ...args] };
}

/** How many load processes make sense: one a core that the load may use. */
export const LOAD_PROCESSES = canPin ? cores - 1 : 1;

export function pinningInWords(): string {
  if (!canPin) return 'not pinned';
  return cores === 2 ? 'server on core 0, load on core 1' : `server on core 0, load on cores 1 to ${cores - 1}`;
}
