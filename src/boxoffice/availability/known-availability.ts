import type { Clock } from '../../kernel/clock.js';
import type { Cache, SeatCounts } from '../cache-port.js';

export interface KnownAvailabilityOptions {
  readonly cache: Cache;
  readonly clock: Clock;
  /** How long counts are given without asking again, those that are missing too. */
  readonly freshMs?: number;
  /** For how long they are given while the cache does not answer. */
  readonly staleMsMax?: number;
  /** Beyond what was asked last. */
  readonly showtimesMax?: number;
}

interface Known {
  /** Absent: nobody has told. */
  readonly counts: SeatCounts | undefined;
  readonly readAt: number;
  askAt: number;
}

/** How full showtimes are, as their owners report it to the cache. This node asks the cache at most once a second for all readers. */
export class KnownAvailability {
  readonly #cache: Cache;
  readonly #clock: Clock;
  readonly #freshMs: number;
  readonly #staleMsMax: number;
  readonly #showtimesMax: number;
  /** Longest known first. */
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<void>>();

  constructor({ cache, clock, freshMs = 1_000, staleMsMax = 30_000, showtimesMax = 10_000 }: KnownAvailabilityOptions) {
    this.#cache = cache;
    this.#clock = clock;
    this.#freshMs = freshMs;
    this.#staleMsMax = staleMsMax;
    this.#showtimesMax = showtimesMax;
  }

  /** The counts of those showtimes that have any; takes as long as one call to the cache may, at most. */
  async of(showtimeIds: readonly string[]): Promise<ReadonlyMap<string, SeatCounts>> {
    this.#askFor(showtimeIds);
    await Promise.all(new Set(showtimeIds.map((id) => this.#asking.get(id))));
    const now = this.#clock.now();
    const found = new Map<string, SeatCounts>();
    for (const id of showtimeIds) {
      const known = this.#known.get(id);
      if (known?.counts && now - known.readAt < this.#staleMsMax) found.set(id, known.counts);
    }
    return found;
  }

  /** Until when `of` answers the same for these, as this node's clock has it; in the past where it is unknown. */
  freshUntil(showtimeIds: readonly string[]): number {
    let until = Number.POSITIVE_INFINITY;
    for (const id of showtimeIds) {
      const known = this.#known.get(id);
      // Being asked for, or about to be.
      if (!known || this.#asking.has(id)) return 0;
      until = Math.min(until, known.askAt, known.counts ? known.readAt + this.#staleMsMax : known.askAt);
    }
    return until;
  }

  #askFor(showtimeIds: readonly string[]): void {
    const now = this.#clock.now();
    const due = showtimeIds.filter((id) => !this.#asking.has(id) && (this.#known.get(id)?.askAt ?? 0) <= now);
    if (due.length === 0) return;
    // Before, and not after: what comes now is to be given to whoever asked, however much it is.
    for (const id of this.#known.keys()) {
      if (this.#known.size <= this.#showtimesMax) break;
      this.#known.delete(id);
    }
    const asking = this.#ask(due).finally(() => {
      for (const id of due) this.#asking.delete(id);
    });
    for (const id of due) this.#asking.set(id, asking);
  }

  async #ask(showtimeIds: readonly string[]): Promise<void> {
    const counts = await this.#cache.counts(showtimeIds);
    const now = this.#clock.now();
    for (const id of showtimeIds) {
      const before = this.#known.get(id);
      this.#known.delete(id);
      const readAt = counts ? now : (before?.readAt ?? now);
      this.#known.set(id, { counts: counts ? counts.get(id) : before?.counts, readAt, askAt: now + this.#freshMs });
    }
  }
}
