import type { Clock } from '../kernel/clock.js';

/** The clock may be corrected by at most this share of the time that passed: 1 ms in 200, far under a hold's length. */
const SLEW = 0.005;

/**
 * A monotonic clock anchored to Postgres'. It runs on `performance.now()`, so jumps of the host's wall clock do not
 * show, and follows the anchor slowly, so that it never goes back and no hold is cut or stretched by a correction.
 */
export class AnchoredClock implements Clock {
  readonly #monotonic: () => number;
  #offset: number;
  #target: number;
  #slewedAt: number;
  #anchored = false;

  constructor(wallMs: number, monotonic: () => number = () => performance.now()) {
    this.#monotonic = monotonic;
    this.#slewedAt = monotonic();
    this.#offset = wallMs - this.#slewedAt;
    this.#target = this.#offset;
  }

  now(): number {
    const monotonicMs = this.#monotonic();
    const error = this.#target - this.#offset;
    if (error !== 0) {
      const room = (monotonicMs - this.#slewedAt) * SLEW;
      this.#offset += Math.abs(error) <= room ? error : Math.sign(error) * room;
    }
    this.#slewedAt = monotonicMs;
    return Math.floor(monotonicMs + this.#offset);
  }

  /**
   * One reading of Postgres' clock, taken somewhere between the two monotonic moments. A reading only counts where it
   * rules our offset out: a slow answer says little and moves nothing. The first reading is taken at once, before any
   * actor runs; later ones are approached.
   */
  observe(serverMs: number, sentAt: number, receivedAt: number): void {
    const earliest = serverMs - receivedAt;
    const latest = serverMs - sentAt;
    if (!this.#anchored) {
      this.#anchored = true;
      this.#offset = this.#target = (earliest + latest) / 2;
      this.#slewedAt = this.#monotonic();
    } else if (this.#target < earliest) this.#target = earliest;
    else if (this.#target > latest) this.#target = latest;
  }
}
