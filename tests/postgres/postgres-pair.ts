import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unprivileged } from '../../src/adapters/postgres/unprivileged.js';
import { FaultyLink } from '../torture/stage/faulty-link.js';
import { copyRunningServer, put } from './copy-running-server.js';
import { POSTGRES_PASSWORD, POSTGRES_USER, PostgresServer, type ServerSettings } from './postgres-server.js';

const STANDBY_NAME = 'standby';
const DATABASE = 'usher';
const STREAM_MS_MAX = 30_000;

export interface PairOptions {
  /** The primary acknowledges a commit only when the standby has it on disk (`synchronous_standby_names`). */
  readonly synchronous?: boolean;
  /** Of both servers, for instance `{ max_connections: '20' }`. */
  readonly settings?: ServerSettings;
}

/**
 * A primary and a standby that follows it by streaming replication, at two ports that stay: they change roles and are
 * rebuilt, and the URLs go on being right. Plus a proxy port that leads to whichever of the two it is pointed at.
 */
export class PostgresPair {
  /** The way by which the standby follows: held or cut, the standby lags. */
  readonly replication: FaultyLink;
  /** One stable port, as of a load balancer or a floating address: `proxy.moveTo(server.port)`. */
  readonly proxy: FaultyLink;
  readonly servers: readonly [PostgresServer, PostgresServer];
  readonly #directory: string;
  readonly #isSynchronous: boolean;
  #primary: PostgresServer;
  #standby: PostgresServer;

  private constructor(
    servers: readonly [PostgresServer, PostgresServer],
    links: { readonly replication: FaultyLink; readonly proxy: FaultyLink },
    directory: string,
    isSynchronous: boolean,
  ) {
    this.servers = servers;
    [this.#primary, this.#standby] = servers;
    this.replication = links.replication;
    this.proxy = links.proxy;
    this.#directory = directory;
    this.#isSynchronous = isSynchronous;
  }

  /** Resolves when the standby streams; the database `usher` exists and is empty. */
  static async start({ synchronous = false, settings = {} }: PairOptions = {}): Promise<PostgresPair> {
    const directory = await mkdtemp(join(tmpdir(), 'usher-pair-'));
    const a = await PostgresServer.at(directory, 'a', settings);
    const b = await PostgresServer.at(directory, 'b', settings);
    const [replication, proxy] = await Promise.all([FaultyLink.to(a.port), FaultyLink.to(a.port)]);
    const pair = new PostgresPair([a, b], { replication, proxy }, directory, synchronous);
    try {
      await a.initialise();
      await a.start();
      await a.query(`CREATE DATABASE ${DATABASE}`);
      await pair.rebuildStandby();
    } catch (error) {
      await pair.stop();
      throw error;
    }
    return pair;
  }

  /** Takes writes, unless it was killed. */
  get primary(): PostgresServer {
    return this.#primary;
  }

  /** Follows; after a promotion: the former primary, dead or alive, until `rebuildStandby`. */
  get standby(): PostgresServer {
    return this.#standby;
  }

  /** Both servers, in libpq's form of several hosts; it stays right through every change of roles. */
  get url(): string {
    const hosts = this.servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
    return `postgres://${POSTGRES_USER}:${encodeURIComponent(POSTGRES_PASSWORD)}@${hosts}/${DATABASE}`;
  }

  /** By way of the proxy's one port. */
  get proxyUrl(): string {
    const url = new URL(this.#primary.urlOf(DATABASE));
    url.port = String(this.proxy.port);
    return url.href;
  }

  get primaryUrl(): string {
    return this.#primary.urlOf(DATABASE);
  }

  /**
   * The standby gets nothing from now on, and lags: an asynchronous primary goes on, a synchronous one lets every commit
   * wait. (To stop the replay alone would make no lag: a promotion replays all that was received.)
   */
  cutReplication(): void {
    this.replication.cut();
  }

  async resumeReplication(): Promise<void> {
    this.replication.heal(false);
    await this.caughtUp();
  }

  /** Resolves when the standby has all that the primary has written up to now. */
  async caughtUp(): Promise<void> {
    const [at] = await this.#primary.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn() AS lsn');
    await this.#until('catch up', async () => {
      const [row] = await this.#primary.query<{ ok: boolean }>(
        `SELECT bool_or(replay_lsn >= $1::pg_lsn) AS ok FROM pg_stat_replication WHERE state = 'streaming'`,
        [at?.lsn],
      );
      return row?.ok === true;
    });
  }

  /** `kill -9` of the primary and all its children. */
  async killPrimary(): Promise<void> {
    await this.#primary.kill();
  }

  /**
   * Makes the standby the primary, whatever the former primary does: kill or stop it first, else there are two. The proxy
   * leads where it led before. Resolves when the new primary takes writes, with the moment of that on `performance.now()`.
   */
  async promote(): Promise<number> {
    const promoted = this.#standby;
    const [row] = await promoted.query<{ ok: boolean }>('SELECT pg_promote(true, 60) AS ok');
    if (row?.ok !== true) throw new Error(`${promoted.name} was not promoted:\n${await promoted.log()}`);
    const at = performance.now();
    [this.#primary, this.#standby] = [promoted, this.#primary];
    return at;
  }

  /**
   * The server that is not the primary becomes a standby of it, from a new base backup; the primary goes on working
   * meanwhile. What that server had is thrown away. In a synchronous pair commits wait for it from then on.
   */
  async rebuildStandby(): Promise<void> {
    const standby = this.#standby;
    await standby.destroy();
    this.replication.heal(false);
    this.replication.moveTo(this.#primary.port);
    await copyRunningServer(this.#primary, standby.data);
    const user = await unprivileged();
    const conninfo = [
      `host=127.0.0.1 port=${this.replication.port} user=${POSTGRES_USER}`,
      `password=''${POSTGRES_PASSWORD}'' application_name=${STANDBY_NAME}`,
    ].join(' ');
    // Nothing of the primary's own settings: once promoted, it has no standby to wait for.
    await put(join(standby.data, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\n`, user);
    await put(join(standby.data, 'standby.signal'), '', user);
    await standby.start();
    await this.caughtUp();
    if (this.#isSynchronous) await this.waitForStandby(true);
  }

  /** Whether commits wait for the standby; resolves when the primary goes by it. */
  async waitForStandby(wait: boolean): Promise<void> {
    const names = wait ? STANDBY_NAME : '';
    await this.#primary.query(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
    await this.#primary.query('SELECT pg_reload_conf()');
    await this.#until('be synchronous', async () => {
      const [row] = await this.#primary.query<{ names: string }>(
        `SELECT current_setting('synchronous_standby_names') AS names`,
      );
      return row?.names === names;
    });
    // The checkpointer publishes the setting to the backends. It has the signal by now, and minds it before a checkpoint.
    await this.#primary.query('CHECKPOINT');
  }

  /** Process ids of the primary's backends whose commit waits for the standby. */
  async waitingBackends(): Promise<readonly number[]> {
    const rows = await this.#primary.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND backend_type = 'client backend'`,
    );
    return rows.map(({ pid }) => pid);
  }

  /** Cancels every wait for the standby (`pg_cancel_backend`); returns how many there were. */
  async cancelWaits(): Promise<number> {
    const pids = await this.waitingBackends();
    if (pids.length > 0)
      await this.#primary.query('SELECT pg_cancel_backend(pid) FROM unnest($1::int[]) AS pid', [pids]);
    return pids.length;
  }

  async stop(): Promise<void> {
    for (const server of this.servers) await server.destroy();
    await Promise.all([this.replication.stop(), this.proxy.stop()]);
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const giveUpAt = performance.now() + STREAM_MS_MAX;
    while (!(await isSo())) {
      if (performance.now() > giveUpAt) {
        throw new Error(`The standby did not ${what} within ${STREAM_MS_MAX} ms:\n${await this.#standby.log()}`);
      }
      await sleep(25);
    }
  }
}
