/**
 * A binary heap of hold ends, soonest first. A hold that ends early, or is extended, leaves its old entry behind, which
 * is skipped when it comes to the top (lazy deletion): removing it at once would need to find it.
 */
export class ExpiryHeap {
  readonly #times: number[] = [];
  readonly #ids: string[] = [];

  get size(): number {
    return this.#times.length;
  }

  /** The soonest end in milliseconds since 1970, and whose it is; undefined where the heap is empty. */
  peek(): { readonly expiresAt: number; readonly holdId: string } | undefined {
    const [expiresAt, holdId] = [this.#times[0], this.#ids[0]];
    return expiresAt === undefined || holdId === undefined ? undefined : { expiresAt, holdId };
  }

  push(expiresAt: number, holdId: string): void {
    let child = this.#times.length;
    this.#times.push(expiresAt);
    this.#ids.push(holdId);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#before(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  pop(): void {
    const last = this.#times.length - 1;
    if (last < 0) return;
    this.#swap(0, last);
    this.#times.pop();
    this.#ids.pop();
    let parent = 0;
    for (;;) {
      let first = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < last && this.#before(child, first)) first = child;
      }
      if (first === parent) return;
      this.#swap(parent, first);
      parent = first;
    }
  }

  clear(): void {
    this.#times.length = 0;
    this.#ids.length = 0;
  }

  /** Equal ends are ordered by id, so that what expires first never depends on how the heap came about. */
  #before(a: number, b: number): boolean {
    const [timeA, timeB] = [this.#times[a] ?? 0, this.#times[b] ?? 0];
    return timeA < timeB || (timeA === timeB && (this.#ids[a] ?? '') < (this.#ids[b] ?? ''));
  }

  #swap(a: number, b: number): void {
    const [time, id] = [this.#times[a] ?? 0, this.#ids[a] ?? ''];
    this.#times[a] = this.#times[b] ?? 0;
    this.#ids[a] = this.#ids[b] ?? '';
    this.#times[b] = time;
    this.#ids[b] = id;
  }
}
