import { seededRandom } from '../../../bench/rush/random.js';

/** A stream of chance. Each concern has a stream of its own, so that taking away one does not move all the others. */
export class Random {
  readonly #next: () => number;

  constructor(seed: number, stream: string) {
    let mixed = seed;
    for (const letter of stream) mixed = (Math.imul(mixed, 31) + letter.charCodeAt(0)) | 0;
    this.#next = seededRandom(Math.imul(mixed ^ (seed >>> 16), 0x9e3779b1));
  }

  /** From 0 up to, not including, 1. */
  readonly fraction = (): number => this.#next();

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.#next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  /** One of those, which are some. */
  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#next() * items.length)] as Item;
  }

  /** One of the names, as often as their weights say. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const entries = Object.entries(weights) as [Name, number][];
    let rest = this.#next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) {
      rest -= weight;
      if (rest < 0) return name;
    }
    return (entries[0] as [Name, number])[0];
  }
}
