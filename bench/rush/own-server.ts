import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/adapters/free-port.js';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-postgres.js';
import { quiet } from '../suite/quiet.js';
import { RunningProgram } from '../suite/running-program.js';

export interface OwnServer {
  readonly url: URL;
  readonly databaseUrl: string;
  stop(): Promise<void>;
}

/** A client that missed the last delta learns it from the next heartbeat; the verdict waits for one. */
const HEARTBEAT_MS = 1_000;

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
    const url = new URL(`http://127.0.0.1:${port}`);
    const server = await RunningProgram.start({
      command: process.execPath,
      args: ['--enable-source-maps', program],
      env: {
        HOST: '127.0.0.1',
        PORT: String(port),
        DATABASE_URL: postgres.url,
        DATA_DIR: directory,
        LOG_LEVEL: 'warn',
        DEMO: 'false',
        HOLD_TTL_MS: String(holdTtlMs),
        HEARTBEAT_MS: String(HEARTBEAT_MS),
      },
      readyUrl: new URL('/readyz', url),
    });
    undo.push(() => server.stop());
    return { url, databaseUrl: postgres.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
