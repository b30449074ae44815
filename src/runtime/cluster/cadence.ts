import type { Timers } from '../../kernel/timers.js';
import type { Monotonic } from './lease.js';

/**
 * Calls something every `periodMs`, counted from start to start, but never twice at a time: what takes longer than a
 * period is followed at once. What is called must not reject.
 */
export class Cadence {
  readonly #periodMs: number;
  readonly #timers: Timers;
  readonly #monotonic: Monotonic;
  readonly #act: () => Promise<void>;
  #running: Promise<void> | undefined;
  #queued: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(periodMs: number, timers: Timers, monotonic: Monotonic, act: () => Promise<void>) {
    this.#periodMs = periodMs;
    this.#timers = timers;
    this.#monotonic = monotonic;
    this.#act = act;
  }

  /** Starts a call now, or when the one that runs has ended, and goes on from there. Resolves when that call has ended. */
  async atOnce(): Promise<void> {
    if (!this.#running) return await this.#run();
    this.#queued ??= this.#running.then(() => {
      this.#queued = undefined;
      return this.#run();
    });
    await this.#queued;
  }

  /** Nothing is called after this. Resolves when what was running has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#cancel?.();
    if (this.#stopped) return;
    const startedAt = this.#monotonic();
    this.#running = this.#act().then(() => {
      this.#running = undefined;
      if (this.#stopped) return;
      const delayMs = startedAt + this.#periodMs - this.#monotonic();
      this.#cancel = this.#timers.after(Math.max(0, delayMs), () => void this.#run());
    });
    await this.#running;
  }
}
