/** Failures one after the other: the first is worth a line, the others are counted until something works again. */
export class FailureRun {
  #count = 0;

  /** True for the first of a run. */
  failed(): boolean {
    this.#count++;
    return this.#count === 1;
  }

  /** How many failures this ends; 0: none, it worked before. */
  worked(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }
}
