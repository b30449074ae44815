/**
 * Texts that no eye can tell apart have one skeleton. Letters of other alphabets that are drawn as a Latin one are taken
 * for it: an editor with two keyboards makes such twins, and two buyers then stand before one seat. The pairs are those
 * of Unicode's confusables (UTS 39) that common fonts draw alike.
 */
const TWINS: Readonly<Record<string, string>> = {
  ...pairs('АВЕЅІЈКМНОРСТУХаеорсухіѕј', 'ABESIJKMHOPCTYXaeopcyxisj'),
  ...pairs('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο', 'ABEZHIKMNOPTYXo'),
  ...pairs('‐‑‒–—−', '------'),
};

/** Of these a good font makes two, and a ticket printer one. */
const NEAR_TWINS: Readonly<Record<string, string>> = { O: '0', o: '0', I: '1', l: '1', '|': '1' };

function pairs(from: string, to: string): Record<string, string> {
  const letters = [...to];
  return Object.fromEntries([...from].map((letter, i) => [letter, letters[i] ?? letter]));
}

const ASCII = /^[\x20-\x7e]*$/;

export function skeleton(text: string): string {
  if (ASCII.test(text)) return text;
  return [...text.normalize('NFKC')].map((letter) => TWINS[letter] ?? letter).join('');
}

/** As `skeleton`, where 0 and O, 1 and I are alike too. */
export function roughSkeleton(text: string): string {
  return [...skeleton(text)].map((letter) => NEAR_TWINS[letter] ?? letter).join('');
}
