import { nodeTimers } from '../adapters/node-timers.js';
import { PostgresMembership } from '../adapters/postgres/postgres-membership.js';
import type { Primary } from '../adapters/postgres/primary.js';
import { RedisMembership } from '../adapters/redis/redis-membership.js';
import { RedisNodeLink } from '../adapters/redis/redis-node-link.js';
import { TwoStoreMembership } from '../adapters/two-store-membership.js';
import type { ClusterConfig } from '../config.js';
import type { Log, Member } from '../runtime/ports.js';
import type { HouseParts } from './houses.js';
import { type SharedHouses, sharedHouses } from './shared-houses.js';
import type { Undo } from './store.js';

const CONNECT_MS_MAX = 1_000;
/** For so many times `detectionMs` a silent node stays on the roll in Postgres; the others find it dead after one. */
const ROLL_KEPT_DETECTIONS = 2;

/** The showtimes of a node that shares them with others over Redis. */
export async function clusteredHouses(
  config: ClusterConfig,
  primary: Primary,
  self: Pick<Member, 'id' | 'name' | 'url' | 'weight'>,
  parts: HouseParts,
  log: Log,
  undo: Undo,
): Promise<SharedHouses> {
  const { redisUrl: url, name: prefix } = config;
  const { beatMs, detectionMs } = config;
  const monotonic = () => performance.now();
  const quick = new RedisMembership({ url, prefix, log });
  undo.push(() => quick.close());
  const silentMsMax = ROLL_KEPT_DETECTIONS * detectionMs;
  const sure = new PostgresMembership({ primary, cluster: prefix, silentMsMax, log });
  undo.push(() => sure.close());
  const membership = new TwoStoreMembership({ quick, sure, beatMs, detectionMs, timers: nodeTimers, monotonic, log });
  const link = new RedisNodeLink({ url, prefix, log });
  undo.push(() => link.close());
  const ports = { membership, link, monotonic };
  const houses = await sharedHouses(config, self, parts, ports, log, undo);
  return {
    ...houses,
    async join() {
      // Without it the first beat would fail on a connection that is being made, and nothing of the others be known.
      await quick.isConnected(CONNECT_MS_MAX);
      await houses.join();
    },
  };
}
