/** The visible countdown of the hold that ends first, and its spoken warnings. It runs on while disconnected. */
import type { ShowtimeClient } from '../index.js';
import { formatRemaining, thresholdPassed, untilNextSecond } from './countdown.js';

/** From here on the clock looks urgent. */
const SOON_MS = 60_000;

export class HoldClock {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watched: { readonly holdId: string; remainingMs: number } | undefined;

  constructor(
    private readonly element: HTMLElement,
    private readonly client: Pick<ShowtimeClient, 'getSnapshot' | 'remainingMs'>,
    private readonly warn: (thresholdMs: number) => void,
  ) {}

  /** Call when the holds changed; between calls it wakes itself once a second. */
  update(): void {
    clearTimeout(this.#timer);
    const [first] = [...this.client.getSnapshot().holds].sort((a, b) => a.expiresAt - b.expiresAt);
    this.element.hidden = first === undefined;
    if (!first) {
      this.#watched = undefined;
      return;
    }
    const remainingMs = this.client.remainingMs(first.id);
    // A hold that is new to us, or was extended, warns of what lies ahead and not of what it skipped.
    if (this.#watched?.holdId !== first.id || this.#watched.remainingMs < remainingMs) {
      this.#watched = { holdId: first.id, remainingMs };
    }
    const threshold = thresholdPassed(this.#watched.remainingMs, remainingMs);
    this.#watched.remainingMs = remainingMs;
    this.element.textContent = formatRemaining(remainingMs);
    this.element.classList.toggle('soon', remainingMs <= SOON_MS);
    if (threshold !== undefined) this.warn(threshold);
    if (remainingMs > 0) this.#timer = setTimeout(() => this.update(), untilNextSecond(remainingMs));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
