import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../adapters/free-port.js';

export interface RedisServerOptions {
  /** Where it runs; it must exist. */
  readonly directory: string;
  /** A free one, where none is given. */
  readonly port?: number;
  /** Further arguments, such as `--cluster-enabled yes`, after our own. */
  readonly args?: readonly string[];
  /** The program, where it is not `redis-server` of the PATH. It is never installed then. */
  readonly program?: string;
  /** Is told, in one line, what takes long. */
  readonly say?: (line: string) => void;
}

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when it has ended; with SIGTERM at the latest after five seconds. Calling it again is harmless. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

const run = promisify(execFile);
const START_MS_MAX = 10_000;
const STOP_MS_MAX = 5_000;

/**
 * Starts a Redis of this host's own, that keeps nothing on disk, and resolves when it answers. Where `redis-server` is
 * missing, root on Debian installs it. On Linux it ends with the process that started it, however that ends; elsewhere
 * one whose parent was killed must be ended by hand.
 * @throws Error that says how to install it, or what it said when it did not start.
 */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const program = options.program ?? 'redis-server';
  if (!(await runs(program, '--version'))) await install(options);
  const port = options.port ?? (await freePort());
  const child = await start(program, [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', options.directory],
    ...['--save', '', '--appendonly', 'no', '--daemonize', 'no', '--loglevel', 'warning'],
    ...(options.args ?? []),
  ]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString()).slice(-4_000);
    });
  }
  const server = { url: `redis://127.0.0.1:${port}`, port, pid: child.pid ?? 0, stop: stopper(child) };
  const giveUpAt = performance.now() + START_MS_MAX;
  for (;;) {
    const found = await whoServes(port);
    if (found === child.pid || (found === 'unknown' && !hasEnded(child))) return server;
    if (found !== undefined || hasEnded(child) || performance.now() > giveUpAt) {
      await server.stop('SIGKILL');
      const what = found === undefined ? 'did not start on' : 'does not run on, since another server has,';
      throw new Error(`redis-server ${what} port ${port}. It said:\n${said}`);
    }
    await sleep(20);
  }
}

/** setpriv (util-linux, on every Debian) has the kernel end the server with its parent; the process id stays the same. */
async function start(program: string, args: readonly string[]): Promise<ChildProcess> {
  const endsWithUs = ['--pdeathsig', 'KILL', '--'];
  const isThere = os.platform() === 'linux' && (await runs('setpriv', ...endsWithUs, 'true'));
  const [file, all] = isThere ? ['setpriv', [...endsWithUs, program, ...args]] : [program, [...args]];
  // Ctrl-C at a terminal goes to all of its group: Redis is to outlive the nodes that say goodbye over it.
  const child = spawn(file, all, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  await once(child, 'spawn');
  return child;
}

async function install({ program, say = () => {} }: RedisServerOptions): Promise<void> {
  const isRootOnDebian = os.userInfo().uid === 0 && existsSync('/etc/debian_version');
  if (program !== undefined || !isRootOnDebian) {
    const how =
      'apt-get install redis-server, brew install redis, or https://redis.io/docs/latest/operate/oss_and_stack/install';
    throw new Error(`${program ?? 'redis-server'} is not here. Install it (${how}), or give the URL of a running one.`);
  }
  say('Redis is not here: installing it by apt-get install -y redis-server.');
  const apt = (...args: string[]) => run('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args]);
  const attempt = () => apt('install', '-y', '--no-install-recommends', 'redis-server');
  // The list of packages may be empty, as in a fresh container, or too old.
  await attempt().catch(() => apt('update').then(attempt));
}

async function runs(program: string, ...args: readonly string[]): Promise<boolean> {
  return await run(program, args).then(
    () => true,
    () => false,
  );
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function stopper(child: ChildProcess): RedisServer['stop'] {
  return async (signal = 'SIGTERM') => {
    if (hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const enough = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(enough);
  };
}

/** The process id of the Redis that answers there; unknown where it wants a password first, undefined where none answers. */
function whoServes(port: number): Promise<number | 'unknown' | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => void socket.write('INFO server\r\n'));
    let answer = '';
    const settle = (found: number | 'unknown' | undefined) => {
      socket.destroy();
      resolve(found);
    };
    socket.setTimeout(1_000, () => settle(undefined));
    socket.on('error', () => settle(undefined));
    socket.on('close', () => settle(undefined));
    socket.on('data', (bytes) => {
      answer += bytes.toString();
      const processId = /^process_id:(\d+)\r/m.exec(answer)?.[1];
      if (processId) settle(Number(processId));
      else if (answer.startsWith('-NOAUTH')) settle('unknown');
    });
  });
}
