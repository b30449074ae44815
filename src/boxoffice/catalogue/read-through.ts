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
  /** Kept altogether, in rows; an absence counts one. */
  readonly rowsMax: number;
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

/** A value, and when it was read. */
interface Dated<T> {
  readonly at: number;
  readonly value: T;
}

interface Read<T> {
  readonly kind: Kind<T>;
  readonly name: string;
  readonly load: () => Promise<T>;
  readonly reach: 'shared' | 'own';
}

interface Kept<T> {
  readonly value: T;
  readonly generation: string;
  readonly freshUntil: number;
  readonly staleUntil: number;
  retryAt: number;
}

/**
 * Reads, kept in this node and shared through the cache. A value is read once however many ask for it at the same time; where
 * the store fails or is slow, an old value does for a while.
 *
 * Past the bound the least recently used go: readers who make up filters without end push out each other's, and not what
 * others ask for all the time.
 */
export class ReadThrough {
  readonly #context: ReadThroughContext;
  /** By kind and key, as all of these. */
  readonly #kept: Shelf<Kept<unknown>>;
  readonly #flights = new Map<string, { readonly generation: string; readonly value: Promise<unknown> }>();
  #isFailing = false;

  constructor(context: ReadThroughContext) {
    this.#context = context;
    this.#kept = new Shelf(context.limits.rowsMax);
  }

  /**
   * @param reach `own` where the key is one that readers can make up: such values are not shared between nodes.
   * @throws what `load` threw, where there is no value that could stand in.
   */
  async read<T>(kind: Kind<T>, key: string, load: () => Promise<T>, reach: 'shared' | 'own'): Promise<T> {
    const { clock, generation } = this.#context;
    const now = clock.now();
    const name = `${kind.name}:${key}`;
    // What is filed under the name of a kind is of that kind.
    const kept = this.#kept.get(name) as Kept<T> | undefined;
    if (kept && kept.generation === generation.current && now < kept.freshUntil) return kept.value;
    if (kept && now < kept.retryAt && now < kept.staleUntil) return kept.value;
    const flight = this.#fly({ kind, name, load, reach });
    return await (kept && now < kept.staleUntil ? this.#orStale(flight, kept, kind.name) : flight);
  }

  /** One read at a time; but who asks after a change must not be given what was read before it. */
  #fly<T>(read: Read<T>): Promise<T> {
    const generation = this.#context.generation.current;
    const flying = this.#flights.get(read.name);
    if (flying?.generation === generation) return flying.value as Promise<T>;
    if (this.#flights.size >= this.#context.limits.flightsMax) {
      return Promise.reject(new Error('Too much of the catalogue is being read already.'));
    }
    const value = this.#load(read, generation).finally(() => {
      if (this.#flights.get(read.name)?.value === value) this.#flights.delete(read.name);
    });
    this.#flights.set(read.name, { generation, value });
    return value;
  }

  #orStale<T>(flight: Promise<T>, kept: Kept<T>, what: string): Promise<T> {
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
              { event: 'catalogue.stale', err: error, what },
              'The catalogue could not be read. The node serves cached values.',
            );
          }
          this.#isFailing = true;
          standIn();
        },
      );
    });
  }

  async #load<T>({ kind, name, load, reach }: Read<T>, generation: string): Promise<T> {
    const { cache, clock, limits } = this.#context;
    const sharedKey = `listing:${generation}:${name}`;
    const shared = reach === 'shared' ? this.#usable(kind, (await cache.get(sharedKey))?.value) : undefined;
    if (shared) return this.#keep(kind, name, shared, generation);
    const at = clock.now();
    const value = await load();
    this.#isFailing = false;
    // Absences are not shared: anybody could fill the cache with them.
    if (reach === 'shared' && kind.rowsIn(value) > 0) {
      void cache.set(sharedKey, JSON.stringify({ at, value }), limits.ttlMs);
    }
    return this.#keep(kind, name, { at, value }, generation);
  }

  #keep<T>(kind: Kind<T>, name: string, { at: readAt, value }: Dated<T>, generation: string): T {
    const { clock, limits, random } = this.#context;
    // Read before a change that is known by now: good for who asked before it, and for nobody else.
    if (generation !== this.#context.generation.current) return value;
    const rows = kind.rowsIn(value);
    // The clocks of all nodes follow Postgres; but whoever wrote the time may have been wrong.
    const at = Math.min(readAt, clock.now());
    const freshUntil = at + (rows === 0 ? limits.absentTtlMs : limits.ttlMs * (0.8 + 0.4 * random()));
    const staleUntil = rows === 0 ? freshUntil : at + limits.staleMsMax;
    const kept: Kept<T> = { value, generation, freshUntil, staleUntil, retryAt: 0 };
    this.#kept.put(name, kept, Math.max(1, rows));
    return value;
  }

  #usable<T>(kind: Kind<T>, text: string | undefined): Dated<T> | undefined {
    if (text === undefined) return undefined;
    const { clock, limits } = this.#context;
    try {
      const { at, value } = JSON.parse(text) as { at: unknown; value: unknown };
      if (typeof at !== 'number' || at + limits.ttlMs <= clock.now() || !kind.isUsable(value)) return undefined;
      return { at, value };
    } catch {
      return undefined;
    }
  }
}
