/** Gives a few of many at a time, so that all have their turn however many there are and whatever comes and goes. */
export class RoundRobin {
  #last = '';

  /** The next ids after those of the last call, at most `max` and none twice. */
  next(ids: readonly string[], max: number): readonly string[] {
    const sorted = [...ids].sort();
    const from = sorted.findIndex((id) => id > this.#last);
    const start = Math.max(0, from);
    const chosen = [...sorted.slice(start), ...sorted.slice(0, start)].slice(0, max);
    this.#last = chosen.at(-1) ?? '';
    return chosen;
  }
}
