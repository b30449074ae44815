import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type RedisServer, startRedisServer } from '../../src/ops/redis-server.js';

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** For the test's own commands. */
  readonly admin: Redis;
  /** It keeps its connections, and neither reads nor answers. */
  pause(): void;
  resume(): void;
  kill(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Empty, at the same port; ends it first, where it runs. */
  restart(): Promise<void>;
  flushAll(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedis(...args: readonly string[]): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'usher-redis-'));
  let server: RedisServer = await startRedisServer({ directory, args });
  let isPaused = false;
  const { url, port } = server;
  const admin = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  admin.on('error', () => {});
  return {
    url,
    port,
    admin,
    pause() {
      isPaused = process.kill(server.pid, 'SIGSTOP');
    },
    resume() {
      if (isPaused) process.kill(server.pid, 'SIGCONT');
      isPaused = false;
    },
    async kill(signal = 'SIGKILL') {
      isPaused = false;
      await server.stop(signal);
    },
    async restart() {
      isPaused = false;
      await server.stop('SIGKILL');
      server = await startRedisServer({ directory, port, args });
    },
    async flushAll() {
      await admin.flushall();
    },
    async stop() {
      admin.disconnect();
      await server.stop('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Undefined: tests on Redis can run. Else why not; with CI=true that is a failure and no reason to skip. */
export async function whyNoRedis(): Promise<string | undefined> {
  try {
    const redis = await startRedis();
    await redis.stop();
    return undefined;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return error instanceof Error ? error.message : String(error);
  }
}
