import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../src/adapters/free-port.js';
import { unprivileged } from '../../src/adapters/postgres/unprivileged.js';

const run = promisify(execFile);
/** Debian installs it there, where a shell of root finds it and others may not. */
const PROGRAM = '/usr/sbin/pgbouncer';
const START_MS_MAX = 10_000;

export type PoolMode = 'session' | 'transaction' | 'statement';

export interface PgBouncer {
  /** As `databaseUrl`, by way of it. */
  readonly url: string;
  /** Ends it as a crash would and starts it again at the same port: it knows nothing of what was prepared over it. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface PgBouncerOptions {
  readonly mode: PoolMode;
  /** Connections to Postgres; fewer than clients, so that these share them. */
  readonly poolSize?: number;
  /** Lines of its section of the same name. */
  readonly settings?: readonly string[];
}

/**
 * The real PgBouncer before the Postgres of `databaseUrl`, with nothing set that its packages leave out: above all it
 * ignores no start-up parameter.
 */
export async function startPgBouncer(databaseUrl: string, options: PgBouncerOptions): Promise<PgBouncer> {
  const { hostname, port, username, password } = new URL(databaseUrl);
  const directory = await mkdtemp(join(tmpdir(), 'usher-pgbouncer-'));
  const user = await unprivileged();
  const [ini, users, log] = [join(directory, 'pgbouncer.ini'), join(directory, 'users.txt'), join(directory, 'log')];
  const ownPort = await freePort();
  await writeFile(users, `"${username}" "${decodeURIComponent(password)}"\n`);
  await writeFile(
    ini,
    [
      '[databases]',
      `* = host=${hostname} port=${port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${ownPort}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${users}`,
      `pool_mode = ${options.mode}`,
      `default_pool_size = ${options.poolSize ?? 20}`,
      ...(options.settings ?? []),
    ].join('\n'),
  );
  for (const path of [directory, ini, users]) await user.give(path);
  let child: ChildProcess | undefined;
  const start = async () => {
    const output = await open(log, 'a');
    const { file, args } = user.wrap(PROGRAM, [ini]);
    child = spawn(file, args, { cwd: '/', stdio: ['ignore', output.fd, output.fd] });
    await output.close();
    await listening(ownPort, child, log);
  };
  const end = async () => {
    const ending = child;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, 'exit');
    ending.kill('SIGKILL');
    await exited;
  };
  await start();
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${ownPort}`;
  return {
    url: url.href,
    async restart() {
      await end();
      await start();
    },
    async stop() {
      await end();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function listening(port: number, child: ChildProcess, log: string): Promise<void> {
  const giveUpAt = performance.now() + START_MS_MAX;
  for (;;) {
    const socket = net.connect(port, '127.0.0.1');
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    if (child.exitCode !== null || performance.now() > giveUpAt) {
      throw new Error(`PgBouncer did not start:\n${await readFile(log, 'utf8')}`);
    }
    await sleep(20);
  }
}

/**
 * Undefined: tests on PgBouncer can run. Else why not; with CI=true that is a failure and no reason to skip. Root on Debian
 * gets it installed.
 */
export async function whyNoPgBouncer(): Promise<string | undefined> {
  const isThere = () => run(PROGRAM, ['--version']);
  try {
    await isThere();
    return undefined;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    if (userInfo().uid !== 0) return `there is no ${PROGRAM}`;
    try {
      await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'pgbouncer']);
      await isThere();
      return undefined;
    } catch (failure) {
      return `there is no ${PROGRAM}, and it could not be installed: ${failure instanceof Error ? failure.message : failure}`;
    }
  }
}
