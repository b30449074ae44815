/**
 * A real Postgres that comes from npm and lives in a folder: for a first start without any service, for development
 * and for tests. Kept between starts; stopped with the node; recovered after a crash of either.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Log } from '../../kernel/log.js';
import { openDataFolder } from '../data-folder.js';
import { freePort } from '../free-port.js';
import { takeFirstStart } from './first-start.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { clearForeignLock, readPostmaster, stopPostmaster } from './postmaster.js';
import { type Unprivileged, unprivileged } from './unprivileged.js';

const USER = 'usher';
const DATABASE = 'usher';
/** Any constant: it marks the server as in use by a living node, and goes with that node's connection. */
const IN_USE_LOCK = 7_421_001;
const START_DEADLINE_MS = 30_000;

export interface EmbeddedPostgres {
  readonly url: string;
  /** Safe to call twice. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Absolute; data, log and password live in it. */
  readonly directory: string;
  readonly log: Log;
  /** Of a server that is not running yet; absent: any free one. */
  readonly port?: number;
}

/**
 * Starts the server of this folder, or adopts the one that a killed node left running.
 * @throws Error where another living node uses the folder, where there is no binary, or where it does not come up
 * within 30 s; the message says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { directory, log } = options;
  await openDataFolder(directory);
  const files = {
    data: join(directory, 'postgres'),
    log: join(directory, 'postgres.log'),
    password: join(directory, 'postgres-password'),
  };
  const binaries = await findPostgresBinaries();
  const user = await unprivileged();
  const password = await initialise(directory, files, binaries.initdb, user);
  // One port for the life of this node, so that its pools find a restarted server where they left it.
  let port = (await readPostmaster(files.data))?.port ?? options.port ?? (await freePort());

  const launch = async (logMode: 'w' | 'a'): Promise<pg.Client> => {
    for (;;) {
      let child: ChildProcess | undefined;
      if (!(await readPostmaster(files.data))) {
        await clearForeignLock(files.data);
        child = await spawnPostgres(binaries.postgres, files, port, user, logMode);
      }
      const client = await connect(port, password, files, child);
      if (client) return client;
    }
  };
  let lock = await launch('w');
  port = lock.port;
  const owned = await lock.query<{ owned: boolean }>('SELECT pg_try_advisory_lock($1) AS owned', [IN_USE_LOCK]);
  if (!owned.rows[0]?.owned) {
    await lock.end();
    throw new Error(`${directory} is in use by another Usher. Stop it, or set DATA_DIR or DATABASE_URL.`);
  }

  let stopping = false;
  let restarting: Promise<void> | undefined;
  // A server that dies under a living node is started again: sales go on where they stopped.
  const restart = async (): Promise<void> => {
    while (!stopping) {
      log.warn({ event: 'embedded_postgres.restarting' }, 'The embedded Postgres ended. The node starts it again.');
      try {
        lock = await launch('a');
        watch();
        // Not waited for: it comes when Postgres has buried the session that had it.
        lock.query('SELECT pg_advisory_lock($1)', [IN_USE_LOCK]).catch(() => {});
        return;
      } catch (error) {
        log.error({ event: 'embedded_postgres.not_started', err: error }, 'The embedded Postgres did not start.');
        await sleep(1_000);
      }
    }
  };
  const watch = () =>
    lock.once('end', () => {
      restarting = restart();
    });
  watch();

  await createDatabase(lock);
  const stop = async (): Promise<void> => {
    stopping = true;
    // A restart under way would bring a server up behind our back.
    await restarting;
    const running = await readPostmaster(files.data);
    await lock.end().catch(() => {});
    if (running) await stopPostmaster(running.pid);
  };
  let stopped: Promise<void> | undefined;
  return {
    url: `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

interface Files {
  readonly data: string;
  readonly log: string;
  readonly password: string;
}

/** Makes the data folder where there is none; returns the password of the superuser of this private server. */
async function initialise(directory: string, files: Files, initdb: string, user: Unprivileged): Promise<string> {
  if (await isWhole(files.data)) return await readPassword(files);
  const release = await takeFirstStart(directory);
  try {
    // Another first start may have ended just before.
    if (await isWhole(files.data)) return await readPassword(files);
    return await makeData(files, initdb, user);
  } finally {
    await release();
  }
}

/** @throws Error where there is something in its place that is no whole data folder: it may be all that is left of the data. */
async function isWhole(data: string): Promise<boolean> {
  const names = await readdir(data).catch((): string[] => []);
  if (names.length === 0) return false;
  if (names.includes('PG_VERSION')) return true;
  throw new Error(
    `${data} has no PG_VERSION, so it is no whole data folder of Postgres. Nothing was changed. ` +
      'Restore it from a backup, or move it away to start with an empty database.',
  );
}

async function readPassword(files: Files): Promise<string> {
  const password = await readFile(files.password, 'utf8').catch((cause: unknown) => {
    throw new Error(
      `${files.password} cannot be read, and without it the database in ${files.data} cannot be opened. ` +
        'Restore that file, or move both away to start with an empty database.',
      { cause },
    );
  });
  return password.trim();
}

async function makeData(files: Files, initdb: string, user: Unprivileged): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  await writeFile(files.password, `${password}\n`, { mode: 0o600 });
  // Made aside and renamed when whole, so that a start which was cut short leaves nothing half-made to trip over.
  const fresh = `${files.data}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await user.give(fresh);
  const { file, args } = user.wrap(initdb, [
    `--pgdata=${fresh}`,
    `--username=${USER}`,
    `--pwfile=${files.password}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ]);
  await promisify(execFile)(file, [...args], { cwd: '/' });
  await rename(fresh, files.data);
  return password;
}

async function spawnPostgres(
  postgres: string,
  files: Files,
  port: number,
  user: Unprivileged,
  logMode: 'w' | 'a',
): Promise<ChildProcess> {
  const { file, args } = user.wrap(postgres, [
    `-D${files.data}`,
    `-p${port}`,
    '-clisten_addresses=127.0.0.1',
    '-cunix_socket_directories=',
    '-cmax_connections=100',
    '-cshared_buffers=128MB',
  ]);
  const log = await open(files.log, logMode);
  try {
    // Detached: an interrupt at the terminal is meant for the node, which drains first and then stops the server.
    // A file and not a pipe: the log must not break when the node is killed.
    const child = spawn(file, args, { cwd: '/', detached: true, stdio: ['ignore', log.fd, log.fd] });
    child.on('error', () => {});
    child.unref();
    return child;
  } finally {
    await log.close();
  }
}

/**
 * Waits until the server takes connections: it may still be recovering from a crash. The port is that of the server which
 * won, where two nodes started one at the same moment. Undefined: the server was not ours (no `child`), and it is gone,
 * as one may be that was found in the moment in which it died.
 */
async function connect(
  port: number,
  password: string,
  files: Files,
  child: ChildProcess | undefined,
): Promise<pg.Client | undefined> {
  const giveUpAt = performance.now() + START_DEADLINE_MS;
  for (;;) {
    const running = await readPostmaster(files.data);
    const client = new pg.Client({
      host: '127.0.0.1',
      port: running?.port ?? port,
      user: USER,
      password,
      database: 'postgres',
      keepAlive: true,
      application_name: 'usher-embedded',
    });
    client.on('error', () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      if (!child && !running) return undefined;
      const hasExited = child && (child.exitCode !== null || child.signalCode !== null || child.pid === undefined);
      const isGone = hasExited && !running;
      if (isGone || performance.now() > giveUpAt) {
        const tail = (await readFile(files.log, 'utf8').catch(() => '')).split('\n').slice(-6).join('\n');
        throw new Error(`The embedded Postgres did not come up. Its log, ${files.log}, ends:\n${tail}`, {
          cause: error,
        });
      }
      await sleep(50);
    }
  }
}

async function createDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
}
