import { createHash } from 'node:crypto';

/** What happened, in order. Two runs of one seed have the same hash, or something in them was left to chance. */
export class Trace {
  readonly #now: () => number;
  readonly #hash = createHash('sha256');
  readonly #kept: string[] | undefined;

  /** `keep`: the lines can be read afterwards; else only their hash is made. */
  constructor(now: () => number, keep: boolean) {
    this.#now = now;
    this.#kept = keep ? [] : undefined;
  }

  add(who: string, what: string): void {
    const line = `${this.#now()} ${who} ${what}`;
    this.#hash.update(line);
    this.#hash.update('\n');
    this.#kept?.push(line);
  }

  get lines(): readonly string[] {
    return this.#kept ?? [];
  }

  /** To be called once, at the end. */
  digest(): string {
    return this.#hash.digest('hex').slice(0, 16);
  }
}
