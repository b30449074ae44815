import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface Heard {
  readonly type: string;
  readonly epoch?: number;
  readonly seq?: number;
  readonly [field: string]: unknown;
}

/** A bare socket that writes down every frame as it came, for what the SDK would hide. It is served where it lands. */
export class Watcher {
  readonly heard: Heard[] = [];
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.heard.push(JSON.parse(String(data)) as Heard));
    this.closed = once(socket, 'close').then(([code]) => code as number);
  }

  static async open(nodeUrl: string, showtimeId: string): Promise<Watcher> {
    const url = `${nodeUrl.replace('http', 'ws')}/v1/showtimes/${showtimeId}/live?moved=1`;
    const socket = new WebSocket(url, 'usher.v1.json');
    const watcher = new Watcher(socket);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'hello' }));
    while (!watcher.heard.some(({ type }) => type === 'snapshot')) {
      if (socket.readyState !== WebSocket.OPEN) throw new Error(`closed before a snapshot: ${await watcher.closed}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return watcher;
  }

  send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** The reply to the request with this id, once it is there. */
  async reply(id: number): Promise<Heard> {
    for (;;) {
      const found = this.heard.find((message) => message.type === 'reply' && message['id'] === id);
      if (found) return found;
      if (this.#socket.readyState !== WebSocket.OPEN) throw new Error(`closed before reply ${id}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** The deltas as they came, of one epoch. */
  deltas(epoch: number): Heard[] {
    return this.heard.filter((message) => message.type === 'delta' && message.epoch === epoch);
  }

  close(): void {
    this.#socket.terminate();
  }
}
