import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { freePort } from '../../src/adapters/free-port.js';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-postgres.js';
import { LOAD_PROCESSES } from './cores.js';
import { LoadCrew, type Orders } from './load-crew.js';
import { quiet } from './quiet.js';
import { RunningProgram } from './running-program.js';

export interface Served {
  readonly url: URL;
  readonly program: RunningProgram;
}

export interface Database {
  readonly url: string;
  readonly pool: pg.Pool;
}

/** The bundles that `npm run build:bench` makes lie beside this one. */
const bundle = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Limits against floods, which a load generator is: lifted, all else is as users have it. */
const UNLIMITED = {
  MESSAGES_PER_SECOND: '100000000',
  SOCKETS_PER_SECOND: '100000000',
  SESSIONS_PER_SECOND: '100000000',
  HTTP_REQUESTS_PER_SECOND: '100000000',
};

/** Where one benchmark runs: what it starts here is stopped with it, whatever happens. */
export class Stage {
  readonly say: (what: string) => void;
  readonly #nodeFlags: readonly string[];
  readonly #undo: (() => Promise<unknown> | unknown)[] = [];
  #directory: Promise<string> | undefined;

  /** @param profiles a folder for V8 profiles of the nodes that are started; absent: none are taken. */
  constructor(say: (what: string) => void, profiles?: string) {
    this.say = say;
    this.#nodeFlags = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
  }

  /** A folder of this benchmark's own, removed at the end. */
  directory(): Promise<string> {
    this.#directory ??= mkdtemp(join(tmpdir(), 'usher-bench-')).then((path) => {
      this.#undo.push(() => rm(path, { recursive: true, force: true }));
      return path;
    });
    return this.#directory;
  }

  /** A new real Postgres, as Usher starts it: on disk, with fsync. `name` tells several of one benchmark apart. */
  async postgres(name = 'postgres'): Promise<Database> {
    const directory = join(await this.directory(), name);
    const postgres = await startEmbeddedPostgres({ directory, log: quiet });
    this.#undo.push(() => postgres.stop());
    const pool = new pg.Pool({ connectionString: postgres.url, max: 4 });
    // Without a listener, a connection that the stop of Postgres ends would end us.
    pool.on('error', () => {});
    this.#undo.push(() => pool.end());
    return { url: postgres.url, pool };
  }

  /** A node of the built server over `database`, without limits against floods. */
  async usher(database: Database, env: Readonly<Record<string, string>> = {}): Promise<Served> {
    return await this.serve(process.execPath, ['--enable-source-maps', ...this.#nodeFlags, bundle('../../main.js')], {
      readyPath: '/readyz',
      env: {
        ...UNLIMITED,
        DATABASE_URL: database.url,
        DATA_DIR: await this.directory(),
        LOG_LEVEL: 'warn',
        DEMO: 'false',
        ...env,
      },
    });
  }

  /** A program of `ceilings/`, by its name. */
  async ceiling(name: string, env: Readonly<Record<string, string>> = {}): Promise<Served> {
    return await this.serve(process.execPath, [bundle(`../ceilings/${name}.js`)], { readyPath: '/readyz', env });
  }

  /**
   * A program of `tests/kit` that stands for somebody else's server: it runs where the load does, and `args` tell it its port.
   */
  async standIn(name: string, args: (port: number) => readonly string[], readyPath: string): Promise<Served> {
    const port = await freePort();
    const url = new URL(`http://127.0.0.1:${port}`);
    const program = await RunningProgram.start({
      role: 'load',
      command: process.execPath,
      args: [bundle(`../stand-ins/${name}.js`), ...args(port)],
      env: {},
      readyUrl: new URL(readyPath, url),
    });
    this.#undo.push(() => program.stop());
    return { url, program };
  }

  /** Any program that listens on HOST and PORT; pinned to the core of servers. */
  async serve(
    command: string,
    args: readonly string[],
    { readyPath, env, cwd }: { readyPath: string; env: Readonly<Record<string, string>>; cwd?: string },
  ): Promise<Served> {
    const port = await freePort();
    const url = new URL(`http://127.0.0.1:${port}`);
    const program = await RunningProgram.start({
      role: 'server',
      command,
      args,
      env: { HOST: '127.0.0.1', PORT: String(port), ...env },
      readyUrl: new URL(readyPath, url),
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.#undo.push(() => program.stop());
    return { url, program };
  }

  /** Processes that run a program of `load/programs/`; by default as many as there are cores for them. */
  crew<O extends Orders>(program: string, processes = LOAD_PROCESSES): LoadCrew<O> {
    const crew = new LoadCrew<O>(bundle(`../load/programs/${program}.js`), processes);
    this.#undo.push(() => crew.dismiss());
    return crew;
  }

  /** To be undone at the end, in reverse order. */
  defer(undo: () => Promise<unknown> | unknown): void {
    this.#undo.push(undo);
  }

  async clear(): Promise<void> {
    for (const step of this.#undo.splice(0).reverse()) await step();
  }
}
