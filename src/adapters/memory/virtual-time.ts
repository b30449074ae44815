import type { Clock } from '../../kernel/clock.js';
import type { Timers } from '../../kernel/timers.js';

interface Entry {
  readonly at: number;
  readonly call: () => void;
  cancelled: boolean;
}

/** Far more than anybody does in one millisecond. */
const STAYS_MAX = 100_000;

/**
 * A clock and timers that move only when told to. What is due runs in the order of its time, and of its making where
 * times are equal, each after all promises of the one before have settled: the same program always runs the same way.
 */
export class VirtualTime implements Clock, Timers {
  #now: number;
  /** Calls since it moved. */
  #stays = 0;
  /** By time, then by the order of making; a cancelled entry is passed over when its turn comes. */
  readonly #entries: Entry[] = [];

  /** Starts at this moment, in milliseconds since 1970. */
  constructor(startMs = 0) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, call: () => void): () => void {
    const entry: Entry = { at: this.#now + Math.max(0, delayMs), call, cancelled: false };
    this.#insert(entry);
    return () => {
      entry.cancelled = true;
    };
  }

  soon(call: () => void): void {
    this.after(0, call);
  }

  /** When the next thing is due; undefined where nothing is. */
  get next(): number | undefined {
    while (this.#entries[0]?.cancelled) this.#entries.shift();
    return this.#entries[0]?.at;
  }

  /** Goes to the next thing that is due and does it; false where there is none. */
  async step(): Promise<boolean> {
    await settled();
    return await this.#next();
  }

  /** Lets this many milliseconds pass, with everything that falls due in them; 0 runs what is due now. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    while ((this.next ?? Number.POSITIVE_INFINITY) <= until) await this.#next();
    this.#now = until;
  }

  async #next(): Promise<boolean> {
    const at = this.next;
    const entry = at === undefined ? undefined : this.#entries.shift();
    if (!entry) return false;
    this.#stays = entry.at > this.#now ? 0 : this.#stays + 1;
    if (this.#stays > STAYS_MAX) throw new Error('Time stands still: what is due makes more that is due at once.');
    this.#now = Math.max(this.#now, entry.at);
    entry.call();
    await settled();
    return true;
  }

  #insert(entry: Entry): void {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.at ?? 0) <= entry.at) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, entry);
  }
}

/** Node runs every promise job that is ready, and those that they make, before the next immediate. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
