import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { freePort } from '../../src/adapters/free-port.js';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-postgres.js';
import { startRedisServer } from '../../src/ops/redis-server.js';
import { type ServerProcess, startServer } from '../server-process.js';
import { silentLog } from '../silent-log.js';
import { Inspector } from './inspector.js';

export interface SoakedNode {
  readonly name: string;
  readonly url: URL;
  readonly server: ServerProcess;
  readonly inspector: Inspector;
}

export interface TwoNodes {
  readonly nodes: readonly SoakedNode[];
  readonly pool: pg.Pool;
  readonly redis: Redis;
  stop(): Promise<void>;
}

const BEAT_MS = 500;
/** Nobody dies here: a node that a busy machine keeps from beating for some seconds is not to lose its showtimes. */
const DETECTION_MS = 12_000;
/** Short, so that a run of minutes sees outcomes come and be purged: they go after twice as long. */
export const REPLAY_WINDOW_MS = 30_000;
/** A house that nobody looks at any more sleeps after so long; many do in one run. */
export const PASSIVATE_AFTER_MS = 15_000;
/** Far above what a visitor asks: limits against floods are not what is soaked. */
const NO_LIMIT = '100000';

/** Two nodes that know each other's addresses, so that clients can be sent on, with a Postgres and a Redis of their own. */
export async function startTwoNodes(): Promise<TwoNodes> {
  const directory = await mkdtemp(join(tmpdir(), 'usher-soak-'));
  const undo: (() => Promise<unknown> | unknown)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const postgres = await startEmbeddedPostgres({ directory, log: silentLog });
    undo.push(() => postgres.stop());
    const redisServer = await startRedisServer({ directory });
    undo.push(() => redisServer.stop('SIGKILL'));
    const pool = new pg.Pool({ connectionString: postgres.url, max: 2, application_name: 'soak' });
    pool.on('error', () => {});
    undo.push(() => pool.end());
    const redis = new Redis(redisServer.url);
    redis.on('error', () => {});
    undo.push(() => redis.disconnect());
    const nodes = await Promise.all(
      ['a', 'b'].map((name) => startNode(name, postgres.url, redisServer.url, directory, undo)),
    );
    // Each is ready when it has beaten once; who came after it is seen with the next beat.
    await sleep(2 * BEAT_MS);
    return { nodes, pool, redis, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startNode(
  name: string,
  databaseUrl: string,
  redisUrl: string,
  directory: string,
  undo: (() => Promise<unknown> | unknown)[],
): Promise<SoakedNode> {
  const [port, inspectorPort] = [await freePort(), await freePort()];
  const server = await startServer({
    PORT: String(port),
    NODE_NAME: name,
    NODE_OPTIONS: `--inspect=127.0.0.1:${inspectorPort}`,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    DATA_DIR: directory,
    CLUSTER_BEAT_MS: String(BEAT_MS),
    CLUSTER_DETECTION_MS: String(DETECTION_MS),
    TOKEN_SECRET: 'a secret of thirty-two characters or more',
    // A showtime that is over is one that nobody asks for any more, and is still on sale while it is asked for.
    SALES_GRACE_MS: String(7 * 86_400_000),
    MESSAGES_PER_SECOND: NO_LIMIT,
    HTTP_REQUESTS_PER_SECOND: NO_LIMIT,
    SESSIONS_PER_SECOND: NO_LIMIT,
    SOCKETS_PER_SECOND: NO_LIMIT,
    HEARTBEAT_MS: '2000',
    // As patient as the detection is, and for the same reason.
    HELLO_MS_MAX: '30000',
    COMMIT_WAIT_MS_MAX: '15000',
    REPLAY_WINDOW_MS: String(REPLAY_WINDOW_MS),
    PASSIVATE_AFTER_MS: String(PASSIVATE_AFTER_MS),
    RECONCILE_MS: '20000',
    STUCK_CHECK_MS: '60000',
  });
  undo.push(() => server.kill('SIGTERM'));
  const inspector = await Inspector.open(inspectorPort);
  undo.push(() => inspector.close());
  return { name, url: new URL(server.url), server, inspector };
}
