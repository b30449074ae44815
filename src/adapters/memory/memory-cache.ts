import type { Cache, SeatCounts } from '../../boxoffice/cache-port.js';
import type { Clock } from '../../kernel/clock.js';

interface Kept<T> {
  readonly value: T;
  readonly until: number;
}

export interface MemoryCacheOptions {
  readonly clock: Clock;
  /** Of all keys and values together; past it the least recently used go. */
  readonly charactersMax?: number;
  /** Showtimes that counts are kept of. */
  readonly showtimesMax?: number;
}

/** The cache of a node that has no Redis: bounded, and gone with the process. */
export class MemoryCache implements Cache {
  readonly #clock: Clock;
  readonly #charactersMax: number;
  readonly #showtimesMax: number;
  /** Least recently used first: a Map keeps the order in which keys were put in. */
  readonly #values = new Map<string, Kept<string>>();
  readonly #counts = new Map<string, Kept<SeatCounts>>();
  #characters = 0;

  constructor({ clock, charactersMax = 16 * 1024 * 1024, showtimesMax = 20_000 }: MemoryCacheOptions) {
    this.#clock = clock;
    this.#charactersMax = charactersMax;
    this.#showtimesMax = showtimesMax;
  }

  async get(key: string): Promise<{ readonly value: string | undefined }> {
    const kept = this.#values.get(key);
    if (!kept) return { value: undefined };
    this.#drop(key, kept);
    if (kept.until <= this.#clock.now()) return { value: undefined };
    this.#put(key, kept);
    return { value: kept.value };
  }

  async set(key: string, value: string, ttlMs: number): Promise<boolean> {
    const before = this.#values.get(key);
    if (before) this.#drop(key, before);
    this.#put(key, { value, until: this.#clock.now() + ttlMs });
    for (const [oldest, kept] of this.#values) {
      if (this.#characters <= this.#charactersMax) break;
      this.#drop(oldest, kept);
    }
    return true;
  }

  async counts(showtimeIds: readonly string[]): Promise<ReadonlyMap<string, SeatCounts>> {
    const now = this.#clock.now();
    const found = new Map<string, SeatCounts>();
    for (const id of showtimeIds) {
      const kept = this.#counts.get(id);
      if (kept && kept.until > now) found.set(id, kept.value);
    }
    return found;
  }

  async putCounts(
    counts: ReadonlyMap<string, SeatCounts>,
    ttlMs: number,
    overwrite: 'unless newer' | 'always',
  ): Promise<boolean> {
    const now = this.#clock.now();
    for (const [id, value] of counts) {
      const kept = this.#counts.get(id);
      const isOutdone = kept !== undefined && kept.until > now && isNewer(kept.value, value);
      if (isOutdone && overwrite === 'unless newer') continue;
      this.#counts.delete(id);
      this.#counts.set(id, { value, until: now + ttlMs });
    }
    for (const id of this.#counts.keys()) {
      if (this.#counts.size <= this.#showtimesMax) break;
      this.#counts.delete(id);
    }
    return true;
  }

  #put(key: string, kept: Kept<string>): void {
    this.#values.set(key, kept);
    this.#characters += key.length + kept.value.length;
  }

  #drop(key: string, kept: Kept<string>): void {
    this.#values.delete(key);
    this.#characters -= key.length + kept.value.length;
  }
}

function isNewer(a: SeatCounts, b: SeatCounts): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq);
}
