import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { Packr } from 'msgpackr/pack';
import WebSocket from 'ws';
import { decodeServerFrame } from '../../../src/protocol/decode.js';
import { readStatuses, SEAT_STATUSES, unpackStatuses } from '../../../src/protocol/seat-status.js';
import type { ReplyMessage, ServerMessage, Welcome } from '../../../src/protocol/server-messages.js';
import type { Encoding } from '../../../src/protocol/version.js';
import { notePrices, withPrice } from './told-prices.js';

type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

interface Waiter {
  readonly matches: (message: ServerMessage) => boolean;
  readonly take: (message: ServerMessage) => void;
}

export interface OpenOptions {
  readonly encoding?: Encoding;
  readonly origin?: string;
  /** The address that it comes from, as a proxy of ours says. */
  readonly address?: string;
}

export interface JoinOptions extends OpenOptions {
  readonly token?: string;
  readonly resume?: { readonly epoch: number; readonly seq: number };
  /** Goes on where this client stopped: its session, its place in the stream, its picture of the house. */
  readonly after?: LiveClient;
}

const packr = new Packr({ useRecords: false, variableMapSize: true });
const WAIT_MS_MAX = 8_000;

/**
 * A bare client, apart from the SDK on purpose: it keeps every frame, and follows the house by the letter of
 * PROTOCOL.md, so that a gap in the stream is seen and not healed.
 */
export class LiveClient {
  readonly socket: WebSocket;
  readonly encoding: Encoding;
  readonly messages: ServerMessage[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  welcome: Welcome | undefined;
  epoch = 0;
  seq = 0;
  statuses = new Uint8Array();
  gaps = 0;
  snapshots = 0;
  #read = 0;
  #nextId = 1;
  #waiters: Waiter[] = [];

  constructor(url: string, { encoding = 'json', origin, address }: OpenOptions = {}) {
    this.encoding = encoding;
    this.socket = new WebSocket(url, `usher.v1.${encoding}`, {
      ...(origin === undefined ? {} : { origin }),
      ...(address === undefined ? {} : { headers: { 'x-forwarded-for': address } }),
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.socket.on('error', () => {});
    this.socket.on('message', (data: Buffer, isBinary) => {
      const message = decodeServerFrame(isBinary ? new Uint8Array(data) : data.toString());
      this.messages.push(message);
      notePrices(message as object);
      this.#follow(message);
      this.#serve();
    });
  }

  /** An open socket that has not said hello. */
  static async open(url: string, options: OpenOptions = {}): Promise<LiveClient> {
    const client = new LiveClient(url, options);
    await new Promise<void>((resolve, reject) => {
      client.socket.once('open', resolve);
      client.socket.once('error', reject);
    });
    return client;
  }

  /** A socket that is welcome, and has its snapshot or was recovered. */
  static async join(url: string, { after, ...options }: JoinOptions = {}): Promise<LiveClient> {
    const client = await LiveClient.open(url, options);
    const { token, resume } = after
      ? { token: after.token, resume: { epoch: after.epoch, seq: after.seq } }
      : { token: options.token, resume: options.resume };
    if (after) Object.assign(client, { epoch: after.epoch, seq: after.seq, statuses: after.statuses.slice() });
    client.send({ type: 'hello', ...(token ? { token } : {}), ...(resume ? { resume } : {}) });
    client.welcome = await client.next('welcome');
    if (!client.welcome.recovered) await client.next('snapshot');
    return client;
  }

  get token(): string {
    return this.welcome?.session ?? '';
  }

  get picture(): string {
    return [...this.statuses].join('');
  }

  send(message: object): void {
    this.socket.send(this.encoding === 'json' ? JSON.stringify(message) : packr.pack(message));
  }

  /** Sends a command and resolves with its reply, whatever else comes in between. */
  async call(command: object): Promise<ReplyMessage> {
    const id = this.#nextId++;
    const reply = this.#wait((message) => message.type === 'reply' && message.id === id, `reply ${id}`);
    const priced = 'type' in command && command.type === 'book' ? withPrice(command) : command;
    this.send({ id, commandId: randomUUID(), ...priced });
    return (await reply) as ReplyMessage;
  }

  /** The next unread message of this type; those before it are passed over. */
  async next<T extends ServerMessage['type']>(type: T): Promise<Message<T>> {
    for (;;) {
      const message = this.messages[this.#read];
      if (!message) {
        await this.#wait(() => true, type);
        continue;
      }
      this.#read++;
      if (message.type === type) return message as Message<T>;
    }
  }

  /** Resolves when the client stands at this point of the stream, or beyond it. */
  async reach(seq: number): Promise<void> {
    while (this.seq < seq) await this.#wait(() => true, `seq ${seq}, being at ${this.seq}`);
  }

  /** What is sent meanwhile leaves as one packet. */
  together(send: () => void): void {
    const { _socket: raw } = this.socket as unknown as { readonly _socket: Socket };
    raw.cork();
    send();
    raw.uncork();
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  #wait(matches: Waiter['matches'], what: string): Promise<ServerMessage> {
    return new Promise((resolve, reject) => {
      const since = this.messages.length;
      const waiter: Waiter = {
        matches,
        take: (message) => {
          clearTimeout(timer);
          resolve(message);
        },
      };
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        const came = this.messages.slice(since - 3).map((message) => JSON.stringify(message).slice(0, 200));
        reject(new Error(`no ${what} came, but ${came.join(' ')}`));
      }, WAIT_MS_MAX);
      this.#waiters.push(waiter);
    });
  }

  #serve(): void {
    const message = this.messages.at(-1);
    if (!message) return;
    const served = this.#waiters.filter((waiter) => waiter.matches(message));
    this.#waiters = this.#waiters.filter((waiter) => !served.includes(waiter));
    for (const waiter of served) waiter.take(message);
  }

  #follow(message: ServerMessage): void {
    if (message.type === 'welcome') this.welcome = message;
    else if (message.type === 'snapshot') {
      this.snapshots++;
      this.epoch = message.epoch;
      this.seq = message.seq;
      this.statuses = new Uint8Array(
        typeof message.seats === 'string'
          ? readStatuses(message.seats)
          : unpackStatuses(message.seats, this.welcome?.seatMap.seats ?? 0),
      );
    } else if (message.type === 'delta') {
      if (message.epoch !== this.epoch || message.seq !== this.seq + 1) this.gaps++;
      this.seq = message.seq;
      for (const [seat, status] of message.changes) this.statuses[seat] = SEAT_STATUSES.indexOf(status);
    }
  }
}
