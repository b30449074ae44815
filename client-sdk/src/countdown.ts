import type { HoldView } from '../../src/protocol/server-messages.js';
import type { Environment } from './environment.js';

/** Each is said once, when the time left falls to it (WCAG 2.2.1 asks for a warning; a clock read aloud would be noise). */
const WARN_AT_MS: readonly number[] = [300_000, 60_000, 30_000];

/** What a clock shows of the hold that ends first. */
export interface TimeLeft {
  readonly holdId: string;
  readonly remainingMs: number;
  /** Present where the time left has just fallen to this: say it, once. Five minutes, one minute, half a minute. */
  readonly warnAtMs?: number;
}

export interface Held {
  holds(): readonly HoldView[];
  remainingMs(holdId: string): number;
}

/**
 * Calls back once a second, in step with the written second. A browser rings the timers of a page in the background once
 * a minute, so whoever makes this calls `look` with every message of the server as well, and when the page is shown again.
 */
export class Countdown {
  readonly #environment: Environment;
  readonly #held: Held;
  readonly #show: (left: TimeLeft | undefined) => void;
  /** What it told of last, to know that nothing changed. */
  #holds: readonly HoldView[] | undefined;
  #told: TimeLeft | undefined;
  /** When the second that is shown is over, by `environment.now()`. */
  #dueAt = 0;
  #cancelTimer: () => void = () => undefined;

  constructor(environment: Environment, held: Held, show: (left: TimeLeft | undefined) => void) {
    this.#environment = environment;
    this.#held = held;
    this.#show = show;
    this.look();
  }

  /** Cheap where neither the holds nor the written second have changed. */
  look(): void {
    const holds = this.#held.holds();
    const now = this.#environment.now();
    if (holds === this.#holds && now < this.#dueAt) return;
    this.#holds = holds;
    this.#cancelTimer();
    this.#dueAt = Number.POSITIVE_INFINITY;
    const [first] = [...holds].sort((a, b) => a.expiresAt - b.expiresAt);
    const before = this.#told;
    this.#told = first && this.#timeLeft(first.id, before);
    if (this.#told && this.#told.remainingMs > 0) {
      const wait = untilNextSecond(this.#told.remainingMs);
      this.#dueAt = now + wait;
      this.#cancelTimer = this.#environment.setTimer(() => {
        this.#dueAt = 0;
        this.look();
      }, wait);
    }
    if (this.#told || before) this.#show(this.#told);
  }

  stop(): void {
    this.#cancelTimer();
  }

  /** A hold that is new to us, or was extended, warns of what lies ahead and not of what it skipped. */
  #timeLeft(holdId: string, before: TimeLeft | undefined): TimeLeft {
    const remainingMs = this.#held.remainingMs(holdId);
    const beforeMs = before?.holdId === holdId ? before.remainingMs : remainingMs;
    const warnAtMs = thresholdPassed(beforeMs, remainingMs);
    return { holdId, remainingMs, ...(warnAtMs === undefined ? {} : { warnAtMs }) };
  }
}

/** The lowest threshold that was passed going from `beforeMs` to `nowMs` left, or undefined. */
export function thresholdPassed(beforeMs: number, nowMs: number): number | undefined {
  return WARN_AT_MS.filter((threshold) => beforeMs > threshold && nowMs <= threshold).at(-1);
}

/** Milliseconds until the written time changes, so that a timer wakes once a second and in step with it. */
export function untilNextSecond(remainingMs: number): number {
  return ((remainingMs - 1) % 1000) + 1;
}
