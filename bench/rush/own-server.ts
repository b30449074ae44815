import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/adapters/free-port.js';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-postgres.js';
import type { Log } from '../../src/runtime/ports.js';

export interface OwnServer {
  readonly url: URL;
  readonly databaseUrl: string;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;
const STOPPED_WITHIN_MS = 15_000;
/** A client that missed the last delta learns it from the next heartbeat; the verdict waits for one. */
const HEARTBEAT_MS = 1_000;

const quiet: Log = { debug() {}, info() {}, warn() {}, error: (fields, message) => console.error(message, fields) };

/**
 * Starts a Postgres in a temporary folder and a node of the built server over it: its own process, as in life, so that
 * it shares nothing with the clients but the machine.
 * @param program the server's bundle.
 */
export async function startOwnServer(program: string, holdTtlMs: number): Promise<OwnServer> {
  const directory = await mkdtemp(join(tmpdir(), 'usher-rush-'));
  const undo: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const postgres = await startEmbeddedPostgres({ directory, log: quiet });
    undo.push(() => postgres.stop());
    const port = await freePort();
    const server = spawn(process.execPath, ['--enable-source-maps', program], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        HOST: '127.0.0.1',
        PORT: String(port),
        DATABASE_URL: postgres.url,
        DATA_DIR: directory,
        LOG_LEVEL: 'warn',
        DEMO: 'false',
        HOLD_TTL_MS: String(holdTtlMs),
        HEARTBEAT_MS: String(HEARTBEAT_MS),
      },
    });
    undo.push(() => stopServer(server));
    const url = new URL(`http://127.0.0.1:${port}`);
    await ready(url, server);
    return { url, databaseUrl: postgres.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ready(url: URL, server: ChildProcess): Promise<void> {
  const giveUpAt = performance.now() + READY_WITHIN_MS;
  while (performance.now() < giveUpAt) {
    if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode} before it was ready.`);
    const answer = await fetch(new URL('/readyz', url)).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error('The server was not ready in time.');
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  const timer = setTimeout(() => server.kill('SIGKILL'), STOPPED_WITHIN_MS);
  await exited;
  clearTimeout(timer);
}
