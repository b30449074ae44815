/** Which processor cores the server and the load run on, so that neither takes time from the other. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

export type Role = 'server' | 'load';

const TASKSET = '/usr/bin/taskset';
/** One core for the server, as a node uses one; all others for the load, and for Postgres, Redis and the browser. */
const cores = availableParallelism();
const canPin = process.platform === 'linux' && cores >= 2 && existsSync(TASKSET);

/** The command line that runs a program on the cores of its role; the bare one where this machine cannot pin. */
export function pinned(role: Role, command: string, args: readonly string[]): { command: string; args: string[] } {
  if (!canPin) return { command, args: [...args] };
  return { command: TASKSET, args: ['-c', coresOf(role), command, ...args] };
}

/**
 * Takes this process off the core of servers, and with it all that it starts from now on without a role. Left alone, the
 * kernel wakes Postgres beside the one who asks it: on the server's core, while the other is idle.
 */
export function leaveServerCore(): void {
  moveTo(coresOf('load'));
}

/** For a benchmark of what is neither server nor load: what this process starts from now on may run anywhere. */
export function takeAllCores(): void {
  moveTo(`0-${cores - 1}`);
}

function moveTo(list: string): void {
  if (canPin) execFileSync(TASKSET, ['-a', '-c', '-p', list, String(process.pid)], { stdio: 'ignore' });
}

function coresOf(role: Role): string {
  return role === 'server' ? '0' : cores === 2 ? '1' : `1-${cores - 1}`;
}

/** How many load processes make sense: one a core that the load may use. */
export const LOAD_PROCESSES = canPin ? cores - 1 : 1;

export function pinningInWords(): string {
  if (!canPin) return 'not pinned';
  return `server on core 0, load, Postgres and Redis on ${cores === 2 ? 'core 1' : `cores 1 to ${cores - 1}`}`;
}
