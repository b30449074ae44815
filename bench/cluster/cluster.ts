import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startRedisServer } from '../../src/ops/redis-server.js';
import type { Database, Served, Stage } from '../suite/stage.js';

/** Real nodes with a real Redis and Postgres, on the timing that users have by default. */
export interface Cluster {
  readonly database: Database;
  /** Those that run, by name. */
  readonly nodes: ReadonlyMap<string, Served>;
  /** Each node has a core of its own, and there is one left for the load. */
  readonly haveOwnCores: boolean;
  /** Starts a node, also one that was killed, as a new life of it. */
  start(name: string): Promise<Served>;
  /** @throws Error where it does not run. */
  node(name: string): Served;
  /** As `kill -9` does. */
  kill(name: string): Promise<void>;
  ownerOf(showtimeId: string): Promise<Owner>;
}

/** Who claimed a showtime last, as Postgres has it. */
export interface Owner {
  readonly node: string;
  readonly epoch: number;
}

export interface ClusterOptions {
  /** Gives each node a core, where the machine has one more than that. */
  readonly ownCores?: boolean;
  /** Of all nodes, beside what makes them a cluster. */
  readonly env?: Readonly<Record<string, string>>;
}

const BEAT_MS = 500;
/** What all nodes have in common. It guards nothing but this run. */
const TOKEN_SECRET = 'all nodes of this benchmark have it in common';

/**
 * Starts Redis, Postgres and the nodes. Their PUBLIC_URL is absent: nobody is sent on, so each client stays at the node it
 * came to, and what lives elsewhere is relayed.
 */
export async function openCluster(
  stage: Stage,
  names: readonly string[],
  { ownCores = false, env = {} }: ClusterOptions = {},
): Promise<Cluster> {
  const haveOwnCores = ownCores && process.platform === 'linux' && availableParallelism() > names.length;
  const directory = join(await stage.directory(), 'redis');
  await mkdir(directory);
  const redis = await startRedisServer({ directory, say: stage.say });
  stage.defer(() => redis.stop());
  const database = await stage.postgres();
  const nodes = new Map<string, Served>();
  const start = async (name: string) => {
    const own = {
      REDIS_URL: redis.url,
      NODE_NAME: name,
      TOKEN_SECRET,
      LINK_HOST: '127.0.0.1',
      CLUSTER_BEAT_MS: String(BEAT_MS),
    };
    const served = await stage.usher(database, { ...own, ...env });
    if (haveOwnCores) await moveToCore(served, names.indexOf(name));
    nodes.set(name, served);
    return served;
  };
  const node = (name: string) => {
    const served = nodes.get(name);
    if (!served) throw new Error(`No node ${name} is running.`);
    return served;
  };
  for (const name of names) await start(name);
  // Nothing of this run is to be kept, and a node that leaves in good order gives its showtimes away first.
  stage.defer(() => Promise.all([...nodes.values()].map(({ program }) => program.kill())));
  // Each is ready when it has beaten; who came after it is seen with the next beat.
  await sleep(2 * BEAT_MS);
  return {
    database,
    nodes,
    haveOwnCores,
    start,
    node,
    async kill(name) {
      const { program } = node(name);
      nodes.delete(name);
      await program.kill();
    },
    async ownerOf(showtimeId) {
      const { rows } = await database.pool.query<{ node: string; epoch: string }>(
        'SELECT node, epoch FROM usher.showtime_owners WHERE showtime_id = $1',
        [showtimeId],
      );
      const owner = rows[0];
      if (!owner) throw new Error(`Nobody ever claimed the showtime ${showtimeId}.`);
      return { node: owner.node, epoch: Number(owner.epoch) };
    },
  };
}

/** Servers start on the one core that a lone server has; all threads of this one go to another. */
async function moveToCore({ program }: Served, core: number): Promise<void> {
  await promisify(execFile)('taskset', ['-a', '-p', '-c', String(core), String(program.pid)]);
}

/** Resolves once none of these showtimes has changed hands for so long: nodes that came or left have them move. */
export async function steady(cluster: Cluster, showtimeIds: readonly string[], ms: number): Promise<void> {
  const look = async () => JSON.stringify(await Promise.all(showtimeIds.map((id) => cluster.ownerOf(id))));
  let seen = await look();
  for (let since = performance.now(); performance.now() - since < ms; await sleep(100)) {
    const now = await look();
    if (now !== seen) since = performance.now();
    seen = now;
  }
}
