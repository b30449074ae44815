import { MemoryRoll } from '../../../src/adapters/memory/memory-membership.js';
import type { Roll } from '../../../src/runtime/cluster/membership-port.js';

/** The roll in Postgres: it forgets nothing, and leaves out whoever was silent for long by its own clock. */
export class SimNodes extends MemoryRoll {
  readonly #now: () => number;
  readonly #silentMsMax: number;
  readonly #seen = new Map<string, { readonly beat: number; readonly at: number }>();

  constructor(now: () => number, silentMsMax: number) {
    super();
    this.#now = now;
    this.#silentMsMax = silentMsMax;
  }

  override read(): Roll {
    const { members, pins } = super.read();
    const now = this.#now();
    const heard = members.filter(({ member: { id }, beat }) => {
      const seen = this.#seen.get(id);
      // Whoever beats reads: a new beat is noticed in the call that brings it.
      if (!seen || beat > seen.beat) this.#seen.set(id, { beat, at: now });
      return now - (this.#seen.get(id)?.at ?? now) <= this.#silentMsMax;
    });
    return { members: heard, pins };
  }
}
