import { BOOKED, HELD } from '../load/house-view.js';
import { type HttpAnswer, HttpConnection, type HttpTarget, httpRequest } from '../load/http-connection.js';
import type { Shop } from './shop.js';

/** From an answer to the next question. */
const POLL_EVERY_MS = 1_000;

interface TakenSeats {
  readonly held: readonly number[];
  readonly booked: readonly number[];
}

/** Asks for the seats each second, as clients of Express and Postgres do, and keeps one connection for everything. */
export class PollingShop implements Shop {
  readonly #statuses: Uint8Array;
  readonly #connection: HttpConnection;
  readonly #path: string;
  readonly #holder: string;
  #etag = '';
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** When the request that is under way has been answered: a connection carries one at a time. */
  #free: Promise<unknown> = Promise.resolve();

  constructor(target: HttpTarget, showtimeId: string, seats: number, holder: string) {
    this.#statuses = new Uint8Array(seats);
    this.#connection = new HttpConnection(target);
    this.#path = `/showtimes/${showtimeId}`;
    this.#holder = holder;
  }

  async connect(): Promise<void> {
    await this.#look();
  }

  /** Not before, or those who ask again and again would keep the rest from connecting at all. */
  follow(): void {
    this.#lookAgain(Math.random() * POLL_EVERY_MS);
  }

  seats(): Uint8Array {
    return this.#statuses;
  }

  async hold(seats: readonly number[], sent: () => void): Promise<string | undefined> {
    const answer = await this.#post('hold', { seats, holder: this.#holder }, sent);
    if (answer.status === 409) return undefined;
    return (JSON.parse(answer.body.toString()) as { readonly holdId: string }).holdId;
  }

  async book(holdId: string): Promise<boolean> {
    const answer = await this.#post('book', { holdId });
    return answer.status === 200;
  }

  /** It asks when it wants to know, and is told nothing meanwhile. */
  look(): void {}

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#connection.close();
  }

  #lookAgain(afterMs: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      // A connection that the server had no time for is made again at the next look.
      this.#look()
        .catch(() => {})
        .then(() => this.#lookAgain(POLL_EVERY_MS));
    }, afterMs);
  }

  async #look(): Promise<void> {
    const headers = this.#etag === '' ? {} : { 'if-none-match': this.#etag };
    const { status, head, body } = await this.#send(httpRequest('GET', `${this.#path}/seats`, { headers }));
    if (status === 304) return;
    if (status !== 200) throw new Error(`The seats were answered with ${status}.`);
    this.#etag = /\netag: *(\S+)/i.exec(head)?.[1] ?? '';
    const { held, booked } = JSON.parse(body.toString()) as TakenSeats;
    this.#statuses.fill(0);
    for (const seat of held) this.#statuses[seat] = HELD;
    for (const seat of booked) this.#statuses[seat] = BOOKED;
  }

  async #post(what: string, body: object, sent?: () => void): Promise<HttpAnswer> {
    const answer = await this.#send(httpRequest('POST', `${this.#path}/${what}`, { body }), sent);
    if (answer.status !== 200 && answer.status !== 409) throw new Error(`${what} was answered with ${answer.status}.`);
    return answer;
  }

  /** The answer has to be read in the turn in which it comes. */
  async #send(bytes: string, sent?: () => void): Promise<HttpAnswer> {
    const before = this.#free;
    const answered = before.then(() => {
      sent?.();
      return this.#connection.send(bytes);
    });
    this.#free = answered.catch(() => {});
    return await answered;
  }
}
