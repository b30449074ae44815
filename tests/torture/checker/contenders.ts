import type { Command } from './history.js';

export interface ChangeOfOwner {
  readonly from: number;
  readonly to: number;
}

/** For how long a copy that nobody answered for may lie in a broken link or in the socket of a frozen node. */
const ON_ITS_WAY_MS_MAX = 20_000;

interface Latest {
  readonly commandId: string;
  /** The last change of owner that it waited through. */
  readonly until: number;
}

/** Commands that were after one seat and waited through a change of owner, at which their first try may have been lost. */
export class Contenders {
  readonly #invoked: readonly number[];
  /** Of all up to each of them, the two that waited longest: one of the two is another than who asks. */
  readonly #latest: readonly (readonly Latest[])[];

  constructor(commands: readonly Command[], changes: readonly ChangeOfOwner[]) {
    const waited = commands.flatMap(({ commandId, invoked, tries }) => {
      const completed = Math.max(...tries.map((one) => Math.min(one.completed, one.invoked + ON_ITS_WAY_MS_MAX)));
      const through = changes.filter(({ from, to }) => invoked <= to && completed >= from);
      return through.length === 0 ? [] : [{ commandId, invoked, until: Math.max(...through.map(({ to }) => to)) }];
    });
    waited.sort((a, b) => a.invoked - b.invoked);
    this.#invoked = waited.map(({ invoked }) => invoked);
    const latest: Latest[][] = [];
    for (const { commandId, until } of waited) {
      const among = [...(latest.at(-1) ?? []), { commandId, until }];
      latest.push(among.sort((a, b) => b.until - a.until).slice(0, 2));
    }
    this.#latest = latest;
  }

  /** True where another command than this had begun by `to`, and may have been lost at or after `from`. */
  meets(commandId: string, from: number, to: number): boolean {
    let [low, high] = [0, this.#invoked.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#invoked[middle] ?? 0) <= to) low = middle + 1;
      else high = middle;
    }
    const latest = this.#latest[low - 1] ?? [];
    return latest.some((one) => one.commandId !== commandId && one.until >= from);
  }
}
