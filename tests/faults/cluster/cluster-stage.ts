import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type ShowtimeClient } from '@usher/client';
import pg from 'pg';
import { openSale } from '../../../bench/rush/showtime.js';
import { freePort } from '../../../src/adapters/free-port.js';
import { createDatabase } from '../../integration/database.js';
import { startRedis, type TestRedis } from '../../redis/redis.js';
import { type ServerProcess, startServer } from '../../server-process.js';

/** Fast enough for tests, and with room for a machine that is busy. */
export const DETECTION_MS = 2_000;
const BEAT_MS = 150;

export interface ClusterStage {
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  readonly redis: TestRedis;
  /** By name; a node that was killed and started again has the same name, port and URL. */
  readonly nodes: ReadonlyMap<string, ServerProcess>;
  /** A port that the nodes share, as behind a balancer. */
  readonly sharedUrl: string;
  /** Starts a node, or starts it again. */
  start(name: string, environment?: Record<string, string>): Promise<ServerProcess>;
  kill(name: string, signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | string>;
  /** `freeze` stops the process without ending it; `thaw` lets it go on as if nothing had been. */
  freeze(name: string): void;
  thaw(name: string): void;
  openSale(seats: number): Promise<string>;
  labels(showtimeId: string): Promise<string[]>;
  /** The name of the node that claimed the showtime last, as Postgres has it. */
  ownerOf(showtimeId: string): Promise<string>;
  /** As `ownerOf`, once that has not changed for a second: after a node came back showtimes move. */
  steadyOwnerOf(showtimeId: string): Promise<string>;
  close(): Promise<void>;
}

/** Real nodes, a Redis and a database of their own. All but the first node start at once, when the schema is there. */
export async function openClusterStage(
  names: readonly string[],
  environment: Record<string, string> = {},
): Promise<ClusterStage> {
  const [database, redis, sharedPort] = await Promise.all([createDatabase(), startRedis(), freePort()]);
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  const nodes = new Map<string, ServerProcess>();
  const ports = new Map<string, number>();
  const start = async (name: string, more: Record<string, string> = {}) => {
    const port = ports.get(name) ?? (await freePort());
    ports.set(name, port);
    const server = await startServer({
      PORT: String(port),
      NODE_NAME: name,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      SHARED_PORT: String(sharedPort),
      DATABASE_URL: database.url,
      DATABASE_CONNECTIONS: '4',
      REDIS_URL: redis.url,
      CLUSTER_BEAT_MS: String(BEAT_MS),
      CLUSTER_DETECTION_MS: String(DETECTION_MS),
      TOKEN_SECRET: 'a secret of thirty-two characters or more',
      MESSAGES_PER_SECOND: '200',
      HEARTBEAT_MS: '1000',
      ...environment,
      ...more,
    });
    nodes.set(name, server);
    return server;
  };
  const node = (name: string): ServerProcess => {
    const server = nodes.get(name);
    if (!server) throw new Error(`No node is called ${name}.`);
    return server;
  };
  await Promise.all(names.map((name) => start(name)));
  // Each is ready when it has beaten once; who came after it is seen with the next beat.
  await sleep(4 * BEAT_MS);
  const ownerOf = async (showtimeId: string) => {
    const { rows } = await pool.query<{ node: string; epoch: string }>(
      'SELECT node, epoch FROM usher.showtime_owners WHERE showtime_id = $1',
      [showtimeId],
    );
    return rows[0] ?? { node: 'nobody', epoch: '0' };
  };
  return {
    pool,
    databaseUrl: database.url,
    redis,
    nodes,
    sharedUrl: `http://127.0.0.1:${sharedPort}`,
    start,
    kill: (name, signal = 'SIGKILL') => node(name).kill(signal),
    freeze: (name) => void process.kill(node(name).pid, 'SIGSTOP'),
    thaw: (name) => void process.kill(node(name).pid, 'SIGCONT'),
    openSale: (seats) => openSale(pool, seats, 600_000),
    async labels(showtimeId) {
      const { rows } = await pool.query<{ label: string }>(
        `SELECT json_array_elements_text(p.document -> 'seats' -> 'label') AS label
           FROM boxoffice.showtimes s JOIN boxoffice.seat_maps p ON p.hash = s.seat_map_hash WHERE s.id = $1`,
        [showtimeId],
      );
      return rows.map(({ label }) => label);
    },
    ownerOf: async (showtimeId) => (await ownerOf(showtimeId)).node,
    async steadyOwnerOf(showtimeId) {
      let owner = await ownerOf(showtimeId);
      for (let since = performance.now(); performance.now() - since < 1_000; await sleep(50)) {
        const now = await ownerOf(showtimeId);
        if (now.epoch !== owner.epoch) since = performance.now();
        owner = now;
      }
      return owner.node;
    },
    async close() {
      await Promise.all([...nodes.values()].map((server) => server.kill('SIGKILL')));
      await redis.stop();
      await pool.end();
      await database.drop();
    },
  };
}

export async function connected(url: string, showtimeId: string): Promise<ShowtimeClient> {
  const client = createClient({ url, showtimeId, replyTimeoutMs: 2_000 });
  client.connect();
  await allConnected([client]);
  return client;
}

/** @throws Error that says what state those are in that are not connected within half a minute. */
export async function allConnected(clients: readonly ShowtimeClient[]): Promise<void> {
  const giveUpAt = performance.now() + 30_000;
  for (;;) {
    const states = clients
      .map((client) => client.getSnapshot().connection)
      .filter(({ state }) => state !== 'connected');
    if (states.length === 0) return;
    if (performance.now() > giveUpAt) throw new Error(`Not connected: ${JSON.stringify(states.slice(0, 5))}`);
    await sleep(20);
  }
}
