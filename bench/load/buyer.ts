/** Clients that hold, release and book: of Usher over its WebSocket, of the peer over HTTP, behind one face. */
import { randomUUID } from 'node:crypto';
import { decodeServerFrame } from '../../src/protocol/decode.js';
import { SUBPROTOCOL_MSGPACK } from '../../src/protocol/version.js';
import { SEAT_PRICE } from '../rush/hall.js';
import { HttpConnection, httpRequest } from './http-connection.js';
import { LoadSocket } from './load-socket.js';
import { unmaskedFrame } from './unmasked-frame.js';

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** One who buys for one showtime, order after order. Every method rejects where the answer is not a yes. */
export interface Buyer {
  readonly opened: Promise<unknown>;
  /** The seats of the nth of its orders; resolves with the hold's id. */
  hold(order: number): Promise<string>;
  release(holdId: string): Promise<void>;
  /** Sells the nth order, by the fastest way that the server has; resolves when the booking is acknowledged. */
  buy(order: number): Promise<void>;
  close(): void;
}

/** Any UUID: it marks where one is to be put. */
const BLANK = '00000000-0000-4000-8000-000000000000';
const HELLO = '{"type":"hello"}';
/** Where the parts of a reply lie whose `id` is below 128: after `type` and `reply`, `id`, `ok`, and `hold` with its `id`. */
const AT = { type: 7, id: 15, ok: 19, holdIdHead: 29, holdId: 31 } as const;
const [R, S, TRUE, TEXT_OF_LESS_THAN_256] = [0x72, 0x73, 0xc3, 0xd9] as const;

interface Waiting {
  resolve(payload: Buffer): void;
  reject(error: Error): void;
}

/** One connection to Usher, for several buyers of one holder: requests carry the number of theirs. */
export class UsherLine {
  readonly opened: Promise<void>;
  readonly #socket: LoadSocket;
  readonly #waiting: (Waiting | undefined)[] = [];

  constructor(place: Place, showtimeId: string) {
    let entered = () => {};
    let failed = (_: Error) => {};
    this.opened = new Promise<void>((resolve, reject) => {
      entered = resolve;
      failed = reject;
    });
    this.#socket = new LoadSocket(
      { ...place, path: `/v1/showtimes/${showtimeId}/live`, subprotocol: SUBPROTOCOL_MSGPACK },
      {
        open: () => this.#socket.sendText(HELLO),
        message: (payload) => this.#read(payload, entered),
        closed: (code, reason) => {
          const error = new Error(`closed: ${code} ${reason}`);
          failed(error);
          for (const waiting of this.#waiting) waiting?.reject(error);
        },
      },
    );
  }

  /** @param id below 128, with one request under way; it is in the frame too */
  ask<T>(id: number, frame: Buffer, read: (payload: Buffer) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting[id] = {
        reject,
        resolve: (payload) => {
          if (payload[AT.ok] === TRUE) resolve(read(payload));
          else reject(new Error(`answered by ${JSON.stringify(decodeServerFrame(payload))}`));
        },
      };
      this.#socket.sendFrame(frame);
    });
  }

  close(): void {
    this.#socket.close(1000);
  }

  /** Deltas, which everybody gets, are told from replies by a letter and not decoded: the house is not shown here. */
  #read(payload: Buffer, entered: () => void): void {
    if (payload[AT.type] === R) {
      const id = payload[AT.id] ?? 0;
      const waiting = this.#waiting[id];
      this.#waiting[id] = undefined;
      waiting?.resolve(payload);
    } else if (payload[AT.type] === S) entered();
  }
}

/** Commands are frames made beforehand, in which only the ids of command and hold are still written. */
export class UsherBuyer implements Buyer {
  readonly opened: Promise<void>;
  readonly #line: UsherLine;
  readonly #id: number;
  readonly #holds: readonly Template[];
  readonly #release: Template;
  readonly #books: readonly Template[];

  /** @param id its own on this line, below 128 · @param orders the labels of the seats of each order */
  constructor(line: UsherLine, id: number, orders: readonly (readonly string[])[]) {
    this.opened = line.opened;
    this.#line = line;
    this.#id = id;
    const command = (type: string, rest: string) =>
      new Template(`{"type":"${type}","id":${id},"commandId":"${BLANK}",${rest}}`);
    this.#holds = orders.map((seats) => command('hold', `"seats":${JSON.stringify(seats)}`));
    this.#release = command('release', `"holdId":"${BLANK}"`);
    this.#books = orders.map(({ length }) => {
      const price = JSON.stringify({ amount: SEAT_PRICE * length, currency: 'EUR' });
      return command('book', `"holdId":"${BLANK}","payment":{"method":"test"},"price":${price}`);
    });
  }

  async hold(order: number): Promise<string> {
    const template = this.#holds[order];
    if (!template) throw new Error(`There is no order ${order}.`);
    return await this.#line.ask(this.#id, template.filled(randomUUID(), undefined), (payload) => {
      if (payload[AT.holdIdHead] !== TEXT_OF_LESS_THAN_256) throw new Error('A hold without its id in its place.');
      return payload.toString('latin1', AT.holdId, AT.holdId + BLANK.length);
    });
  }

  async release(holdId: string): Promise<void> {
    await this.#line.ask(this.#id, this.#release.filled(randomUUID(), holdId), () => {});
  }

  async buy(order: number): Promise<void> {
    const holdId = await this.hold(order);
    const template = this.#books[order];
    if (template) await this.#line.ask(this.#id, template.filled(randomUUID(), holdId), () => {});
  }

  close(): void {
    this.#line.close();
  }
}

/** A frame with room for the id of the command and, after it, that of a hold. */
class Template {
  readonly #frame: Buffer;
  readonly #command: number;
  readonly #hold: number;

  constructor(text: string) {
    this.#frame = unmaskedFrame(text);
    this.#command = this.#frame.indexOf(BLANK);
    this.#hold = this.#frame.indexOf(BLANK, this.#command + 1);
  }

  /** The same memory each time: the one before has been answered, so it is on its way no more. */
  filled(commandId: string, holdId: string | undefined): Buffer {
    this.#frame.write(commandId, this.#command, 'latin1');
    if (holdId !== undefined) this.#frame.write(holdId, this.#hold, 'latin1');
    return this.#frame;
  }
}

/** A client of `peers/express-postgres`. */
export class PeerBuyer implements Buyer {
  readonly opened = Promise.resolve();
  readonly #connection: HttpConnection;
  readonly #path: string;
  readonly #holds: readonly string[];
  readonly #buys: readonly string[];

  /** @param orders the indexes of the seats of each order */
  constructor(place: Place, showtimeId: string, orders: readonly (readonly number[])[], holder: string) {
    this.#connection = new HttpConnection(place);
    this.#path = `/showtimes/${showtimeId}`;
    const request = (what: string) => (seats: readonly number[]) =>
      httpRequest('POST', `${this.#path}/${what}`, { body: { seats, holder } });
    this.#holds = orders.map(request('hold'));
    this.#buys = orders.map(request('buy'));
  }

  async hold(order: number): Promise<string> {
    const { holdId }: { holdId: string } = JSON.parse(await this.#ask(this.#holds[order]));
    return holdId;
  }

  async release(holdId: string): Promise<void> {
    await this.#ask(httpRequest('POST', `${this.#path}/release`, { body: { holdId } }));
  }

  async buy(order: number): Promise<void> {
    await this.#ask(this.#buys[order]);
  }

  close(): void {
    this.#connection.close();
  }

  async #ask(request: string | undefined): Promise<string> {
    if (request === undefined) throw new Error('There is no such order.');
    const { status, body } = await this.#connection.send(request);
    const text = body.toString('utf8');
    if (status !== 200) throw new Error(`answered by ${status}: ${text}`);
    return text;
  }
}
