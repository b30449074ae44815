import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../../src/adapters/free-port.js';
import { findPostgresBinaries } from '../../src/adapters/postgres/postgres-binaries.js';
import { readPostmaster, stopPostmaster } from '../../src/adapters/postgres/postmaster.js';
import { unprivileged } from '../../src/adapters/postgres/unprivileged.js';
import { killServer } from './kill-server.js';

export const POSTGRES_USER = 'usher';
export const POSTGRES_PASSWORD = 'for loopback only';
const START_DEADLINE_MS = 30_000;
const STATEMENT_MS_MAX = 15_000;

export interface ServerSettings {
  /** As on the command line of Postgres: `{ max_connections: '20' }`. */
  readonly [name: string]: string;
}

/** Only processes die here, never the machine: what the kernel has is not lost, so that nothing need reach the disk. */
const SETTINGS: ServerSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '32MB',
  fsync: 'off',
  // A standby that was away finds what it missed: there is no archive and no slot.
  wal_keep_size: '256MB',
  wal_retrieve_retry_interval: '100ms',
};

/** One data folder at one port for as long as the test lasts, with whatever server runs on it: a primary or a standby. */
export class PostgresServer {
  readonly name: string;
  readonly port: number;
  readonly data: string;
  readonly #settings: ServerSettings;
  readonly #log: string;

  private constructor(name: string, port: number, directory: string, settings: ServerSettings) {
    this.name = name;
    this.port = port;
    this.data = join(directory, name);
    this.#log = join(directory, `${name}.log`);
    this.#settings = { ...SETTINGS, ...settings };
  }

  /** It is not running, and its data folder does not exist yet. */
  static async at(directory: string, name: string, settings: ServerSettings): Promise<PostgresServer> {
    return new PostgresServer(name, await freePort(), directory, settings);
  }

  urlOf(database: string): string {
    return urlOf(this.port, database);
  }

  /** Makes the data folder of a server that nobody has written to. */
  async initialise(): Promise<void> {
    const [{ initdb }, user] = await Promise.all([findPostgresBinaries(), unprivileged()]);
    const passwordFile = `${this.data}-password`;
    await writeFile(passwordFile, `${POSTGRES_PASSWORD}\n`);
    await mkdir(this.data, { mode: 0o700 });
    await user.give(this.data);
    const options = [`--username=${POSTGRES_USER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    const { file, args } = user.wrap(initdb, [
      `--pgdata=${this.data}`,
      ...options,
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ]);
    await promisify(execFile)(file, [...args], { cwd: '/' });
  }

  /**
   * Resolves when it answers queries; a standby does so as soon as what it has is consistent.
   * @param port another than its own, for a server that nobody but the test is to find.
   */
  async start(port = this.port): Promise<void> {
    const [{ postgres }, user] = await Promise.all([findPostgresBinaries(), unprivileged()]);
    const settings = Object.entries(this.#settings).map(([name, value]) => `-c${name}=${value}`);
    const { file, args } = user.wrap(postgres, [`-D${this.data}`, `-p${port}`, ...settings]);
    const log = await open(this.#log, 'a');
    try {
      // Detached: an interrupt at the terminal is for the test, which ends what it has started.
      const child = spawn(file, args, { cwd: '/', detached: true, stdio: ['ignore', log.fd, log.fd] });
      child.on('error', () => {});
      child.unref();
      await this.#answers(child, port);
    } finally {
      await log.close();
    }
  }

  async isRunning(): Promise<boolean> {
    return (await readPostmaster(this.data)) !== undefined;
  }

  /** As after a power cut: every process of it at once. */
  async kill(): Promise<void> {
    await killServer(this.data);
  }

  /** An orderly end, with a checkpoint; a standby that is connected gets everything first. */
  async stop(): Promise<void> {
    const running = await readPostmaster(this.data);
    if (running) await stopPostmaster(running.pid);
  }

  async destroy(): Promise<void> {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }

  /** One statement over a connection of its own: it works whatever happened to the server since the last one. */
  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.session(async (client) => (await client.query<Row>(text, [...values])).rows);
  }

  session<Result>(use: (client: pg.Client) => Promise<Result>): Promise<Result> {
    return connected(this.urlOf('postgres'), use);
  }

  async #answers(child: ChildProcess, port: number): Promise<void> {
    const giveUpAt = performance.now() + START_DEADLINE_MS;
    for (;;) {
      try {
        await connected(urlOf(port, 'postgres'), (client) => client.query('SELECT'));
        return;
      } catch (error) {
        const hasExited = child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
        if (hasExited || performance.now() > giveUpAt) {
          throw new Error(`Postgres ${this.name} did not start:\n${await this.log()}`, { cause: error });
        }
        await sleep(25);
      }
    }
  }

  /** The end of what it wrote to its log. */
  async log(): Promise<string> {
    return (await readFile(this.#log, 'utf8').catch(() => '')).split('\n').slice(-20).join('\n');
  }
}

function urlOf(port: number, database: string): string {
  return `postgres://${POSTGRES_USER}:${encodeURIComponent(POSTGRES_PASSWORD)}@127.0.0.1:${port}/${database}`;
}

/** A connection for one use. */
export async function connected<Result>(url: string, use: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'test-admin',
    connectionTimeoutMillis: STATEMENT_MS_MAX,
    query_timeout: STATEMENT_MS_MAX,
  });
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}
