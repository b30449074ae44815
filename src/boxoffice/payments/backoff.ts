/** Doubles from `firstMs` to `maxMs`, less up to a half at random: what failed together is not tried together again. */
export function backoffMs(tries: number, firstMs: number, maxMs: number, random: () => number): number {
  const longest = Math.min(maxMs, firstMs * 2 ** Math.min(tries - 1, 30));
  return longest * (1 - random() / 2);
}
