import type { ClusterTiming } from './timing.js';

/**
 * Tells the death of a node or two from the disappearance of most: then it is rather we who cannot see, or a store that
 * answers with an old copy, and if every node took over the rest of the cluster at once, the living would be robbed and
 * the database stormed. So where more than half of the others, and at least two, fall silent within one `detectionMs`,
 * those that are silent keep their showtimes for `freezeMs`. After that they are let go: they may be dead indeed.
 */
export class Disappearance {
  readonly #detectionMs: number;
  readonly #freezeMs: number;
  /** When those were given up that died one by one of late. */
  readonly #deaths = new Map<string, number>();
  #frozenUntil: number | undefined;
  #held: ReadonlySet<string> = new Set();

  constructor({ detectionMs, freezeMs }: Pick<ClusterTiming, 'detectionMs' | 'freezeMs'>) {
    this.#detectionMs = detectionMs;
    this.#freezeMs = freezeMs;
  }

  /** Members that are silent for too long and yet not given up. */
  get held(): ReadonlySet<string> {
    return this.#held;
  }

  /**
   * Takes every other node that may have showtimes, to how long it has been silent in milliseconds, and returns those to
   * be given up now; they must not be in the next map, unless they came back.
   */
  judge(silences: ReadonlyMap<string, number>, now: number): readonly string[] {
    for (const [id, at] of this.#deaths) {
      const isPast = this.#frozenUntil === undefined && now - at > this.#detectionMs;
      if (isPast || silences.has(id)) this.#deaths.delete(id);
    }
    const silent = [...silences.keys()].filter((id) => (silences.get(id) ?? 0) > this.#detectionMs);
    if (silent.length > 0 && this.#isMass(silences)) {
      this.#frozenUntil ??= now + this.#freezeMs;
      if (now < this.#frozenUntil) {
        this.#held = new Set(silent);
        return [];
      }
    } else {
      // What a freeze lets go is not counted: the next one to die would start another.
      for (const id of silent) this.#deaths.set(id, now);
    }
    this.#frozenUntil = undefined;
    this.#held = new Set();
    return silent;
  }

  /**
   * Those that vanish together are not noticed in the same roll: their beats were up to a beat apart. Whoever is silent for
   * half of `detectionMs` has missed a beat at least, and counts as vanishing until it is heard again.
   */
  #isMass(silences: ReadonlyMap<string, number>): boolean {
    let vanishing = this.#deaths.size;
    for (const silenceMs of silences.values()) if (silenceMs > this.#detectionMs / 2) vanishing++;
    return vanishing >= 2 && vanishing * 2 > silences.size + this.#deaths.size;
  }
}
