import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeServerFrame } from '../../src/protocol/decode.js';
import type { Money } from '../../src/protocol/money.js';
import type { ReplyMessage } from '../../src/protocol/server-messages.js';
import { SUBPROTOCOL_MSGPACK } from '../../src/protocol/version.js';
import { FrameReader } from '../load/frame-reader.js';
import { LiveClient, type LiveCommand } from '../load/live-client.js';
import { LoadSocket, type SocketTarget } from '../load/load-socket.js';
import type { Observer, Shop } from './shop.js';

type Target = Omit<SocketTarget, 'path' | 'subprotocol'>;

const CLOSED_NORMALLY = 1000;
/** In MessagePack the type stands first: its letters begin behind the head of the map, the key and the head of the text. */
const AT_TYPE = 7;
const [LETTER_R, LETTER_S] = Buffer.from('rs');

export class UsherObserver implements Observer {
  readonly #client: LiveClient;

  constructor(target: Target, showtimeId: string, seats: number) {
    const nothing = () => {};
    const events = { lost: nothing, snapshot: nothing, delta: nothing, seatChanged: nothing, gap: nothing };
    const options = { target, showtimeId, seats, reader: new FrameReader() };
    this.#client = new LiveClient({ ...options, events: { ...events, holdExpired: nothing, told: nothing } });
  }

  async connect(): Promise<void> {
    await this.#client.open();
  }

  seats(): Uint8Array {
    return this.#client.view.statuses;
  }

  close(): void {
    this.#client.close();
  }
}

/** Reads while a reply is waited for, and when told to look. */
export class UsherShop implements Shop {
  readonly #target: SocketTarget;
  readonly #labels: readonly string[];
  readonly #observer: Observer;
  #socket: LoadSocket | undefined;
  /** Of the hold that was granted last. */
  #price: Money = { amount: 0, currency: 'EUR' };
  #entered: (() => void) | undefined;
  #answer: ((reply: ReplyMessage | undefined) => void) | undefined;

  constructor(target: Target, showtimeId: string, labels: readonly string[], observer: Observer) {
    const path = `/v1/showtimes/${showtimeId}/live`;
    this.#target = { ...target, path, subprotocol: SUBPROTOCOL_MSGPACK };
    this.#labels = labels;
    this.#observer = observer;
  }

  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#entered = resolve;
      const socket = new LoadSocket(this.#target, {
        open: () => socket.sendText('{"type":"hello"}'),
        message: (payload) => this.#read(payload),
        closed: (code, reason) => {
          this.#socket = undefined;
          reject(new Error(`${code} ${reason}`));
          this.#answer?.(undefined);
        },
      });
      this.#socket = socket;
    });
  }

  seats(): Uint8Array {
    return this.#observer.seats();
  }

  async hold(seats: readonly number[], sent: () => void): Promise<string | undefined> {
    const labels = seats.map((seat) => this.#labels[seat] ?? '');
    const reply = await this.#ask({ type: 'hold', commandId: randomUUID(), seats: labels }, sent);
    if (reply.ok) {
      this.#price = reply.hold?.price ?? this.#price;
      return reply.hold?.id;
    }
    if (reply.error.code === 'seats_unavailable') return undefined;
    throw new Error(`A hold was answered with ${reply.error.code}.`);
  }

  async book(holdId: string): Promise<boolean> {
    const payment = { method: 'test' } as const;
    const reply = await this.#ask({ type: 'book', commandId: randomUUID(), holdId, payment, price: this.#price });
    return reply.ok;
  }

  follow(): void {}

  look(): void {
    this.#socket?.resume();
  }

  close(): void {
    this.#socket?.close(CLOSED_NORMALLY);
  }

  /** Where it is told to come again, with the same command: its outcome is then the first one's. */
  async #ask(command: LiveCommand, sent?: () => void): Promise<ReplyMessage> {
    const text = JSON.stringify({ id: 1, ...command });
    sent?.();
    for (;;) {
      const reply = await this.#send(text);
      if (reply.ok || reply.error.retryAfterMs === undefined) return reply;
      await sleep(reply.error.retryAfterMs);
    }
  }

  async #send(text: string): Promise<ReplyMessage> {
    const answered = new Promise<ReplyMessage | undefined>((resolve) => {
      this.#answer = resolve;
    });
    if (!this.#socket) throw new Error('The connection broke.');
    this.#socket.resume();
    this.#socket.sendText(text);
    const reply = await answered;
    if (!reply) throw new Error('The connection broke.');
    return reply;
  }

  #read(payload: Buffer): void {
    if (payload[AT_TYPE] === LETTER_R) {
      const message = decodeServerFrame(payload);
      if (message.type !== 'reply') throw new Error(`Not a reply: ${message.type}.`);
      const answer = this.#answer;
      this.#answer = undefined;
      answer?.(message);
    } else if (this.#entered && payload[AT_TYPE] === LETTER_S) {
      this.#entered();
      this.#entered = undefined;
    }
    if (!this.#entered && !this.#answer) this.#socket?.pause();
  }
}
