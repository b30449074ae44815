/** A look at one figure: when, in milliseconds since the run began, and what it was. */
export type Look = readonly [atMs: number, value: number];

/**
 * Theil–Sen: the median of the slopes between all pairs, so that neither a pause of the collector nor a busy neighbour
 * of the machine bends it, as long as they spoil fewer than some 29 % of the looks.
 * @returns units a millisecond; 0 for fewer than two looks.
 */
export function slopeOf(looks: readonly Look[]): number {
  const slopes: number[] = [];
  for (const [i, [at, value]] of looks.entries()) {
    for (const [later, other] of looks.slice(i + 1)) if (later > at) slopes.push((other - value) / (later - at));
  }
  return slopes.length === 0 ? 0 : median(slopes);
}

/** By how much the figure grew over all these looks, by their trend; below zero where it shrank. */
export function growthOf(looks: readonly Look[]): number {
  const [first, last] = [looks[0]?.[0] ?? 0, looks.at(-1)?.[0] ?? 0];
  return slopeOf(looks) * (last - first);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The nearest rank; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
