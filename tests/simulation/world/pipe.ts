import type { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';

/** One direction of a connection: what is sent arrives late and in order, or is lost with all that follows. */
export class Pipe {
  readonly #time: VirtualTime;
  readonly #latency: () => number;
  #arrivesAt = 0;
  #isCut = false;

  constructor(time: VirtualTime, latency: () => number) {
    this.#time = time;
    this.#latency = latency;
  }

  send(arrive: () => void): void {
    if (this.#isCut) return;
    this.#arrivesAt = Math.max(this.#arrivesAt, this.#time.now() + this.#latency());
    this.#time.after(this.#arrivesAt - this.#time.now(), () => void (this.#isCut || arrive()));
  }

  /** Nothing new arrives before so long from now, and then all of it: packets that had to be sent again. */
  stall(ms: number): void {
    this.#arrivesAt = Math.max(this.#arrivesAt, this.#time.now() + ms);
  }

  /** Nothing arrives any more, what is on its way included, and nobody is told. */
  cut(): void {
    this.#isCut = true;
  }
}
