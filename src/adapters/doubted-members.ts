import type { Roll } from '../runtime/cluster/membership-port.js';

type Entry = Roll['members'][number];

/**
 * Which entries of a store that may come back old are believed: those that a surer store has too, and those whose beat was
 * seen to rise. A member that died while the store was away is neither.
 */
export class DoubtedMembers {
  readonly #believed = new Set<string>();
  readonly #doubted = new Map<string, { readonly beat: number; readonly since: number }>();

  /** The store was away: nothing that it says from now on is known to be new. */
  clear(): void {
    this.#believed.clear();
    this.#doubted.clear();
  }

  /** Whether a roll of the surer store, asked for at `askedAt`, leaves open what the entry is worth. */
  isOpen(memberId: string, askedAt: number): boolean {
    if (this.#believed.has(memberId)) return false;
    // One that was doubted by a roll from before it came is looked for once more.
    return askedAt < (this.#doubted.get(memberId)?.since ?? Number.POSITIVE_INFINITY);
  }

  /** The entries that count. `inSure` undefined: the surer store is silent, and nothing is doubted. */
  believable(entries: readonly Entry[], inSure: ReadonlySet<string> | undefined, now: number): readonly Entry[] {
    const listed = new Set(entries.map(({ member }) => member.id));
    for (const id of this.#believed) if (!listed.has(id)) this.#believed.delete(id);
    for (const id of this.#doubted.keys()) if (!listed.has(id)) this.#doubted.delete(id);
    return entries.filter(({ member: { id }, beat }) => {
      const doubt = this.#doubted.get(id);
      if (this.#believed.has(id) || !inSure || inSure.has(id) || (doubt && beat > doubt.beat)) {
        this.#believed.add(id);
        this.#doubted.delete(id);
        return true;
      }
      if (!doubt) this.#doubted.set(id, { beat, since: now });
      return false;
    });
  }

  /** Entries that have been doubted for longer than `ms`. */
  stale(ms: number, now: number): readonly string[] {
    return [...this.#doubted].filter(([, { since }]) => now - since > ms).map(([id]) => id);
  }
}
