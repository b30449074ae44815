import { FrameReader } from '../../../bench/load/frame-reader.js';
import { LoadSocket } from '../../../bench/load/load-socket.js';
import { SUBPROTOCOL_JSON } from '../../../src/protocol/version.js';
import { Tally } from '../oracle/tally.js';
import { homeAddress } from '../target/home-address.js';
import type { Showtime } from '../target/target.js';

/** How many join at a time. */
const BATCH = 100;
const LOOK_MS = 50;

class Watcher {
  epoch = 0;
  seq = -1;
  deltas = 0;
  snapshots = 0;
  gaps = 0;
  readonly socket: LoadSocket;
  readonly joined: Promise<void>;

  constructor(port: number, showtimeId: string, reader: FrameReader, closed: (code: number) => void) {
    let enter: () => void = () => {};
    this.joined = new Promise((resolve) => {
      enter = resolve;
    });
    this.socket = new LoadSocket(
      {
        host: '127.0.0.1',
        port,
        path: `/v1/showtimes/${showtimeId}/live`,
        subprotocol: SUBPROTOCOL_JSON,
        ...homeAddress(),
      },
      {
        open: () => this.socket.sendText('{"type":"hello"}'),
        message: (payload, binary) => {
          const message = reader.read(payload, binary);
          if (message.type === 'snapshot') {
            this.snapshots++;
            this.seq = message.seq;
            enter();
          } else if (message.type === 'delta') {
            this.deltas++;
            if (message.seq !== this.seq + 1) this.gaps++;
            this.seq = message.seq;
          }
        },
        closed: (code) => {
          enter();
          closed(code);
        },
      },
    );
  }
}

/** People who look at one house and say nothing. */
export class Watchers {
  readonly closes = new Tally();
  readonly #all: Watcher[] = [];
  #closing = false;

  static async join(port: number, showtime: Showtime, count: number): Promise<Watchers> {
    const watchers = new Watchers();
    const reader = new FrameReader();
    while (watchers.#all.length < count) {
      const batch = Array.from({ length: Math.min(BATCH, count - watchers.#all.length) }, () => {
        const closed = (code: number) => watchers.#closing || watchers.closes.add(code);
        return new Watcher(port, showtime.id, reader, closed);
      });
      watchers.#all.push(...batch);
      await Promise.all(batch.map((watcher) => watcher.joined));
    }
    return watchers;
  }

  get size(): number {
    return this.#all.length;
  }

  /** Of all together. */
  sum(of: 'deltas' | 'snapshots' | 'gaps'): number {
    return this.#all.reduce((sum, watcher) => sum + watcher[of], 0);
  }

  pause(): void {
    for (const { socket } of this.#all) socket.pause();
  }

  resume(): void {
    for (const { socket } of this.#all) socket.resume();
  }

  /** Waits until all have this delta. @returns how many have. */
  async reach(seq: number, withinMs: number): Promise<number> {
    const giveUpAt = performance.now() + withinMs;
    for (;;) {
      const there = this.#all.filter((watcher) => watcher.seq >= seq).length;
      if (there === this.#all.length || performance.now() > giveUpAt) return there;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  close(): void {
    this.#closing = true;
    for (const { socket } of this.#all) socket.close(1000);
  }
}
