import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { stopPostmaster } from '../../src/adapters/postgres/postmaster.js';

let parent: ReturnType<typeof spawn> | undefined;

afterEach(() => void parent?.kill('SIGKILL'));

/** A process that calls itself postgres, whose parent reads its exit status only after some seconds. */
async function postmasterOfALazyParent(seconds: number): Promise<number> {
  const script = `$| = 1; my $child = fork;
    if (!$child) { exec { 'sleep' } '/no/such/postgres', '60' }
    print "$child\n"; select undef, undef, undef, ${seconds}; waitpid $child, 0; sleep 60`;
  parent = spawn('perl', ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [pid] = (await once(parent.stdout ?? process.stdin, 'data')) as [Buffer];
  const file = `/proc/${Number(pid.toString())}/cmdline`;
  await expect.poll(() => readFile(file, 'utf8')).toMatch(/^\/no\/such\/postgres/);
  return Number(pid.toString());
}

function isInTable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a server that was stopped is gone from the table of processes, too', async () => {
  const pid = await postmasterOfALazyParent(0.4);
  await stopPostmaster(pid);
  expect(isInTable(pid)).toBe(false);
});

test('a parent that never reads the exit status holds nobody up for long', async () => {
  const pid = await postmasterOfALazyParent(30);
  const began = performance.now();
  await stopPostmaster(pid);
  expect(performance.now() - began).toBeLessThan(5_000);
});
