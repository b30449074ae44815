import { setTimeout as sleep } from 'node:timers/promises';
import type { Crowd } from './crowd.js';

const TICK_MS = 5;
const SETTLED_MS_MAX = 60_000;

/**
 * Has visitors act. Paced, it is an open loop: commands fall due by the clock whether those before were answered or not,
 * and their latency counts from when they were due, so that a slow server is not spared.
 */
export class Pace {
  readonly #crowd: Crowd;
  /** When commands fell due for which nobody was idle. */
  readonly #due: number[] = [];
  #inFlight = 0;
  #isEager = false;
  #latencies: number[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(crowd: Crowd) {
    this.#crowd = crowd;
    crowd.onIdle = () => this.#serve();
  }

  /** Commands that are due and wait for an idle visitor. */
  get backlog(): number {
    return this.#due.length;
  }

  /** Milliseconds of every command since the last call. */
  takeLatencies(): number[] {
    const taken = this.#latencies;
    this.#latencies = [];
    return taken;
  }

  /** A closed loop: everybody acts as fast as they are answered. @returns commands a second. */
  async measure(ms: number): Promise<number> {
    this.#isEager = true;
    const from = performance.now();
    this.#serve();
    await sleep(ms);
    this.#isEager = false;
    const rate = this.takeLatencies().length / ((performance.now() - from) / 1_000);
    await this.settle();
    return rate;
  }

  /** Offers so many commands a second from now on. */
  start(rate: number): void {
    const from = performance.now();
    let issued = 0;
    this.#timer = setInterval(() => {
      const whole = Math.floor(((performance.now() - from) / 1_000) * rate);
      for (; issued < whole; issued++) this.#due.push(from + ((issued + 1) / rate) * 1_000);
      this.#serve();
    }, TICK_MS);
  }

  /** Ends the offering. Resolves when every command that was due has its answer. @throws Error after a minute. */
  async settle(): Promise<void> {
    clearInterval(this.#timer);
    const giveUpAt = performance.now() + SETTLED_MS_MAX;
    while (this.#inFlight > 0 || this.#due.length > 0) {
      if (performance.now() > giveUpAt) throw new Error(`${this.#inFlight} commands were never answered.`);
      await sleep(20);
    }
  }

  #serve(): void {
    while (this.#isEager || this.#due.length > 0) {
      const visitor = this.#crowd.next();
      if (!visitor) return;
      const since = this.#isEager ? performance.now() : (this.#due.shift() ?? performance.now());
      this.#inFlight++;
      void visitor.act().then(() => {
        this.#inFlight--;
        this.#latencies.push(performance.now() - since);
        this.#crowd.done(visitor);
      });
    }
  }
}
