/**
 * The jobs that this process knows it has: those at work, and those that ended within `keepMs`, because the queue is told of an
 * end a moment later. A job that Postgres locked for this process and that is not among them was lost: the answer of the
 * statement that fetched it never came.
 */
export class JobsAtWork {
  readonly #keepMs: number;
  /** By id: when it ended, by `performance.now()`; undefined while it runs. */
  readonly #endedAt = new Map<string, number | undefined>();

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  begin(id: string): void {
    this.#endedAt.set(id, undefined);
  }

  end(id: string): void {
    this.#endedAt.set(id, performance.now());
  }

  ids(): string[] {
    const from = performance.now() - this.#keepMs;
    for (const [id, endedAt] of this.#endedAt) if (endedAt !== undefined && endedAt < from) this.#endedAt.delete(id);
    return [...this.#endedAt.keys()];
  }
}
