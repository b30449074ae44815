import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startRedisServer } from '../../../src/ops/redis-server.js';
import { whyNoRedis } from '../../redis/redis.js';

const why = await whyNoRedis();

describe.skipIf(why)(`a Redis of our own${why ? `: ${why}` : ''}`, () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(os.tmpdir(), 'usher-redis-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('answers when it is started, keeps nothing, and is gone when it was stopped', async () => {
    const server = await startRedisServer({ directory });
    const client = new Redis(server.url, { retryStrategy: null });
    client.on('error', () => {});
    expect(await client.set('a', '1')).toBe('OK');
    expect(await client.config('GET', 'save')).toEqual(['save', '']);
    await server.stop();
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    const again = await startRedisServer({ directory, port: server.port });
    const reader = new Redis(again.url);
    expect(await reader.get('a')).toBeNull();
    reader.disconnect();
    await again.stop('SIGKILL');
  });

  test('a port that is taken is an error, not a Redis of somebody else', async () => {
    const first = await startRedisServer({ directory });
    await expect(startRedisServer({ directory, port: first.port })).rejects.toThrow('another server has');
    await first.stop();
  });

  test('a program that is not here is told with the way to install it', async () => {
    const starting = startRedisServer({ directory, program: '/no/such/redis-server' });
    await expect(starting).rejects.toThrow('/no/such/redis-server is not here. Install it');
  });

  test.runIf(os.platform() === 'linux')('does not outlive a parent that was killed', async () => {
    const parent = join(directory, 'parent.mjs');
    const source = join(directory, 'parent.ts');
    await writeFile(
      source,
      `import { startRedisServer } from ${JSON.stringify(join(import.meta.dirname, '../../../src/ops/redis-server.ts'))};
       const server = await startRedisServer({ directory: ${JSON.stringify(directory)} });
       console.log(server.pid);
       setInterval(() => {}, 1_000);`,
    );
    await build({ entryPoints: [source], outfile: parent, bundle: true, platform: 'node', format: 'esm' });
    const child = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(child.stdout, 'data');
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 5_000);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
