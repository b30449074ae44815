import { RedisMembership } from '../adapters/redis/redis-membership.js';
import { RedisNodeLink } from '../adapters/redis/redis-node-link.js';
import type { ClusterConfig } from '../config.js';
import type { Log, Member } from '../runtime/ports.js';
import type { HouseParts } from './houses.js';
import { type SharedHouses, sharedHouses } from './shared-houses.js';
import type { Undo } from './store.js';

const CONNECT_MS_MAX = 1_000;

/** The showtimes of a node that shares them with others over Redis. */
export async function clusteredHouses(
  config: ClusterConfig,
  self: Pick<Member, 'id' | 'name' | 'url' | 'weight'>,
  parts: HouseParts,
  log: Log,
  undo: Undo,
): Promise<SharedHouses> {
  const { redisUrl: url, name: prefix } = config;
  const membership = new RedisMembership({ url, prefix, log });
  undo.push(() => membership.close());
  const link = new RedisNodeLink({ url, prefix, log });
  undo.push(() => link.close());
  const ports = { membership, link, monotonic: () => performance.now() };
  const houses = await sharedHouses(config, self, parts, ports, log, undo);
  return {
    ...houses,
    async join() {
      // Without it the first beat would fail on a connection that is being made, and nothing of the others be known.
      await membership.isConnected(CONNECT_MS_MAX);
      await houses.join();
    },
  };
}
