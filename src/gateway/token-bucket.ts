/**
 * The rate of one socket. Written here and not taken from a library since it stands before every message, in the same
 * turn: those for HTTP and for addresses are asynchronous by nature.
 */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #debtMax: number;
  #tokens: number;
  #filledAt: number;

  /** Twice the rate may come in a burst; five seconds' worth past it counts as flooding. */
  constructor(perSecond: number, now: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = perSecond * 2;
    this.#debtMax = perSecond * 5;
    this.#tokens = this.#burst;
    this.#filledAt = now;
  }

  /** 0: take the message. More: refuse it, and it may come again after so many milliseconds. Infinite: a flood. */
  take(now: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#perMs) - 1;
    this.#filledAt = now;
    if (this.#tokens >= 0) return 0;
    if (-this.#tokens > this.#debtMax) return Number.POSITIVE_INFINITY;
    // The debt, and one token more: the message that comes again takes one.
    return Math.ceil((1 - this.#tokens) / this.#perMs);
  }
}
