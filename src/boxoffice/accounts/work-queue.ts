/** Work that waits for one of a few places; more than a fixed amount of it is refused. */

interface WorkQueueLimits {
  /** So much work runs at a time. */
  readonly running: number;
  /** So much more may wait. */
  readonly waiting: number;
}

export class WorkQueue {
  readonly #limits: WorkQueueLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: WorkQueueLimits) {
    this.#limits = limits;
  }

  /** Runs `work` in its turn, first come first served. Undefined: too much waits, and `work` will never run. */
  run<Result>(work: () => Promise<Result>): Promise<Result> | undefined {
    if (this.#running < this.#limits.running) {
      this.#running++;
      return this.#finish(work);
    }
    if (this.#waiting.length >= this.#limits.waiting) return undefined;
    return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(() => this.#finish(work));
  }

  /** Whoever ends gives its place to the next: it is never free in between, or somebody who comes just then would take it. */
  async #finish<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
