import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { serverUrls } from './server-urls.js';

/** One server of `DATABASE_URL`. */
export interface Server {
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

/** Below the 3 s that a pool gives a new connection, so that its error can say what the search found. */
const SEARCH_MS_MAX = 2_500;
/** Between two questions to a server that does not take writes: a promotion is seen so much later at most. */
const ASK_AGAIN_MS = 100;
const ANSWER_MS_MAX = 1_000;
/** For how long a server that has too many connections is left alone. */
const SPARED_MS = 500;

/**
 * Which server of `DATABASE_URL` takes writes. With one host that is the one; with several it is remembered until a
 * connection to it fails, and then searched: all hosts are asked at the same time, and the first that is not in recovery
 * is taken. However many connections are wanted meanwhile, there is one search, and one connection to each host for it.
 *
 * Invariant: `generation` rises each time that the server becomes suspect. A connection of an earlier generation may lead
 * to a former primary, and is not used again.
 */
export class Primary {
  readonly #servers: readonly Server[];
  readonly #listeners = new Set<() => void>();
  #known: Server | undefined;
  #search: Promise<Server> | undefined;
  #generation = 0;
  #fullUntil = 0;

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
    this.#search ??= this.#find().finally(() => {
      this.#search = undefined;
    });
    this.#known = await this.#search;
    return this.#known;
  }

  /** A connection of this generation failed in a way that a former primary explains, or could not be made. */
  suspect(generation: number): void {
    if (generation !== this.#generation) return;
    this.#generation++;
    if (this.#servers.length > 1) this.#known = undefined;
    for (const listener of this.#listeners) listener();
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

  async #find(): Promise<Server> {
    const end = new AbortController();
    const late = setTimeout(() => end.abort(), SEARCH_MS_MAX);
    const answers = new Map<Server, string>();
    try {
      return await Promise.any(this.#servers.map((server) => askUntilPrimary(server, answers, end.signal)));
    } catch {
      const said = this.#servers.map(
        (server) => `${server.host}:${server.port}: ${answers.get(server) ?? 'no answer'}`,
      );
      throw new Error(`No server of DATABASE_URL takes writes. ${said.join('; ')}`);
    } finally {
      clearTimeout(late);
      end.abort();
    }
  }
}

/** Resolves when the server takes writes; rejects when the search ends before. */
async function askUntilPrimary(server: Server, answers: Map<Server, string>, end: AbortSignal): Promise<Server> {
  while (!end.aborted) {
    const client = new pg.Client({
      connectionString: server.url,
      application_name: 'usher-search',
      connectionTimeoutMillis: ANSWER_MS_MAX,
      query_timeout: ANSWER_MS_MAX,
    });
    // Without a listener a connection that breaks between two questions would end the process.
    client.on('error', () => {});
    const giveUp = () => client.connection.stream.destroy();
    end.addEventListener('abort', giveUp);
    try {
      await client.connect();
      while (await isReadOnly(client)) {
        answers.set(server, 'takes no writes');
        await sleep(ASK_AGAIN_MS, undefined, { signal: end });
      }
      return server;
    } catch (error) {
      if (!end.aborted) answers.set(server, error instanceof Error ? error.message : String(error));
    } finally {
      end.removeEventListener('abort', giveUp);
      client.end().catch(() => {});
    }
    await sleep(ASK_AGAIN_MS, undefined, { signal: end }).catch(() => {});
  }
  throw new Error('The search has ended.');
}

async function isReadOnly(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ answer: boolean }>(
    "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS answer",
  );
  return rows[0]?.answer ?? true;
}
