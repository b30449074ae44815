/**
 * How much the heavy tests do. `short` is what everybody runs before a commit; `TESTS=long` repeats the same as often
 * as it takes to meet what is rare. What is checked is the same in both.
 */
export const LENGTH = readLength(process.env['TESTS']);

/** So many rounds, clients or milliseconds. */
export function rounds(short: number, long: number): number {
  return LENGTH === 'long' ? long : short;
}

function readLength(text: string | undefined): 'short' | 'long' {
  if (text === undefined || text === '' || text === 'short') return 'short';
  if (text === 'long') return 'long';
  throw new Error(`TESTS is "short" or "long", not "${text}".`);
}
