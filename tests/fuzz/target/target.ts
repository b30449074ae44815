import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT } from 'jose';
import pg from 'pg';
import { rushHall } from '../../../bench/rush/hall.js';
import { openSale } from '../../../bench/rush/showtime.js';
import { startEmbeddedPostgres } from '../../../src/adapters/postgres/embedded-postgres.js';
import { type ServerProcess, startServer } from '../../server-process.js';
import { silentLog } from '../../silent-log.js';

const SECRET = 'the fuzzer signs its own staff with this';
/** Past it an outcome is forgotten, and what is in memory then is not what was asked but what there is. */
const REPLAY_WINDOW_MS = 20_000;
export const HOLD_TTL_MS = 4_000;

/** Any rate that the fuzzer could reach would only hide what is behind it; the tests of rates have their own. */
const UNBOUNDED_RATES = {
  MESSAGES_PER_SECOND: '10000000',
  HTTP_REQUESTS_PER_SECOND: '10000000',
  SOCKETS_PER_SECOND: '10000000',
  SESSIONS_PER_SECOND: '10000000',
};

/** In the server, at SIGUSR2: what is not garbage, written where the fuzzer looks. */
const MEMORY_REPORT = `
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { writeFileSync } from 'node:fs';
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => {
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  setTimeout(() => {
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    writeFileSync(process.env.MEMORY_REPORT_FILE, JSON.stringify(process.memoryUsage()));
  }, 50);
});`;

export interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

export interface Showtime {
  readonly id: string;
  readonly labels: readonly string[];
}

/** Those that run: what is interrupted must leave no server and no Postgres behind. */
const running = new Set<Target>();

export async function stopTargets(): Promise<void> {
  await Promise.all([...running].map((target) => target.stop()));
}

/** A server of its own with a Postgres of its own, and a look at both from outside. */
export class Target {
  readonly server: ServerProcess;
  readonly pool: pg.Pool;
  readonly port: number;
  readonly #memoryFile: string;
  readonly #undo: (() => Promise<unknown>)[];

  private constructor(server: ServerProcess, pool: pg.Pool, memoryFile: string, undo: (() => Promise<unknown>)[]) {
    this.server = server;
    this.pool = pool;
    this.port = Number(new URL(server.url).port);
    this.#memoryFile = memoryFile;
    this.#undo = undo;
  }

  /** @param settings of the server, over those that let everything through. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<Target> {
    const directory = await mkdtemp(join(tmpdir(), 'usher-fuzz-'));
    const undo: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
    try {
      const postgres = await startEmbeddedPostgres({ directory, log: silentLog });
      undo.push(() => postgres.stop());
      const memoryFile = join(directory, 'memory.json');
      const server = await startServer({
        ...UNBOUNDED_RATES,
        DATABASE_URL: postgres.url,
        DATA_DIR: directory,
        TOKEN_SECRET: SECRET,
        LOG_LEVEL: 'info',
        HOLD_TTL_MS: String(HOLD_TTL_MS),
        REPLAY_WINDOW_MS: String(REPLAY_WINDOW_MS),
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(MEMORY_REPORT)}`,
        MEMORY_REPORT_FILE: memoryFile,
        ...settings,
      });
      undo.push(() => server.kill('SIGTERM'));
      const pool = new pg.Pool({ connectionString: postgres.url, max: 4 });
      pool.on('error', () => {});
      undo.push(() => pool.end());
      const target = new Target(server, pool, memoryFile, undo);
      running.add(target);
      return target;
    } catch (error) {
      for (const step of undo.reverse()) await step();
      throw error;
    }
  }

  async openShowtime(seats: number): Promise<Showtime> {
    const id = await openSale(this.pool, seats, HOLD_TTL_MS);
    return { id, labels: rushHall(seats).seats.label };
  }

  /** A session that may block seats. */
  async staffToken(name: string): Promise<string> {
    return await new SignJWT({ role: 'staff' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('usher')
      .setAudience('usher')
      .setSubject(name)
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(SECRET));
  }

  get alive(): boolean {
    try {
      return process.kill(this.server.pid, 0);
    } catch {
      return false;
    }
  }

  /** Sockets that the server has open, to clients and to Postgres; NaN where the platform does not tell. */
  sockets(): number {
    if (process.platform !== 'linux') return Number.NaN;
    const folder = `/proc/${this.server.pid}/fd`;
    const isSocket = (fd: string) => {
      try {
        return readlinkSync(`${folder}/${fd}`).startsWith('socket:');
      } catch {
        // Closed since the folder was read.
        return false;
      }
    };
    return readdirSync(folder).filter(isSocket).length;
  }

  /** NaN where the platform does not tell. */
  residentBytes(): number {
    if (process.platform !== 'linux') return Number.NaN;
    const status = readFileSync(`/proc/${this.server.pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** Waits until holds and outcomes have run out, and says what is in use then. */
  async settledMemory(): Promise<Memory> {
    await sleep(Math.max(REPLAY_WINDOW_MS, HOLD_TTL_MS) + 2_000);
    return await this.memory();
  }

  async memory(): Promise<Memory> {
    await rm(this.#memoryFile, { force: true });
    process.kill(this.server.pid, 'SIGUSR2');
    for (let tries = 0; tries < 100; tries++) {
      await sleep(50);
      const text = await readFile(this.#memoryFile, 'utf8').catch(() => '');
      if (text.endsWith('}')) return JSON.parse(text) as Memory;
    }
    throw new Error('The server did not tell its memory within 5 s.');
  }

  /** Lines of the log that tell of a fault, and how many there are in all. */
  log(): { readonly lines: number; readonly bytes: number; readonly faults: readonly string[] } {
    const text = this.server.log();
    const lines = text.split('\n').filter((line) => line !== '');
    // pino's numbers: 50 is error, 60 fatal. What is no JSON is no line of the log, but of Node itself.
    const faults = lines.filter((line) => /"level":[56]0/.test(line) || (!line.startsWith('{') && /error/i.test(line)));
    return { lines: lines.length, bytes: text.length, faults };
  }

  /** @returns how the server ended: 0 where it went as it was asked to. */
  async stop(): Promise<number | string> {
    running.delete(this);
    const exit = await this.server.kill('SIGTERM');
    for (const step of this.#undo.splice(0).reverse()) await step();
    return exit;
  }
}
