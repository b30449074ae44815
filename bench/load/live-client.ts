import type { CommandMessage } from '../../src/protocol/client-messages.js';
import type { Heartbeat, HoldExpired, ReplyMessage, Snapshot, Welcome } from '../../src/protocol/server-messages.js';
import { SUBPROTOCOL_MSGPACK } from '../../src/protocol/version.js';
import type { FrameReader } from './frame-reader.js';
import { HouseView } from './house-view.js';
import { LoadSocket, type SocketTarget } from './load-socket.js';

/** A command without the number that its connection gives it. */
export type NumberedLater<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never;
export type LiveCommand = NumberedLater<CommandMessage>;

export interface Answer {
  readonly reply: ReplyMessage;
  /** From just before the command was written to when its reply had been read, on one monotonic clock. */
  readonly latencyMs: number;
}

/** How the last hello went: milliseconds since connecting began. */
export interface Opened {
  readonly recovered: boolean;
  readonly liveAfterMs: number;
}

export interface LiveEvents {
  /** The connection ended; commands in flight have been answered with undefined. Not called while opening. */
  lost(code: number): void;
  snapshot(snapshot: Snapshot, surprises: number): void;
  delta(changes: number): void;
  seatChanged(seat: number, status: number): void;
  /** A delta was not the next one, or a heartbeat told of one that never came. */
  gap(): void;
  holdExpired(message: HoldExpired): void;
  /** What the server says on its own account: an error, or that the showtime moved. */
  told(what: string): void;
}

export interface LiveClientOptions {
  readonly target: Omit<SocketTarget, 'path' | 'subprotocol'>;
  readonly showtimeId: string;
  readonly seats: number;
  readonly reader: FrameReader;
  readonly events: LiveEvents;
}

/** One person at one seat map, over as many connections as it takes. */
export class LiveClient {
  readonly view: HouseView;
  holder = '';
  #session: string | undefined;
  #socket: LoadSocket | undefined;
  #live = false;
  #nextId = 1;
  readonly #waiting = new Map<number, { readonly sentAt: number; answer(answer: Answer | undefined): void }>();

  readonly #options: LiveClientOptions;

  constructor(options: LiveClientOptions) {
    this.#options = options;

    this.view = new HouseView(options.seats);
  }

  get connected(): boolean {
    return this.#live;
  }

  /**
   * Connects and says hello, with the session and position of last time where there was one.
   * Rejects with the close code in the message where the connection ends before the house is in view.
   */
  open(): Promise<Opened> {
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const entered = (recovered: boolean) => {
        this.#live = true;
        resolve({ recovered, liveAfterMs: performance.now() - startedAt });
      };
      const socket = new LoadSocket(
        {
          ...this.#options.target,
          // Served where it lands: of a cluster, the node that the URL names is the one to be measured.
          path: `/v1/showtimes/${this.#options.showtimeId}/live?moved=1`,
          subprotocol: SUBPROTOCOL_MSGPACK,
        },
        {
          open: () => socket.sendText(JSON.stringify(this.#hello())),
          message: (payload, binary) => this.#read(payload, binary, entered),
          closed: (code, reason) => {
            const wasLive = this.#live;
            this.#socket = undefined;
            this.#live = false;
            for (const { answer } of this.#waiting.values()) answer(undefined);
            this.#waiting.clear();
            if (wasLive) this.#options.events.lost(code);
            else reject(new ClosedWhileOpening(code, reason));
          },
        },
      );
      this.#socket = socket;
    });
  }

  /** Undefined: the connection ended before the reply, so whether the command took effect is unknown. */
  command(command: LiveCommand): Promise<Answer | undefined> {
    const socket = this.#socket;
    if (!socket || !this.#live) return Promise.resolve(undefined);
    return new Promise((answer) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { sentAt: performance.now(), answer });
      socket.sendText(JSON.stringify({ id, ...command }));
    });
  }

  /** The next hello asks for a snapshot instead of what was missed, as a page does that was loaded anew. */
  forgetHouse(): void {
    this.view.stale = true;
  }

  /** Loses the connection without a word to the server. */
  cut(): void {
    this.#socket?.cut();
  }

  close(): void {
    this.#socket?.close(1000);
  }

  #hello() {
    const { view } = this;
    const session = this.#session;
    return {
      type: 'hello',
      ...(session !== undefined && { token: session }),
      // A view that has seen a gap must not ask to go on from it.
      ...(session !== undefined && !view.stale && { resume: { epoch: view.epoch, seq: view.seq } }),
    };
  }

  #read(payload: Buffer, binary: boolean, entered: (recovered: boolean) => void): void {
    const { events, reader } = this.#options;
    const message = reader.read(payload, binary);
    switch (message.type) {
      case 'welcome':
        this.#welcome(message, entered);
        break;
      case 'snapshot':
        events.snapshot(message, this.view.takeSnapshot(message));
        if (!this.#live) entered(false);
        break;
      case 'delta':
        if (!this.view.takeDelta(message, events.seatChanged)) events.gap();
        events.delta(message.changes.length);
        break;
      case 'reply': {
        const waiting = this.#waiting.get(message.id);
        this.#waiting.delete(message.id);
        waiting?.answer({ reply: message, latencyMs: performance.now() - waiting.sentAt });
        break;
      }
      case 'heartbeat':
        this.#heartbeat(message);
        break;
      case 'hold_expired':
        events.holdExpired(message);
        break;
      case 'moved':
        events.told('moved');
        break;
      case 'error':
        events.told(message.error.code);
        break;
      case 'own':
        break;
    }
  }

  /** The last delta before a silence would be missed without a word if nobody compared. */
  #heartbeat({ epoch, seq }: Heartbeat): void {
    const { view } = this;
    if (view.stale || (epoch === view.epoch && seq === view.seq)) return;
    view.stale = true;
    this.#options.events.gap();
  }

  #welcome(message: Welcome, entered: (recovered: boolean) => void): void {
    this.#session = message.session;
    this.holder = message.holder;
    if (message.recovered) entered(true);
    // What follows is a snapshot, and no delta before it is for us.
    else this.view.stale = true;
  }
}

export class ClosedWhileOpening extends Error {
  override readonly name = 'ClosedWhileOpening';

  constructor(
    readonly code: number,
    reason: string,
  ) {
    super(`${code} ${reason}`);
  }
}
