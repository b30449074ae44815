import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RedisMembership } from '../../../src/adapters/redis/redis-membership.js';
import { RollReader } from '../../../src/ops/roll-reader.js';
import { startRedis, type TestRedis, whyNoRedis } from '../../redis/redis.js';
import { silentLog } from '../../silent-log.js';

const why = await whyNoRedis();
const member = { id: 'life-1', name: 'node-1', weight: 1, draining: false, hot: [], showtimes: 3 };

describe.skipIf(why !== undefined)(`reading the roll from outside${why ? ` (${why})` : ''}`, () => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  test('shows what the members see, and adds nobody', async () => {
    const membership = new RedisMembership({ url: redis.url, log: silentLog, prefix: 'theirs' });
    const reader = new RollReader({ redisUrl: redis.url, clusterName: 'theirs' });
    try {
      expect(await membership.isConnected(5_000)).toBe(true);
      await membership.pin('showtime-1', 'node-1');
      const theirs = await membership.beat(member, 5);
      expect(await reader.read()).toEqual(theirs);
      expect(await reader.read()).toEqual({
        members: [{ member, beat: 5 }],
        pins: new Map([['showtime-1', 'node-1']]),
      });
    } finally {
      reader.close();
      membership.close();
    }
  });

  test('Redis away is said with its address, and without its password', async () => {
    const port = redis.port;
    await redis.kill();
    const reader = new RollReader({ redisUrl: `redis://:hunter2@127.0.0.1:${port}`, clusterName: 'usher' });
    try {
      await expect(reader.read()).rejects.toThrow(
        new RegExp(`^(?!.*hunter2)Redis does not answer at 127.0.0.1:${port}`),
      );
    } finally {
      reader.close();
    }
  });
});
