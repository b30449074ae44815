import type { SocketLike } from '../../../client-sdk/src/web-socket.js';
import type { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import type { LiveSocket, Session } from '../../../src/gateway/live/session.js';
import type { Frame } from '../../../src/protocol/encode.js';
import type { WireWatch } from '../oracles/wire-watch.js';
import type { Life } from './life.js';
import { Pipe } from './pipe.js';
import { TIMES } from './times.js';

/** What a connection needs of the gateway that it leads to. */
export interface Topics {
  subscribe(topic: string, socket: ServerSocket): void;
  unsubscribe(topic: string, socket: ServerSocket): void;
  forget(socket: ServerSocket): void;
}

/** Asks the node at the other end to upgrade; undefined where it refuses. */
export type Upgrade = (socket: ServerSocket) => Session | undefined;

type Listener = (event: { readonly data: unknown; readonly code: number; readonly reason: string }) => void;

/** A WebSocket from a client to a node, as both ends see it. */
export class Connection {
  readonly client: ClientSocket;
  readonly server: ServerSocket;
  readonly watch: WireWatch;
  readonly #time: VirtualTime;
  readonly #up: Pipe;
  readonly #down: Pipe;
  #isPaused = false;
  /** What the client has not read. */
  #unread: { readonly bytes: number; readonly read: () => void }[] = [];

  constructor(time: VirtualTime, latency: () => number, life: Life, topics: Topics, watch: WireWatch) {
    this.#time = time;
    this.watch = watch;
    this.#up = new Pipe(time, latency);
    this.#down = new Pipe(time, latency);
    this.client = new ClientSocket(this);
    this.server = new ServerSocket(this, life, topics);
  }

  get isOpen(): boolean {
    return this.server.isOpen;
  }

  get unreadBytes(): number {
    return this.#unread.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  open(upgrade: Upgrade): void {
    this.#up.send(() => this.server.accept(upgrade));
  }

  toServer(arrive: () => void): void {
    this.#up.send(arrive);
  }

  toClient(bytes: number, arrive: () => void): void {
    // What the client does not read is buffered at the server once the small buffers between them are full.
    if (this.#isPaused) this.#unread.push({ bytes, read: () => this.#down.send(arrive) });
    else this.#down.send(arrive);
  }

  /** The client reads nothing until it resumes. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    for (const { read } of this.#unread.splice(0)) read();
    this.server.drained();
  }

  stall(ms: number): void {
    this.#up.stall(ms);
    this.#down.stall(ms);
  }

  /** A way breaks without a word. The server finds out when its pings are not answered; the client by itself. */
  cut(direction: 'up' | 'down' | 'both'): void {
    if (direction !== 'down') this.#up.cut();
    if (direction !== 'up') this.#down.cut();
    this.#time.after(TIMES.idle, () => this.server.lost());
  }

  /** Both ends are told. */
  reset(): void {
    this.server.lost();
    this.#unread = [];
    this.#isPaused = false;
    this.#down.send(() => this.client.closed(1006, ''));
  }
}

/** The browser's end. */
export class ClientSocket implements SocketLike {
  binaryType = 'blob';
  readonly #connection: Connection;
  readonly #listeners = new Map<string, Listener[]>();
  #isClosed = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  addEventListener(type: string, listener: unknown): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener as Listener]);
  }

  send(text: string): void {
    if (this.#isClosed) return;
    const { server } = this.#connection;
    this.#connection.toServer(() => server.received(text));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { server } = this.#connection;
    this.#connection.toServer(() => server.lost());
  }

  opened(): void {
    this.#fire('open', {});
  }

  /** MessagePack arrives as an ArrayBuffer, JSON as text. */
  told(data: unknown): void {
    this.#fire('message', { data });
  }

  closed(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#fire('close', { code, reason });
    this.#isClosed = true;
  }

  #fire(type: string, event: object): void {
    if (this.#isClosed) return;
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }
}

/** The node's end: as uWebSockets.js has it, which throws where a closed socket is used. */
export class ServerSocket implements LiveSocket {
  readonly #connection: Connection;
  readonly #life: Life;
  readonly #topics: Topics;
  #session: Session | undefined;

  constructor(connection: Connection, life: Life, topics: Topics) {
    this.#connection = connection;
    this.#life = life;
    this.#topics = topics;
  }

  get isOpen(): boolean {
    return this.#session !== undefined && !this.#life.isDead;
  }

  accept(upgrade: Upgrade): void {
    if (this.#life.isDead) {
      this.#connection.toClient(0, () => this.#connection.client.closed(1006, ''));
      return;
    }
    this.#life.enter(() => {
      const session = upgrade(this);
      const { client } = this.#connection;
      this.#connection.toClient(0, () => (session ? client.opened() : client.closed(1006, '')));
      this.#session = session;
      session?.opened(this);
    });
  }

  received(text: string): void {
    this.#life.enter(() => {
      this.#connection.watch.asked(text);
      const bytes = new TextEncoder().encode(text);
      this.#session?.received(bytes.buffer as ArrayBuffer, false);
    });
  }

  drained(): void {
    this.#life.enter(() => this.#session?.drained());
  }

  /** The client is gone, or seems to be. */
  lost(): void {
    this.#life.enter(() => this.#close());
  }

  getBufferedAmount(): number {
    this.#assertOpen();
    return this.#connection.unreadBytes;
  }

  send(frame: Frame, isBinary?: boolean): number {
    this.#assertOpen();
    const { client, watch } = this.#connection;
    // A copy: whoever sends one frame to many may not rely on nobody changing it.
    const data = typeof frame === 'string' ? frame : Uint8Array.from(frame).buffer;
    if (isBinary !== (typeof frame !== 'string')) throw new Error('A frame was sent as what it is not.');
    watch.sent(data);
    this.#connection.toClient(frame.length, () => client.told(data));
    return 1;
  }

  subscribe(topic: string): boolean {
    this.#assertOpen();
    this.#topics.subscribe(topic, this);
    return true;
  }

  unsubscribe(topic: string): boolean {
    this.#assertOpen();
    this.#topics.unsubscribe(topic, this);
    return true;
  }

  end(code = 1000, reason: unknown = ''): void {
    this.#assertOpen();
    const { client } = this.#connection;
    this.#connection.toClient(0, () => client.closed(code, String(reason)));
    this.#close();
  }

  cork(act: () => void): void {
    this.#assertOpen();
    act();
  }

  #close(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#topics.forget(this);
    session?.closed();
  }

  #assertOpen(): void {
    if (!this.#session) throw new Error('Invalid access of a closed WebSocket.');
  }
}
