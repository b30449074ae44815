import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { askStanding } from './server-standing.js';

/** One server of `DATABASE_URL`. */
export interface Server {
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

/** Below the 3 s that a pool gives a new connection, so that its error can say what the search found. */
const SEARCH_MS_MAX = 2_500;
/** Between two questions to a server that is not the one: a promotion is seen so much later at most. */
const ASK_AGAIN_MS = 100;
const ANSWER_MS_MAX = 1_000;
/** For the other servers to answer as well, where it is not known yet how far the history goes. */
const OTHERS_MS_MAX = 300;

/**
 * Asks all servers at the same time, one connection to each, until one takes writes and has a timeline of at least
 * `timelineMin`. Where that is 0, what takes writes may still be a former primary: of several the one with the highest
 * timeline is taken.
 * @throws Error where there is none in bounded time; it says what each of them answered.
 */
export async function searchPrimary(servers: readonly Server[], timelineMin: number): Promise<Server> {
  const end = new AbortController();
  const late = setTimeout(() => end.abort(), SEARCH_MS_MAX);
  const found = new Map<Server, number>();
  const searches = servers.map((server) => new Inquiry(server, timelineMin, found, end.signal));
  try {
    const first = await Promise.any(searches.map((search) => search.found));
    if (timelineMin > 0) return first;
    const answered = Promise.all(searches.map((search) => search.answered));
    await Promise.race([answered, sleep(OTHERS_MS_MAX, undefined, { signal: end.signal }).catch(() => {})]);
    const [newest] = [...found].sort(([, a], [, b]) => b - a);
    return newest?.[0] ?? first;
  } catch {
    const said = searches.map(({ server, answer }) => `${server.host}:${server.port}: ${answer}`);
    throw new Error(`No server of DATABASE_URL takes writes. ${said.join('; ')}`);
  } finally {
    clearTimeout(late);
    end.abort();
  }
}

/** The part of a search that one server has in it. */
class Inquiry {
  readonly server: Server;
  /** Resolves when it is the one; rejects when the search ends before. */
  readonly found: Promise<Server>;
  /** Resolves with its first answer, or failure. */
  readonly answered: Promise<void>;
  answer = 'no answer';
  readonly #timelineMin: number;
  readonly #all: Map<Server, number>;
  readonly #end: AbortSignal;
  #isAnswered = () => {};

  constructor(server: Server, timelineMin: number, all: Map<Server, number>, end: AbortSignal) {
    this.server = server;
    this.#timelineMin = timelineMin;
    this.#all = all;
    this.#end = end;
    this.answered = new Promise((resolve) => {
      this.#isAnswered = resolve;
    });
    this.found = this.#untilFound();
    // Where another server is found first, nobody waits for this one.
    this.found.catch(() => {});
  }

  async #untilFound(): Promise<Server> {
    while (!this.#end.aborted) {
      try {
        await this.#connectedUntilFound();
        return this.server;
      } catch (error) {
        if (!this.#end.aborted) this.answer = error instanceof Error ? error.message : String(error);
      }
      this.#isAnswered();
      await sleep(ASK_AGAIN_MS, undefined, { signal: this.#end }).catch(() => {});
    }
    throw new Error('The search has ended.');
  }

  async #connectedUntilFound(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.server.url,
      application_name: 'usher-search',
      connectionTimeoutMillis: ANSWER_MS_MAX,
    });
    // Without a listener a connection that breaks between two questions would end the process.
    client.on('error', () => {});
    const giveUp = () => client.connection.stream.destroy();
    this.#end.addEventListener('abort', giveUp);
    try {
      await client.connect();
      while (!(await this.#isTheOne(client))) await sleep(ASK_AGAIN_MS, undefined, { signal: this.#end });
    } finally {
      this.#end.removeEventListener('abort', giveUp);
      client.end().catch(() => {});
    }
  }

  async #isTheOne(client: pg.Client): Promise<boolean> {
    const { isReadOnly, timeline } = await askStanding(client, { answerMsMax: ANSWER_MS_MAX });
    const isFormer = timeline > 0 && timeline < this.#timelineMin;
    if (isReadOnly) this.answer = 'takes no writes';
    else if (isFormer) this.answer = `is a former primary, of timeline ${timeline} where ${this.#timelineMin} was met`;
    else this.#all.set(this.server, timeline);
    this.#isAnswered();
    return !isReadOnly && !isFormer;
  }
}
