import type { Environment } from './environment.js';

/** How many samples compete; older ones leave, so that the clocks' drift is followed. */
const SAMPLES = 8;

interface Sample {
  readonly rttMs: number;
  /** Server time less the local monotonic clock, in milliseconds. */
  readonly offset: number;
}

/**
 * The server's clock as seen from here: an offset over a local monotonic clock, so that a user who sets the computer's
 * clock moves no countdown. The sample of the shortest round trip wins, because the offset of a sample is wrong by at
 * most half its round trip (Cristian's algorithm, 1989).
 */
export class ServerClock {
  readonly #local: Pick<Environment, 'now' | 'wallTime'>;
  #samples: Sample[] = [];
  #offset: number | undefined;

  constructor(local: Pick<Environment, 'now' | 'wallTime'>) {
    this.#local = local;
  }

  /** Milliseconds since 1970 by the server; by the local clock until the server has said anything. */
  now(): number {
    return this.#offset === undefined ? this.#local.wallTime() : this.#local.now() + this.#offset;
  }

  /** A new connection: perhaps another node, perhaps after a sleep in which the monotonic clock stood still. */
  restart(serverTime: number): void {
    this.#samples = [];
    this.#offset = serverTime - this.#local.now();
  }

  /** A time that travelled one way is older than it was when sent: it can only show that this clock is slow. */
  heard(serverTime: number): void {
    if (serverTime > this.now()) this.restart(serverTime);
  }

  /** A ping sent at `sentAt` (local monotonic milliseconds) was answered just now. */
  sample(sentAt: number, serverTime: number): void {
    const rttMs = this.#local.now() - sentAt;
    this.#samples = [...this.#samples.slice(1 - SAMPLES), { rttMs, offset: serverTime - sentAt - rttMs / 2 }];
    this.#offset = this.#samples.reduce((best, next) => (next.rttMs <= best.rttMs ? next : best)).offset;
  }
}
