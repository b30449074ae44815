import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openSale } from '../../../bench/rush/showtime.js';
import { migrate } from '../../../src/adapters/postgres/migrate.js';
import { startRedis, type TestRedis } from '../../redis/redis.js';
import { silentLog } from '../../silent-log.js';
import type { LifeLine, ShowtimeLine } from '../checker/history.js';
import { PairedDatabase, type Promotion } from './paired-database.js';
import { LoneDatabase, type StagedDatabase } from './staged-database.js';
import { closeNode, type StagedNode, stageNode } from './staged-node.js';

export interface StageOptions {
  readonly nodes: number;
  /** Postgres has a standby, and can be failed over. */
  readonly standby: boolean;
  readonly program: string;
  /** The folder of the migrations. */
  readonly sql: string;
  readonly showtimes: readonly { readonly seats: number; readonly holdTtlMs: number; readonly isQuiet: boolean }[];
  /** Of one node, besides those that every node has here. */
  readonly settingsOf?: (node: string) => Readonly<Record<string, string>>;
  readonly onCrash: (node: string, how: string) => void;
}

/** What a stage and its faults have to say for the history. */
export interface Witness {
  life(node: string, phase: LifeLine['phase']): void;
  moment(name: string, showtimes: readonly string[]): void;
  promotion(promotion: Promotion): void;
}

const NOBODY: Witness = { life() {}, moment() {}, promotion() {} };

const READY_MS_MAX = 30_000;

/** A Postgres, a Redis and nodes of its own, in a temporary folder, with a faulty link wherever one of them meets another. */
export class Stage {
  readonly nodes: readonly StagedNode[];
  readonly redis: TestRedis;
  readonly pool: pg.Pool;
  readonly showtimes: readonly ShowtimeLine[];
  readonly database: StagedDatabase;
  /** To be set by whoever writes the history. */
  witness: Witness = NOBODY;
  readonly #undo: readonly (() => Promise<unknown>)[];

  private constructor(
    parts: Pick<Stage, 'nodes' | 'redis' | 'pool' | 'showtimes' | 'database'>,
    undo: readonly (() => Promise<unknown>)[],
  ) {
    this.nodes = parts.nodes;
    this.redis = parts.redis;
    this.pool = parts.pool;
    this.showtimes = parts.showtimes;
    this.database = parts.database;
    this.#undo = undo;
  }

  /** Resolves when all nodes are ready. What was started is ended again where it fails. */
  static async open(options: StageOptions): Promise<Stage> {
    const directory = await mkdtemp(join(tmpdir(), 'usher-torture-'));
    let stage: Stage | undefined;
    const undo: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
    try {
      const database = options.standby ? await PairedDatabase.open() : await LoneDatabase.in(directory);
      undo.push(() => database.stop());
      const redis = await startRedis();
      undo.push(() => redis.stop());
      await migrate(database.url, options.sql, silentLog);
      const pool = new pg.Pool({
        connectionString: database.url,
        application_name: 'test-conductor',
        max: 3,
        connectionTimeoutMillis: 5_000,
      });
      pool.on('error', () => {});
      undo.push(() => pool.end());
      const showtimes: ShowtimeLine[] = [];
      for (const { seats, holdTtlMs, isQuiet } of options.showtimes) {
        const id = await openSale(pool, seats, holdTtlMs);
        showtimes.push({ id, labels: await labelsOf(pool, id), holdTtlMs, isQuiet });
      }
      const nodes: StagedNode[] = [];
      for (let i = 0; i < options.nodes; i++) {
        const name = `node-${i + 1}`;
        const node = await stageNode(name, {
          ...{ directory, redis, program: options.program, clustered: options.nodes > 1 },
          database: await database.wayOf(i),
          settings: options.settingsOf?.(name) ?? {},
          onCrash: (_, how) => options.onCrash(name, how),
          onLife: (_, phase) => stage?.witness.life(name, phase),
        });
        undo.push(() => closeNode(node));
        nodes.push(node);
        node.process.start();
      }
      stage = new Stage({ nodes, redis, pool, showtimes, database }, undo);
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

  /** Showtimes of which somebody wants a hold at any moment: figures are counted from them. */
  get busyShowtimes(): readonly string[] {
    return this.showtimes.filter(({ isQuiet }) => !isQuiet).map(({ id }) => id);
  }

  /** The busy showtimes that a node claimed last, as Postgres has it. */
  async ownedBy(node: StagedNode): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ id: string }>(
      'SELECT showtime_id AS id FROM usher.showtime_owners WHERE node = $1',
      [node.process.name],
    );
    return rows.map(({ id }) => id).filter((id) => this.busyShowtimes.includes(id));
  }

  /** @throws Error where Postgres has no standby. */
  get pair(): PairedDatabase {
    if (this.database instanceof PairedDatabase) return this.database;
    throw new Error('This Postgres has no standby.');
  }

  async close(): Promise<void> {
    await undoAll(this.#undo);
  }
}

/** In the reverse order, each of them whatever became of the others. */
async function undoAll(undo: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const step of [...undo].reverse()) await step().catch(() => {});
}

async function labelsOf(pool: pg.Pool, showtimeId: string): Promise<string[]> {
  const { rows } = await pool.query<{ label: string }>(
    `SELECT json_array_elements_text(p.document -> 'seats' -> 'label') AS label
       FROM boxoffice.showtimes s JOIN boxoffice.seat_maps p ON p.hash = s.seat_map_hash WHERE s.id = $1`,
    [showtimeId],
  );
  return rows.map(({ label }) => label);
}
