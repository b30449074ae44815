interface Item<T> {
  readonly value: T;
  readonly weight: number;
}

/** Values by key, of a bounded weight altogether: past it the least recently used go. */
export class Shelf<T> {
  readonly #weightMax: number;
  /** Least recently used first: a Map keeps the order in which keys were put in. */
  readonly #items = new Map<string, Item<T>>();
  #weight = 0;

  constructor(weightMax: number) {
    this.#weightMax = weightMax;
  }

  get weight(): number {
    return this.#weight;
  }

  get(key: string): T | undefined {
    const item = this.#items.get(key);
    if (!item) return undefined;
    this.#items.delete(key);
    this.#items.set(key, item);
    return item.value;
  }

  put(key: string, value: T, weight: number): void {
    this.drop(key);
    this.#items.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#items.keys()) {
      if (this.#weight <= this.#weightMax) break;
      this.drop(oldest);
    }
  }

  drop(key: string): void {
    const item = this.#items.get(key);
    if (!item) return;
    this.#items.delete(key);
    this.#weight -= item.weight;
  }
}
