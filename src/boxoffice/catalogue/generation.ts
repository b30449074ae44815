import type { Ids } from '../../kernel/ids.js';
import type { Timers } from '../../kernel/timers.js';
import type { Cache } from '../cache-port.js';
import { repeat } from '../repeat.js';

export const GENERATION_KEY = 'catalogue:generation';

/** Longer than any listing is kept: what is found under `none` when a token was lost is from after that. */
const TOKEN_TTL_MS = 3_600_000;
const NO_TOKEN = 'none';

export interface GenerationOptions {
  readonly cache: Cache;
  readonly ids: Ids;
  readonly timers: Timers;
  /** How often to learn whether another node changed the catalogue. */
  readonly everyMs?: number;
}

/**
 * A token that changes with every change of the catalogue, and is part of the key of every listing that is kept: what
 * was read before a change is not found any more after it, in any node, without anybody deleting it.
 *
 * A token is taken up by the node that made it only when the cache has it, and whoever made a change commits it first. So
 * what is kept under a token was read after every change whose token came before; two changes at once need no more care.
 * Others learn it by one small read a second, off the way of requests.
 */
export class CatalogueGeneration {
  readonly #options: GenerationOptions;
  readonly #stop: () => Promise<void>;
  #current = NO_TOKEN;
  /** Changes of this node: what was asked of the cache before one of them does not count after it. */
  #changes = 0;
  #isUnheard = false;

  constructor(options: GenerationOptions) {
    this.#options = options;
    this.#stop = repeat(options.timers, options.everyMs ?? 1_000, () => this.#learn());
  }

  get current(): string {
    return this.#current;
  }

  /**
   * To be called after a change was committed. From its end on this node reads anew, and the others within `everyMs`;
   * while the cache is away they go on by the TTL of what they have, and hear of it when it is back.
   */
  async changed(): Promise<void> {
    const { cache, ids } = this.#options;
    const token = ids.uuid();
    this.#changes++;
    this.#isUnheard = !(await cache.set(GENERATION_KEY, token, TOKEN_TTL_MS));
    this.#changes++;
    // One that may not have arrived is nobody else's, so what this node reads under another of its own is not shared.
    this.#current = this.#isUnheard ? ids.uuid() : token;
  }

  async stop(): Promise<void> {
    await this.#stop();
  }

  async #learn(): Promise<void> {
    // With a new token, since others may have changed the catalogue under the old one meanwhile.
    if (this.#isUnheard) return await this.changed();
    const changes = this.#changes;
    const answer = await this.#options.cache.get(GENERATION_KEY);
    if (answer && this.#changes === changes) this.#current = answer.value ?? NO_TOKEN;
  }
}
