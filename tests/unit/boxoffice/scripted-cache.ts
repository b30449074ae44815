import { MemoryCache } from '../../../src/adapters/memory/memory-cache.js';
import type { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import type { Cache } from '../../../src/boxoffice/cache-port.js';

/** A cache that can be away or slow, and counts what it was asked. */
export class ScriptedCache implements Cache {
  readonly store: MemoryCache;
  isAway = false;
  readonly calls = { get: 0, set: 0, counts: 0, putCounts: 0 };
  #heldBack: Promise<void> | undefined;

  constructor(time: VirtualTime) {
    this.store = new MemoryCache({ clock: time });
  }

  /** The next call takes effect, and is answered when the returned function is called. */
  holdBackNextAnswer(): () => void {
    let letGo = () => {};
    this.#heldBack = new Promise((resolve) => {
      letGo = resolve;
    });
    return () => letGo();
  }

  async get(...args: Parameters<Cache['get']>) {
    this.calls.get++;
    return await this.#answer(this.isAway ? undefined : await this.store.get(...args));
  }

  async set(...args: Parameters<Cache['set']>) {
    this.calls.set++;
    return await this.#answer(this.isAway ? false : await this.store.set(...args));
  }

  async counts(...args: Parameters<Cache['counts']>) {
    this.calls.counts++;
    return await this.#answer(this.isAway ? undefined : await this.store.counts(...args));
  }

  async putCounts(...args: Parameters<Cache['putCounts']>) {
    this.calls.putCounts++;
    return await this.#answer(this.isAway ? false : await this.store.putCounts(...args));
  }

  async #answer<T>(answer: T): Promise<T> {
    const heldBack = this.#heldBack;
    this.#heldBack = undefined;
    await heldBack;
    return answer;
  }
}
