import type { Clock } from '../kernel/clock.js';
import type { Timers } from '../kernel/timers.js';

/** One timer for the next moment at which something is due. A new moment replaces the one before. */
export class Alarm {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #ring: (now: number) => void;
  #at = Number.POSITIVE_INFINITY;
  #cancel: (() => void) | undefined;

  /** `ring` may be called a little too early, since timers of a host and our clock differ: it looks, and sets it again. */
  constructor(clock: Clock, timers: Timers, ring: (now: number) => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#ring = ring;
  }

  /** Infinity while it is not set. */
  get at(): number {
    return this.#at;
  }

  set(at: number | undefined): void {
    const due = at ?? Number.POSITIVE_INFINITY;
    if (due === this.#at) return;
    this.stop();
    this.#at = due;
    if (due === Number.POSITIVE_INFINITY) return;
    this.#cancel = this.#timers.after(due - this.#clock.now(), () => {
      this.stop();
      this.#ring(this.#clock.now());
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#at = Number.POSITIVE_INFINITY;
  }
}
