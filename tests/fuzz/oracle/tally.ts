/** Counts by name. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string | number, times = 1): void {
    const key = String(name);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + times);
  }

  of(name: string | number): number {
    return this.#counts.get(String(name)) ?? 0;
  }

  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  /** The most frequent first, as `name 12`. */
  toString(): string {
    return [...this.#counts]
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${count}`)
      .join(' · ');
  }
}
