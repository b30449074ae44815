import { HttpConnection, httpRequest } from '../../bench/load/http-connection.js';
import type { Accounts } from './accounts.js';
import type { Programme } from './programme.js';

const CONNECTIONS_PER_NODE = 2;
const PATHS = 6;

/** Reads what people read before they choose seats: listings, one showtime, its seats, where to connect; at both nodes. */
export class PageReader {
  readonly #programme: Programme;
  readonly #accounts: Accounts;
  readonly #free: HttpConnection[];
  readonly #all: readonly HttpConnection[];
  #latencies: number[] = [];
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(programme: Programme, urls: readonly URL[], accounts: Accounts) {
    this.#programme = programme;
    this.#accounts = accounts;
    this.#all = urls.flatMap(({ hostname, port }) =>
      Array.from({ length: CONNECTIONS_PER_NODE }, () => new HttpConnection({ host: hostname, port: Number(port) })),
    );
    this.#free = [...this.#all];
  }

  /** So many requests a second, or fewer while all connections wait for their answer. */
  start(rate: number): void {
    this.#timer = setInterval(() => void this.#read(), 1_000 / rate);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  takeLatencies(): number[] {
    const taken = this.#latencies;
    this.#latencies = [];
    return taken;
  }

  close(): void {
    this.stop();
    for (const connection of this.#all) connection.close();
  }

  async #read(): Promise<void> {
    const connection = this.#free.shift();
    if (!connection) return;
    const from = performance.now();
    const path = this.#path();
    try {
      const { status } = await connection.send(httpRequest('GET', path));
      if (status !== 200) this.#accounts.broke(`HTTP ${status}`);
      this.#latencies.push(performance.now() - from);
    } catch (error) {
      // A server may end a connection that was idle for long; one in use it may not.
      this.#accounts.broke(`HTTP: ${String(error)}`);
    }
    this.#free.push(connection);
  }

  #path(): string {
    const { sales } = this.#programme;
    const turn = this.#turn++;
    const one = `/v1/showtimes/${sales[Math.floor(turn / PATHS) % sales.length]?.id}`;
    const paths = ['/v1/showtimes', one, `${one}/seats`, '/v1/movies', `${one}/connect`, '/readyz'];
    return paths[turn % PATHS] ?? one;
  }
}
