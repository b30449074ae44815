import { hash32, scramble } from './hash.js';

export interface Candidate {
  /** By which it is placed: a node that comes back under its name gets the showtimes that it had. */
  readonly name: string;
  /** Its share, relative to the others. What is no finite number above 0 takes nothing. */
  readonly weight: number;
}

/** Of the two words to which every name and every id is hashed. */
export const SEEDS = [0x2545f491, 0x6c078965] as const;
/** Odd multipliers that cross the two words of a pair: 2^32 over the golden ratio, and over the square root of two. */
const CROSS_HIGH = 0x9e3779b1;
const CROSS_LOW = 0xb504f333;

/**
 * Weighted rendezvous hashing (Schindelhauer and Schomaker's logarithmic method): each candidate draws a number h between
 * 0 and 1 out of its name and the showtime's id, and the highest -weight / ln(h) wins. So a candidate that joins takes only
 * what it wins itself, one that leaves sets free only what it had, and each has its share by weight, with nothing to agree on.
 *
 * A decision costs a few integer operations a candidate and allocates nothing. Nodes of different builds may round the
 * logarithm differently in one of 2^50 cases and then disagree: the epoch in Postgres decides, as it always does.
 */
export class Placement<C extends Candidate> {
  /** By name: equal draws go to the same one on every node, in whatever order they came. */
  readonly #candidates: readonly C[];
  readonly #first: Int32Array;
  readonly #second: Int32Array;
  readonly #weights: Float64Array;

  /** At most one candidate of a name. */
  constructor(candidates: readonly C[]) {
    const able = candidates.filter(({ weight }) => weight > 0 && weight < Number.POSITIVE_INFINITY);
    this.#candidates = able.sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#first = Int32Array.from(able, ({ name }) => hash32(name, SEEDS[0]));
    this.#second = Int32Array.from(able, ({ name }) => hash32(name, SEEDS[1]));
    this.#weights = Float64Array.from(able, ({ weight }) => weight);
  }

  /** Where the showtime should live; undefined where there is no candidate. */
  homeOf(showtimeId: string): C | undefined {
    const keyFirst = hash32(showtimeId, SEEDS[0]);
    const keySecond = hash32(showtimeId, SEEDS[1]);
    let lowest = Number.POSITIVE_INFINITY;
    let winner = -1;
    for (let i = 0; i < this.#first.length; i++) {
      const first = (this.#first[i] ?? 0) ^ keyFirst;
      const second = (this.#second[i] ?? 0) ^ keySecond;
      const weight = this.#weights[i] ?? 0;
      // The draw is 1 - h, in 52 bits; `high` are its upper 32. The highest score is the lowest -ln(h) / weight, and -ln(h) is
      // never under 1 - h: nearly every candidate is out of the race before its logarithm is taken.
      const high = scramble(Math.imul(first, CROSS_HIGH) + second) >>> 0;
      if (high * 2 ** -32 >= lowest * weight) continue;
      const low = scramble(Math.imul(second, CROSS_LOW) + first) >>> 12;
      const cost = -Math.log1p(-(high * 2 ** 20 + low + 0.5) * 2 ** -52) / weight;
      if (cost < lowest) {
        lowest = cost;
        winner = i;
      }
    }
    return this.#candidates[winner];
  }
}

/** One decision; for many among the same candidates, keep a Placement. */
export function homeOf<C extends Candidate>(showtimeId: string, candidates: readonly C[]): C | undefined {
  return new Placement(candidates).homeOf(showtimeId);
}
