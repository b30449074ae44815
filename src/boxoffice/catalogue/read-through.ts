import type { Clock } from '../../kernel/clock.js';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import type { Cache } from '../cache-port.js';
import type { CatalogueGeneration } from './generation.js';
import { Shelf } from './shelf.js';

export interface ReadThroughLimits {
  /** After so long a value is read anew; spread by a fifth either way, so that nodes do not all ask at once. */
  readonly ttlMs: number;
  /** The same for "there is none", which is likelier to become wrong. */
  readonly absentTtlMs: number;
  /** How old a value may get while the store cannot be read. */
  readonly staleMsMax: number;
  /** How long a reader who could have an old value waits for a new one. */
  readonly patienceMsMax: number;
  /** After a failure, old values are given without another try for so long. */
  readonly retryAfterMs: number;
  /** Of what the catalogue has, in rows. */
  readonly lastingRowsMax: number;
  /** Of what readers may make up without end: spans of time, ids of nothing. In rows; an absence counts one. */
  readonly passingRowsMax: number;
  /** Reads of the store at a time; more are refused. */
  readonly flightsMax: number;
}

export interface ReadThroughContext {
  readonly cache: Cache;
  readonly generation: CatalogueGeneration;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly limits: ReadThroughLimits;
}

/** What values of one kind look like. */
export interface Kind<T> {
  /** Part of the keys in the shared cache; a value of another shape needs another name. */
  readonly name: string;
  /** 0: there is nothing. */
  rowsIn(value: T): number;
  /** Whether what came from the shared cache can be used: it may hold anything. */
  isUsable(value: unknown): value is T;
}

interface Kept<T> {
  readonly value: T;
  readonly generation: string;
  readonly freshUntil: number;
  readonly staleUntil: number;
  retryAt: number;
}

/**
 * Reads of one kind, kept in this node and shared through the cache. A value is read once however many ask for it at the
 * same time; where the store fails or is slow, an old value does for a while.
 */
export class ReadThrough<T> {
  readonly #kind: Kind<T>;
  readonly #context: ReadThroughContext;
  readonly #lasting: Shelf<Kept<T>>;
  readonly #passing: Shelf<Kept<T>>;
  readonly #flights = new Map<string, { readonly generation: string; readonly value: Promise<T> }>();
  #isFailing = false;

  constructor(kind: Kind<T>, context: ReadThroughContext) {
    this.#kind = kind;
    this.#context = context;
    this.#lasting = new Shelf(context.limits.lastingRowsMax);
    this.#passing = new Shelf(context.limits.passingRowsMax);
  }

  /**
   * @param isPassing true where the key is one that readers can make up; such values are not shared between nodes.
   * @throws what `load` threw, where there is no value that could stand in.
   */
  async read(key: string, load: () => Promise<T>, isPassing = false): Promise<T> {
    const { clock, generation } = this.#context;
    const now = clock.now();
    const kept = this.#lasting.get(key) ?? this.#passing.get(key);
    if (kept && kept.generation === generation.current && now < kept.freshUntil) return kept.value;
    if (kept && now < kept.retryAt && now < kept.staleUntil) return kept.value;
    const flight = this.#fly(key, load, isPassing);
    return await (kept && now < kept.staleUntil ? this.#orStale(flight, kept) : flight);
  }

  /** One read at a time; but who asks after a change must not be given what was read before it. */
  #fly(key: string, load: () => Promise<T>, isPassing: boolean): Promise<T> {
    const generation = this.#context.generation.current;
    const flying = this.#flights.get(key);
    if (flying?.generation === generation) return flying.value;
    if (this.#flights.size >= this.#context.limits.flightsMax) {
      return Promise.reject(new Error('Too much of the catalogue is being read already.'));
    }
    const value = this.#load(key, load, isPassing, generation).finally(() => {
      if (this.#flights.get(key)?.value === value) this.#flights.delete(key);
    });
    this.#flights.set(key, { generation, value });
    return value;
  }

  #orStale(flight: Promise<T>, kept: Kept<T>): Promise<T> {
    const { timers, clock, limits, log } = this.#context;
    return new Promise((resolve) => {
      // Whoever comes next need not find out again.
      const standIn = () => {
        kept.retryAt = clock.now() + limits.retryAfterMs;
        resolve(kept.value);
      };
      const cancel = timers.after(limits.patienceMsMax, standIn);
      flight.then(
        (value) => {
          cancel();
          resolve(value);
        },
        (error) => {
          cancel();
          if (!this.#isFailing) {
            log.warn(
              { event: 'catalogue.stale', err: error, what: this.#kind.name },
              'The catalogue could not be read. The node serves cached values.',
            );
          }
          this.#isFailing = true;
          standIn();
        },
      );
    });
  }

  async #load(key: string, load: () => Promise<T>, isPassing: boolean, generation: string): Promise<T> {
    const { cache, clock, limits } = this.#context;
    const sharedKey = `listing:${generation}:${this.#kind.name}:${key}`;
    const shared = isPassing ? undefined : this.#usable((await cache.get(sharedKey))?.value);
    if (shared) return this.#keep(key, shared.value, { at: shared.at, isPassing, generation });
    const at = clock.now();
    const value = await load();
    this.#isFailing = false;
    // Absences are not shared: anybody could fill the cache with them.
    if (!isPassing && this.#kind.rowsIn(value) > 0)
      void cache.set(sharedKey, JSON.stringify({ at, value }), limits.ttlMs);
    return this.#keep(key, value, { at, isPassing, generation });
  }

  #keep(
    key: string,
    value: T,
    read: { readonly at: number; readonly isPassing: boolean; readonly generation: string },
  ): T {
    const { clock, generation, limits, random } = this.#context;
    // Read before a change that is known by now: good for who asked before it, and for nobody else.
    if (read.generation !== generation.current) return value;
    const rows = this.#kind.rowsIn(value);
    // The clocks of all nodes follow Postgres; but whoever wrote the time may have been wrong.
    const at = Math.min(read.at, clock.now());
    const freshUntil = at + (rows === 0 ? limits.absentTtlMs : limits.ttlMs * (0.8 + 0.4 * random()));
    const staleUntil = rows === 0 ? freshUntil : at + limits.staleMsMax;
    const isLasting = rows > 0 && !read.isPassing;
    (isLasting ? this.#passing : this.#lasting).drop(key);
    const kept: Kept<T> = { value, generation: read.generation, freshUntil, staleUntil, retryAt: 0 };
    (isLasting ? this.#lasting : this.#passing).put(key, kept, Math.max(1, rows));
    return value;
  }

  #usable(text: string | undefined): { readonly at: number; readonly value: T } | undefined {
    if (text === undefined) return undefined;
    const { clock, limits } = this.#context;
    try {
      const { at, value } = JSON.parse(text) as { at: unknown; value: unknown };
      if (typeof at !== 'number' || at + limits.ttlMs <= clock.now() || !this.#kind.isUsable(value)) return undefined;
      return { at, value };
    } catch {
      return undefined;
    }
  }
}
