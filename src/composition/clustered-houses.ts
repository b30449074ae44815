import os from 'node:os';
import { DirectNodeLink } from '../adapters/direct/direct-node-link.js';
import { linkKey } from '../adapters/direct/link-tls.js';
import { ownHost } from '../adapters/direct/own-host.js';
import { nodeTimers } from '../adapters/node-timers.js';
import { PostgresMembership } from '../adapters/postgres/postgres-membership.js';
import type { Primary } from '../adapters/postgres/primary.js';
import { RedisMembership } from '../adapters/redis/redis-membership.js';
import { RedisNodeLink } from '../adapters/redis/redis-node-link.js';
import { TwoStoreMembership } from '../adapters/two-store-membership.js';
import { TwoWayNodeLink } from '../adapters/two-way-node-link.js';
import type { ClusterConfig } from '../config.js';
import type { Log } from '../kernel/log.js';
import type { Member } from '../runtime/cluster/membership-port.js';
import type { HouseParts } from './houses.js';
import { type SharedHouses, sharedHouses } from './shared-houses.js';
import type { Undo } from './store.js';

const CONNECT_MS_MAX = 1_000;
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
/** For so many times `detectionMs` a silent node stays on the roll in Postgres; the others find it dead after one. */
const ROLL_KEPT_DETECTIONS = 2;

/** The showtimes of a node that shares them with others over Redis. */
export async function clusteredHouses(
  config: ClusterConfig,
  { primary, secret }: { readonly primary: Primary; readonly secret: string },
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
  const shared = new RedisNodeLink({ url, prefix, log });
  undo.push(() => shared.close());
  const direct = await openDirect(config, secret, log, undo);
  const link = direct && new TwoWayNodeLink({ direct, shared, timers: nodeTimers });
  const meet = (others: readonly Member[]) => link?.meet(others);
  const ports = { membership, link: link ?? shared, meet, monotonic };
  const reached = direct ? { ...self, link: direct.address } : self;
  const houses = await sharedHouses(config, reached, parts, ports, log, undo);
  return {
    ...houses,
    async join() {
      // Without it the first beat would fail on a connection that is being made, and nothing of the others be known.
      await quick.isConnected(CONNECT_MS_MAX);
      await houses.join();
    },
  };
}

/** Undefined where other nodes are to be reached over Redis only. */
async function openDirect(
  { name, link }: ClusterConfig,
  secret: string,
  log: Log,
  undo: Undo,
): Promise<DirectNodeLink | undefined> {
  if (!link.isOn) return undefined;
  const { port, address } = link;
  const own = ownHost(os.networkInterfaces());
  const host = link.host ?? own;
  // Nobody else reaches a node at an address that means all of its own.
  const reachedHost = WILDCARDS.has(host) ? own : host;
  const key = linkKey(name, link.secret ?? secret);
  const direct = await DirectNodeLink.open({ host, reachedHost, port, address, key, log }).catch((error: Error) => {
    throw new Error(`Other nodes cannot be let in at ${host}, port ${port}: ${error.message}`, { cause: error });
  });
  undo.push(() => direct.close());
  log.info(
    { event: 'link.listening', address: direct.address },
    'The node listens for the other nodes of its cluster.',
  );
  return direct;
}
