import type { Timers } from '../../kernel/timers.js';
import type { Cache, SeatCounts } from '../cache-port.js';
import { repeat } from '../repeat.js';

/** Counts of a showtime that nobody renews are gone after so long: its node died, or put it to sleep. */
export const COUNTS_TTL_MS = 90_000;

export interface AvailabilityBoardOptions {
  readonly cache: Cache;
  readonly timers: Timers;
  /** False: nothing is written; see the toggle `availability`. */
  readonly isOn: () => boolean;
  readonly everyMs?: number;
  readonly ttlMs?: number;
}

/** The published counts of a house now; undefined where it does not run here any more. */
export type ReadCounts = () => SeatCounts | undefined;

/**
 * Tells the cache how full the houses of this node are: at most once a second each, all that changed in one call. A house
 * that does not change is written again before its counts end. What the cache does not take is tried again.
 */
export class AvailabilityBoard {
  readonly #options: AvailabilityBoardOptions;
  readonly #ttlMs: number;
  /** Houses that were ever told of, until their read finds them gone. */
  readonly #houses = new Map<string, ReadCounts>();
  readonly #changed = new Set<string>();
  readonly #stops: readonly (() => Promise<void>)[];

  constructor(options: AvailabilityBoardOptions) {
    const { timers, everyMs = 1_000, ttlMs = COUNTS_TTL_MS } = options;
    this.#options = options;
    this.#ttlMs = ttlMs;
    this.#stops = [repeat(timers, everyMs, () => this.#write()), repeat(timers, ttlMs / 3, async () => this.#renew())];
  }

  /** When a house was loaded, and after every delta of it. Costs next to nothing: `read` is called at the next tick. */
  changed(showtimeId: string, read: ReadCounts): void {
    this.#houses.set(showtimeId, read);
    this.#changed.add(showtimeId);
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop();
  }

  #renew(): void {
    for (const [id, read] of this.#houses) {
      // While nothing is written nothing else would find out that a house is gone.
      if (this.#options.isOn() || read()) this.#changed.add(id);
      else this.#houses.delete(id);
    }
  }

  async #write(): Promise<void> {
    const { cache, isOn } = this.#options;
    if (this.#changed.size === 0 || !isOn()) return;
    const counts = new Map<string, SeatCounts>();
    for (const id of this.#changed) {
      const read = this.#houses.get(id)?.();
      if (read) counts.set(id, read);
      else this.#houses.delete(id);
    }
    this.#changed.clear();
    if (counts.size === 0 || (await cache.putCounts(counts, this.#ttlMs, 'unless newer'))) return;
    for (const id of counts.keys()) this.#changed.add(id);
  }
}
