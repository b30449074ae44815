import { freePort } from '../../../src/adapters/free-port.js';
import type { TestRedis } from '../../redis/redis.js';
import { type Breakable, FaultyLink } from './faulty-link.js';
import { NodeUnderTest } from './node-under-test.js';
import { ShiftedClock } from './shifted-clock.js';
import type { WayToDatabase } from './staged-database.js';

/** One node, and the ways from and to it. */
export interface StagedNode {
  readonly process: NodeUnderTest;
  readonly clock: ShiftedClock;
  readonly toPostgres: Breakable;
  readonly toRedis: FaultyLink;
  /** By which other nodes reach it directly. */
  readonly fromNodes: FaultyLink;
  /** By which its clients come. */
  readonly fromClients: FaultyLink;
  readonly clientUrl: string;
}

interface NodeOptions {
  readonly directory: string;
  readonly database: WayToDatabase;
  readonly redis: TestRedis;
  readonly program: string;
  /** One among others, which meet over Redis. */
  readonly clustered: boolean;
  /** Besides the settings of every node here. */
  readonly settings: Readonly<Record<string, string>>;
  readonly onCrash: (node: string, how: string) => void;
  readonly onLife: (node: string, phase: 'start' | 'end') => void;
}

const BEAT_MS = 200;
export const DETECTION_MS = 2_000;
export const TOKEN_SECRET = 'a secret of thirty-two characters or more';

export async function stageNode(name: string, options: NodeOptions): Promise<StagedNode> {
  const { directory, database, redis } = options;
  const [port, linkPort] = await Promise.all([freePort(), freePort()]);
  const [toRedis, fromNodes, fromClients, clock] = await Promise.all([
    FaultyLink.to(redis.port),
    FaultyLink.to(linkPort),
    FaultyLink.to(port),
    ShiftedClock.in(directory, name),
  ]);
  const clientUrl = `http://127.0.0.1:${fromClients.port}`;
  const environment = {
    ...clock.environment,
    DATABASE_URL: database.url,
    DATABASE_CONNECTIONS: '4',
    JOB_CONCURRENCY: '1',
    PUBLIC_URL: clientUrl,
    LINK_HOST: '127.0.0.1',
    LINK_PORT: String(linkPort),
    LINK_ADDRESS: `127.0.0.1:${fromNodes.port}`,
    TOKEN_SECRET,
    SALES_GRACE_MS: String(7 * 86_400_000),
    MESSAGES_PER_SECOND: '200',
    HTTP_REQUESTS_PER_SECOND: '5000',
    SESSIONS_PER_SECOND: '1000',
    EXTENSIONS_PER_HOLD: '3',
    HEARTBEAT_MS: '1000',
    COMMIT_WAIT_MS_MAX: '1500',
    ...(options.clustered
      ? {
          REDIS_URL: `redis://127.0.0.1:${toRedis.port}`,
          LINK_HOST: '127.0.0.1',
          CLUSTER_BEAT_MS: String(BEAT_MS),
          CLUSTER_DETECTION_MS: String(DETECTION_MS),
        }
      : {}),
    ...options.settings,
  };
  const process = new NodeUnderTest(name, port, options.program, environment, {
    crashed: (how) => options.onCrash(name, how),
    lives: (phase) => options.onLife(name, phase),
  });
  return { process, clock, toPostgres: database.link, toRedis, fromNodes, fromClients, clientUrl };
}

export async function closeNode({ process, toPostgres, toRedis, fromNodes, fromClients }: StagedNode): Promise<void> {
  process.thaw();
  await process.end('SIGKILL');
  await Promise.all([toPostgres.stop(), toRedis.stop(), fromNodes.stop(), fromClients.stop()]);
}
