import { afterAll, beforeAll, describe, test } from 'vitest';
import { RedisMembership } from '../../src/adapters/redis/redis-membership.js';
import { startRedis, type TestRedis, whyNoRedis } from '../redis/redis.js';
import { silentLog } from '../silent-log.js';
import { membershipContract } from './membership-suite.js';

const why = await whyNoRedis();

if (why === undefined) {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  membershipContract('Redis', async () => {
    await redis.flushAll();
    const membership = new RedisMembership({ url: redis.url, log: silentLog });
    await membership.isConnected(5_000);
    return { membership, close: async () => membership.close() };
  });
} else {
  describe(`the membership of Redis (${why})`, () => {
    test.skip('is not tested', () => {});
  });
}
