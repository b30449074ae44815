/** A socket that is to be closed once its client has read what was sent before. */
export interface Leaving {
  /** Closes it, read or not. */
  part(): void;
}

/** Past it a client that reads too slowly is cut: it comes back by itself, and is told then what it missed. */
const READS_MS_MAX = 10_000;

/**
 * Sockets whose last frames wait in uWebSockets.js. A close is not sent on top of those: uWebSockets.js reports the close at
 * once and drops what waits when the node stops listening, so the client would see 1006 and neither `moved` nor the code.
 */
export class Goodbyes {
  /** When each began to leave; the oldest first. */
  readonly #leaving = new Map<Leaving, number>();
  #waiting: (() => void)[] = [];

  get size(): number {
    return this.#leaving.size;
  }

  add(leaving: Leaving, now: number): void {
    this.#leaving.set(leaving, now);
  }

  /** It is gone. */
  delete(leaving: Leaving): void {
    this.#leaving.delete(leaving);
    if (this.#leaving.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** To be called now and then. */
  look(now: number): void {
    for (const [leaving, since] of [...this.#leaving]) if (now - since >= READS_MS_MAX) leaving.part();
  }

  /** Resolves when nobody is left. */
  async said(): Promise<void> {
    if (this.#leaving.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
