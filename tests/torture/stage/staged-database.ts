import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/adapters/postgres/embedded-postgres.js';
import { killServer } from '../../postgres/kill-server.js';
import { silentLog } from '../../silent-log.js';
import { type Breakable, FaultyLink } from './faulty-link.js';

/** How one node reaches Postgres. */
export interface WayToDatabase {
  readonly url: string;
  readonly link: Breakable;
}

/** The Postgres of a stage, as the conductor and the nodes have it. */
export interface StagedDatabase {
  /** For the conductor: it leads to the server that takes writes, whichever that is. */
  readonly url: string;
  /** A way for the n-th node. */
  wayOf(node: number): Promise<WayToDatabase>;
  /** Every process of the server at once, as after a power cut; it is started again. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** One server without a standby. */
export class LoneDatabase implements StagedDatabase {
  readonly #directory: string;
  readonly #postgres: EmbeddedPostgres;

  private constructor(directory: string, postgres: EmbeddedPostgres) {
    this.#directory = directory;
    this.#postgres = postgres;
  }

  static async in(directory: string): Promise<LoneDatabase> {
    return new LoneDatabase(directory, await startEmbeddedPostgres({ directory, log: silentLog }));
  }

  get url(): string {
    return this.#postgres.url;
  }

  async wayOf(): Promise<WayToDatabase> {
    const url = new URL(this.url);
    const link = await FaultyLink.to(Number(url.port));
    url.port = String(link.port);
    return { url: url.href, link };
  }

  /** Whoever keeps it starts it again. */
  kill(): Promise<void> {
    return killServer(join(this.#directory, 'postgres'));
  }

  stop(): Promise<void> {
    return this.#postgres.stop();
  }
}
