import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../src/adapters/free-port.js';

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** What it wrote to its log so far. */
  readonly log: () => string;
  /** Waits until it ends by itself; resolves as `kill` does. */
  exited(): Promise<number | string>;
  /** Resolves with the exit code, or the name of the signal that ended it. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string>;
}

/** Sales go on for long: a test of seats takes whatever showtime the demo cinema has, at whatever time of the day. */
const DEFAULTS = {
  HOST: '127.0.0.1',
  LINK_HOST: '127.0.0.1',
  LOG_LEVEL: 'warn',
  DEMO: 'false',
  DEMO_CROWD: 'false',
  SALES_GRACE_MS: String(7 * 86_400_000),
};

/** The server as its users start it: the built program, in a process of its own. Resolves when it is ready. */
export async function startServer(environment: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const port = environment['PORT'] ?? String(await freePort());
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/main.js'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...DEFAULTS, ...environment, PORT: port },
  });
  let log = '';
  const listen = (chunk: Buffer) => {
    log += chunk.toString();
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const server: ServerProcess = {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    log: () => log,
    exited: async () => ended(child) ?? once(child, 'exit').then(() => ended(child) ?? 'gone'),
    async kill(signal) {
      const exited = server.exited();
      child.kill(signal);
      return await exited;
    },
  };
  await ready(server, child);
  return server;
}

function ended(child: ChildProcess): number | string | undefined {
  return child.exitCode ?? child.signalCode ?? undefined;
}

async function ready(server: ServerProcess, child: ChildProcess): Promise<void> {
  const giveUpAt = performance.now() + 30_000;
  for (;;) {
    const answer = await fetch(`${server.url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    if (ended(child) !== undefined || performance.now() > giveUpAt) {
      child.kill('SIGKILL');
      throw new Error(`The server did not get ready (${ended(child) ?? 'still starting'}). It said:\n${server.log()}`);
    }
    await sleep(30);
  }
}
