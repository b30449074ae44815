/** The median of several rounds, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly rounds: number;
}

/** What a figure is held against: a physical ceiling, a peer, or a budget. */
export interface Against {
  readonly what: string;
  readonly figure: Spread;
}

/** One line of the table. */
export interface Finding {
  /** Short: `holds acknowledged`, `list of showtimes`. */
  readonly what: string;
  /** Of the figure and of what it is held against: `a second`, `ms`, `bytes`. */
  readonly unit: string;
  readonly figure: Spread;
  /** Absent where the figure is only stated. */
  readonly against?: Against;
  /**
   * How many times better than what it is held against, or how many times as much: made of the two by `ratioOf…`,
   * round by round where both were measured in turns.
   */
  readonly ratio?: Spread;
  /** Of the median of the ratio. Absent: stated only. */
  readonly goal?: Goal;
  /** What the reader has to know beside it: who was idle, how much, over how many clients. */
  readonly notes?: readonly string[];
}

export type Goal = { readonly atLeast: number } | { readonly atMost: number };

export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('A spread of nothing.');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
  return { median, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN, rounds: sorted.length };
}

/** Ratios round by round: what disturbs the machine for a while then disturbs both sides. */
export function ratioOfRounds(over: readonly number[], under: readonly number[]): Spread {
  if (over.length !== under.length) throw new Error(`${over.length} rounds beside ${under.length}.`);
  return spreadOf(over.map((value, i) => value / (under[i] ?? Number.NaN)));
}

/** Of medians, where the two could not be measured in turns. */
export function ratioOfMedians(over: Spread, under: Spread): Spread {
  return spreadOf([over.median / under.median]);
}

export function isMet({ ratio, goal }: Finding): boolean | undefined {
  if (!ratio || !goal) return undefined;
  return 'atLeast' in goal ? ratio.median >= goal.atLeast : ratio.median <= goal.atMost;
}
