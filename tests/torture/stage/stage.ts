import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openSale } from '../../../bench/rush/showtime.js';
import { freePort } from '../../../src/adapters/free-port.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/adapters/postgres/embedded-postgres.js';
import { migrate } from '../../../src/adapters/postgres/migrate.js';
import { killServer } from '../../postgres/kill-server.js';
import { startRedis, type TestRedis } from '../../redis/redis.js';
import { silentLog } from '../../silent-log.js';
import type { ShowtimeLine } from '../checker/history.js';
import { FaultyLink } from './faulty-link.js';
import { NodeUnderTest } from './node-under-test.js';
import { ShiftedClock } from './shifted-clock.js';

/** One node, and the ways from and to it. */
export interface StagedNode {
  readonly process: NodeUnderTest;
  readonly clock: ShiftedClock;
  readonly toPostgres: FaultyLink;
  readonly toRedis: FaultyLink;
  /** By which its clients come. */
  readonly fromClients: FaultyLink;
  readonly clientUrl: string;
}

export interface StageOptions {
  readonly nodes: number;
  readonly program: string;
  /** The folder of the migrations. */
  readonly sql: string;
  readonly showtimes: readonly { readonly seats: number; readonly holdTtlMs: number }[];
  readonly onCrash: (node: string, how: string) => void;
}

const BEAT_MS = 200;
export const DETECTION_MS = 2_000;
const READY_MS_MAX = 30_000;

/** A Postgres, a Redis and nodes of its own, in a temporary folder, with a faulty link wherever one of them meets another. */
export class Stage {
  readonly nodes: readonly StagedNode[];
  readonly redis: TestRedis;
  readonly pool: pg.Pool;
  readonly showtimes: readonly ShowtimeLine[];
  readonly #directory: string;
  readonly #undo: readonly (() => Promise<unknown>)[];

  private constructor(
    parts: Pick<Stage, 'nodes' | 'redis' | 'pool' | 'showtimes'> & { readonly directory: string },
    undo: readonly (() => Promise<unknown>)[],
  ) {
    this.nodes = parts.nodes;
    this.redis = parts.redis;
    this.pool = parts.pool;
    this.showtimes = parts.showtimes;
    this.#directory = parts.directory;
    this.#undo = undo;
  }

  /** Resolves when all nodes are ready. What was started is ended again where it fails. */
  static async open(options: StageOptions): Promise<Stage> {
    const directory = await mkdtemp(join(tmpdir(), 'usher-torture-'));
    const undo: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
    try {
      const postgres = await startEmbeddedPostgres({ directory, log: silentLog });
      undo.push(() => postgres.stop());
      const redis = await startRedis();
      undo.push(() => redis.stop());
      await migrate(postgres.url, options.sql, silentLog);
      const pool = new pg.Pool({ connectionString: postgres.url, max: 2, connectionTimeoutMillis: 5_000 });
      pool.on('error', () => {});
      undo.push(() => pool.end());
      const showtimes: ShowtimeLine[] = [];
      for (const { seats, holdTtlMs } of options.showtimes) {
        const id = await openSale(pool, seats, holdTtlMs);
        showtimes.push({ id, labels: await labelsOf(pool, id), holdTtlMs });
      }
      const nodes: StagedNode[] = [];
      for (let i = 0; i < options.nodes; i++) {
        const node = await stageNode(`node-${i + 1}`, directory, postgres, redis, options);
        undo.push(() => closeNode(node));
        nodes.push(node);
        node.process.start();
      }
      const stage = new Stage({ nodes, redis, pool, showtimes, directory }, undo);
      await stage.ready();
      return stage;
    } catch (error) {
      await undoAll(undo);
      throw error;
    }
  }

  /** @throws Error that names the nodes that are not ready in time, with the end of their logs. */
  async ready(): Promise<void> {
    const giveUpAt = performance.now() + READY_MS_MAX;
    for (;;) {
      const ready = await Promise.all(this.nodes.map((node) => node.process.isReady()));
      if (ready.every(Boolean)) return;
      if (performance.now() > giveUpAt) {
        const late = this.nodes.filter((_, i) => !ready[i]).map(({ process }) => `${process.name}: ${process.log}`);
        throw new Error(`Not ready after ${READY_MS_MAX} ms:\n${late.join('\n')}`);
      }
      await sleep(50);
    }
  }

  /** The node that claimed the showtime last, as Postgres has it. */
  async ownerOf(showtimeId: string): Promise<StagedNode | undefined> {
    const { rows } = await this.pool.query<{ node: string }>(
      'SELECT node FROM usher.showtime_owners WHERE showtime_id = $1',
      [showtimeId],
    );
    return this.nodes.find(({ process }) => process.name === rows[0]?.node);
  }

  /** Postgres as after a power cut: every process of it at once. It is started again by whoever keeps it. */
  async killPostgres(): Promise<void> {
    await killServer(join(this.#directory, 'postgres'));
  }

  async close(): Promise<void> {
    await undoAll(this.#undo);
  }
}

async function stageNode(
  name: string,
  directory: string,
  postgres: EmbeddedPostgres,
  redis: TestRedis,
  options: StageOptions,
): Promise<StagedNode> {
  const database = new URL(postgres.url);
  const port = await freePort();
  const [toPostgres, toRedis, fromClients, clock] = await Promise.all([
    FaultyLink.to(Number(database.port)),
    FaultyLink.to(redis.port),
    FaultyLink.to(port),
    ShiftedClock.in(directory, name),
  ]);
  database.port = String(toPostgres.port);
  const clientUrl = `http://127.0.0.1:${fromClients.port}`;
  const environment = {
    ...clock.environment,
    DATABASE_URL: database.href,
    DATABASE_CONNECTIONS: '4',
    PUBLIC_URL: clientUrl,
    TOKEN_SECRET: 'a secret of thirty-two characters or more',
    MESSAGES_PER_SECOND: '200',
    HTTP_REQUESTS_PER_SECOND: '5000',
    SESSIONS_PER_SECOND: '1000',
    EXTENSIONS_PER_HOLD: '3',
    HEARTBEAT_MS: '1000',
    COMMIT_WAIT_MS_MAX: '1500',
    ...(options.nodes > 1
      ? {
          REDIS_URL: `redis://127.0.0.1:${toRedis.port}`,
          CLUSTER_BEAT_MS: String(BEAT_MS),
          CLUSTER_DETECTION_MS: String(DETECTION_MS),
        }
      : {}),
  };
  const process = new NodeUnderTest(name, port, options.program, environment, (how) => options.onCrash(name, how));
  return { process, clock, toPostgres, toRedis, fromClients, clientUrl };
}

async function closeNode({ process, toPostgres, toRedis, fromClients }: StagedNode): Promise<void> {
  process.thaw();
  await process.end('SIGKILL');
  await Promise.all([toPostgres.stop(), toRedis.stop(), fromClients.stop()]);
}

/** In the reverse order, each of them whatever became of the others. */
async function undoAll(undo: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const step of [...undo].reverse()) await step().catch(() => {});
}

async function labelsOf(pool: pg.Pool, showtimeId: string): Promise<string[]> {
  const { rows } = await pool.query<{ label: string }>(
    `SELECT json_array_elements_text(p.document -> 'seats' -> 'label') AS label
       FROM usher.showtimes s JOIN usher.seat_maps p ON p.hash = s.seat_map_hash WHERE s.id = $1`,
    [showtimeId],
  );
  return rows.map(({ label }) => label);
}
