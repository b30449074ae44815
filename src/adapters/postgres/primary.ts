import pg from 'pg';
import { type Server, searchPrimary } from './server-search.js';
import type { Standing } from './server-standing.js';
import { serverUrls } from './server-urls.js';

/** For how long a server that has too many connections is left alone. */
const SPARED_MS = 500;

/**
 * Which server of `DATABASE_URL` takes writes. With one host that is the one; with several it is remembered until a
 * connection to it fails, and then searched: all hosts are asked at the same time, and the first that is not in recovery
 * is taken. However many connections are wanted meanwhile, there is one search, and one connection to each host for it.
 *
 * Invariant: `generation` rises each time that the server becomes suspect. A connection of an earlier generation may lead
 * to a former primary, and is not used again.
 *
 * Invariant: no connection is made to a server whose timeline is older than one that was met before: a promotion has passed
 * it by, and what it takes is lost.
 */
export class Primary {
  readonly #servers: readonly Server[];
  readonly #listeners = new Set<() => void>();
  #known: Server | undefined;
  #search: Promise<Server> | undefined;
  #generation = 0;
  #fullUntil = 0;
  #timeline = 0;

  /** @throws Error where the URL cannot be used. */
  constructor(databaseUrl: string) {
    this.#servers = serverUrls(databaseUrl).map((url) => {
      // The driver's own reading, with its defaults.
      const { host, port } = new pg.Client({ connectionString: url });
      return { url, host, port };
    });
    if (this.#servers.length === 1) this.#known = this.#servers[0];
  }

  /** Of any server: they differ in host and port only. */
  get anyUrl(): string {
    return this.#servers[0]?.url ?? '';
  }

  get generation(): number {
    return this.#generation;
  }

  /** @throws Error where no server takes writes in bounded time; it says what each of them answered. */
  async locate(): Promise<Server> {
    if (this.#known) return this.#known;
    this.#search ??= searchPrimary(this.#servers, this.#timeline).finally(() => {
      this.#search = undefined;
    });
    this.#known = await this.#search;
    return this.#known;
  }

  /** What keeps this server from being written to, as a sentence; undefined where nothing does. */
  objection({ isReadOnly, timeline }: Standing): string | undefined {
    if (isReadOnly) return 'takes no writes';
    if (timeline > 0 && timeline < this.#timeline) {
      return `is a former primary: its timeline is ${timeline}, and ${this.#timeline} was met before`;
    }
    return undefined;
  }

  /** This server is written to from now on. */
  meet({ timeline }: Standing): void {
    this.#timeline = Math.max(this.#timeline, timeline);
  }

  /** A connection of this generation failed in a way that a former primary explains, or could not be made. */
  suspect(generation: number): void {
    if (generation !== this.#generation) return;
    this.#generation++;
    if (this.#servers.length > 1) this.#known = undefined;
    for (const listener of this.#listeners) listener();
  }

  /**
   * For a connection of this generation that is not answered: makes the server suspect as soon as another one has a later
   * timeline, by which it was promoted in place of this one. Resolves then, or some time after `isOver` says that it was
   * answered.
   */
  async watch(generation: number, isOver: () => boolean): Promise<void> {
    const others = this.#servers.filter((server) => server !== this.#known);
    // Without a timeline of its own to compare with nothing would follow from another's.
    if (others.length === 0 || this.#timeline === 0) return;
    while (!isOver() && generation === this.#generation) {
      const newer = await searchPrimary(others, this.#timeline + 1).catch(() => undefined);
      if (newer && !isOver()) this.suspect(generation);
    }
  }

  /** Postgres has no connection to spare: for a moment nobody but who is urgent asks for one. */
  isFull(): void {
    this.#fullUntil = performance.now() + SPARED_MS;
  }

  /** @throws Error in that moment. */
  spare(): void {
    if (performance.now() < this.#fullUntil) throw new Error('Postgres has no connection to spare at the moment.');
  }

  /** Called whenever the connections that were made so far must not be used again. */
  onSuspect(listener: () => void): void {
    this.#listeners.add(listener);
  }
}
