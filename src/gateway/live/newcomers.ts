/** A socket that is not live yet. */
export interface Newcomer {
  /** It has had its time to say hello. */
  helloOverdue(): void;
  /** The node goes away. */
  drain(): void;
}

/**
 * The sockets of this node that watch nothing yet. They all have the same time to say hello, so one look at the oldest,
 * now and then, does what a timer for each would: the end of it is up to a tenth late.
 */
export class Newcomers {
  readonly #helloMsMax: number;
  /** When each opened; the oldest first. */
  readonly #openedAt = new Map<Newcomer, number>();

  constructor(helloMsMax: number) {
    this.#helloMsMax = helloMsMax;
  }

  add(newcomer: Newcomer, now: number): void {
    this.#openedAt.set(newcomer, now);
  }

  delete(newcomer: Newcomer): void {
    this.#openedAt.delete(newcomer);
  }

  /** How often to look, in milliseconds. */
  get everyMs(): number {
    return Math.max(1, this.#helloMsMax / 10);
  }

  look(now: number): void {
    // Whoever is told leaves within the call, which a map allows while it is gone through.
    for (const [newcomer, openedAt] of this.#openedAt) {
      if (now - openedAt < this.#helloMsMax) break;
      newcomer.helloOverdue();
    }
  }

  drain(): void {
    for (const newcomer of [...this.#openedAt.keys()]) newcomer.drain();
  }
}
