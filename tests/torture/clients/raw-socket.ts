import { WebSocket } from 'ws';
import type { Told } from '../checker/history.js';
import { type Answer, toldBy, UNKNOWN } from './told.js';

const ANSWER_MS_MAX = 3_000;
const RETRY_MS = 300;

interface Welcomed {
  readonly type: string;
  readonly id?: number;
  readonly session?: string;
}

/** A socket to one node, which serves it wherever the showtime lives; made again whenever it is lost. */
export class RawSocket {
  readonly #url: string;
  /** Shared by all sockets of one holder. */
  readonly #pass: { session: string | undefined };
  readonly #waiting = new Map<number, (told: Told) => void>();
  #socket: WebSocket | undefined;
  #isLive = false;
  #isClosed = false;
  #lastId = 0;

  constructor(nodeUrl: string, showtime: string, pass: { session: string | undefined }) {
    this.#url = `${nodeUrl.replace('http', 'ws')}/v1/showtimes/${showtime}/live?moved=1`;
    this.#pass = pass;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  open(): void {
    const socket = new WebSocket(this.#url, 'usher.v1.json', { handshakeTimeout: ANSWER_MS_MAX });
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', token: this.#pass.session })));
    socket.on('message', (data) => this.#received(JSON.parse(String(data)) as Welcomed & Answer));
    socket.on('close', () => {
      this.#isLive = false;
      for (const settle of [...this.#waiting.values()]) settle(UNKNOWN);
      if (!this.#isClosed) setTimeout(() => this.#isClosed || this.open(), RETRY_MS);
    });
  }

  /** Sends one copy; a socket that does not answer is given up, and what it carried stays unknown. */
  send(message: object, commandId: string): Promise<Told> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const giveUp = setTimeout(() => this.#socket?.terminate(), ANSWER_MS_MAX);
      this.#waiting.set(id, (told) => {
        clearTimeout(giveUp);
        this.#waiting.delete(id);
        resolve(told);
      });
      this.#socket?.send(JSON.stringify({ ...message, id, commandId }));
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.terminate();
  }

  #received(message: Welcomed & Answer): void {
    if (message.type === 'welcome') {
      this.#pass.session = message.session;
      this.#isLive = true;
    } else if (message.type === 'reply' && message.id !== undefined) this.#waiting.get(message.id)?.(toldBy(message));
  }
}
