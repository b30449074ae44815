import type { Clock } from '../kernel/clock.js';
import type { Timers } from '../kernel/timers.js';
import type { Audience } from './audience.js';
import type { PublishedView } from './published-view.js';

export interface DeltaLimits {
  /** With this many watchers or fewer, each delta goes at once. */
  readonly immediateWatchersMax: number;
  /** With more, deltas gather for this long. */
  readonly tickMs: number;
  /** So that a frame stays under the 16 KiB beyond which uWebSockets.js stops batching it. */
  readonly changesPerDeltaMax: number;
}

type Watching = Pick<Audience, 'size' | 'delta'>;

/** Says when what was published becomes a delta: at once for few; for many one a tick, the first after a quiet time at once. */
export class DeltaTicker {
  readonly #view: PublishedView;
  readonly #audience: Watching;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #limits: DeltaLimits;
  #cancel: (() => void) | undefined;
  #emittedAt = 0;

  constructor(view: PublishedView, audience: Watching, clock: Clock, timers: Timers, limits: DeltaLimits) {
    this.#view = view;
    this.#audience = audience;
    this.#clock = clock;
    this.#timers = timers;
    this.#limits = limits;
  }

  /** Something may have been published. */
  emit(): void {
    if (this.#cancel) return;
    const tickMs = this.#audience.size() > this.#limits.immediateWatchersMax ? this.#limits.tickMs : 0;
    const waitMs = this.#emittedAt + tickMs - this.#clock.now();
    if (tickMs === 0 || waitMs <= 0) {
      this.#cut();
      return;
    }
    this.#cancel = this.#timers.after(waitMs, () => {
      this.#cancel = undefined;
      this.#cut();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  #cut(): void {
    for (;;) {
      const delta = this.#view.cut(this.#limits.changesPerDeltaMax);
      if (!delta) break;
      this.#emittedAt = this.#clock.now();
      this.#audience.delta(delta);
    }
  }
}
