import { describe, test } from 'vitest';
import { RedisNodeLink } from '../../src/adapters/redis/redis-node-link.js';
import { recordingLog } from '../redis/recording-log.js';
import { startRedis, whyNoRedis } from '../redis/redis.js';
import { nodeLinkContract } from './node-link-suite.js';

const why = await whyNoRedis();

if (why === undefined) {
  nodeLinkContract('over Redis', async () => {
    const redis = await startRedis();
    const links: RedisNodeLink[] = [];
    const { log, take } = recordingLog('error');
    return {
      async link() {
        const link = new RedisNodeLink({ url: redis.url, log });
        links.push(link);
        await link.isConnected(5_000);
        return link;
      },
      errors: take,
      async close() {
        for (const link of links) link.close();
        await redis.stop();
      },
    };
  });
} else {
  describe(`a node link: over Redis (${why})`, () => {
    test.skip('is not tested', () => {});
  });
}
