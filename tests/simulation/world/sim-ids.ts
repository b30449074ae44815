import type { Ids } from '../../../src/kernel/ids.js';

/** Ids by counting: `maker` tells those apart that count each for itself, such as the lives of nodes. */
export class SimIds implements Ids {
  readonly #maker: string;
  #last = 0;

  constructor(maker: number) {
    this.#maker = maker.toString(16).padStart(4, '0');
  }

  readonly uuid = (): string => `00000000-${this.#maker}-7000-8000-${this.#next().padStart(12, '0')}`;

  readonly reference = (): string => `R${this.#maker}${this.#next()}`.toUpperCase();

  #next(): string {
    this.#last++;
    return this.#last.toString(16);
  }
}
