interface Gathered<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs many calls of one kind as few: those that come while a run is under way wait for it and go together in the next one.
 * A lone call waits for nothing, and under load one statement serves hundreds.
 */
export class GatheredCalls<Item, Result> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #max: number;
  #waiting: Gathered<Item, Result>[] = [];
  #isRunning = false;

  /**
   * @param run gives one result an item, in their order; where it throws, all items of that run fail
   * @param max of one run
   */
  constructor(run: (items: readonly Item[]) => Promise<readonly Result[]>, max: number) {
    this.#run = run;
    this.#max = max;
  }

  call(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#isRunning) void this.#runAll();
    });
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    // What one burst of input brings forms one run.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#max);
      try {
        const results = await this.#run(batch.map(({ item }) => item));
        if (results.length !== batch.length) throw new Error('A batch has a result for each of its items.');
        for (const [at, { resolve }] of batch.entries()) resolve(results[at] as Result);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isRunning = false;
  }
}
