/** How the batches of this node's life are numbered; see `Batch`. */
export class BatchNumbers {
  #last = 0;
  #after = 0;

  next(): number {
    this.#last++;
    return this.#last;
  }

  /** The last batch that was acknowledged, and that the journal has as far as is known. */
  get after(): number {
    return this.#after;
  }

  acknowledged(number: number): void {
    this.#after = number;
  }

  /** The journal has lost what came after. */
  behind(has: number): void {
    this.#after = has;
  }
}
