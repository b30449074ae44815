/** What the specification and the tests say of each other. Texts in, ids out: files are the test's business. */

/** Words in capitals, then a number, or ORDER for the order in which refusals win. Two letters at least: `A-1` is a seat. */
const ID = '[A-Z]{2,}(?:-[A-Z]+)*-(?:\\d+|ORDER)';

export interface Rule {
  readonly id: string;
  readonly text: string;
}

/** The rules of a specification, in its order: the rows of its tables that begin with an id. */
export function rulesOf(specification: string): readonly Rule[] {
  const rows = new RegExp(`^\\| (${ID}) +\\| (.+?) +\\|$`, 'gm');
  return [...specification.matchAll(rows)].map(([, id = '', text = '']) => ({ id, text }));
}

/**
 * The ids with which titles of tests begin: `it('[HOLD-1] [HOLD-2] takes …')`, also of `it.each(table)('[HOLD-1] …')`.
 * Those of a `describe`, and of a test that is skipped for good, prove nothing and are not among them.
 */
export function idsTested(source: string): readonly string[] {
  const blanked = blank(source);
  const ids: string[] = [];
  for (const match of blanked.matchAll(/(?<![\w.$])(?:it|test)(?=[.(])/g)) {
    const title = titleAt(source, blanked, match.index + match[0].length);
    const [tags = ''] = new RegExp(`^(?:\\[${ID}\\] ?)+`).exec(title) ?? [];
    ids.push(...(tags.match(new RegExp(ID, 'g')) ?? []));
  }
  return ids;
}

/** Sentences on what is wrong between a specification and the ids that tests name; empty where nothing is. */
export function disagreements(rules: readonly Rule[], tested: ReadonlyMap<string, readonly string[]>): string[] {
  if (rules.length === 0) return ['the specification has no rules'];
  const known = new Set(rules.map(({ id }) => id));
  const proven = new Set([...tested.values()].flat());
  const twice = rules.filter(({ id }, i) => rules.findIndex((other) => other.id === id) !== i);
  return [
    ...twice.map(({ id }) => `${id} is defined twice`),
    ...[...known].filter((id) => !proven.has(id)).map((id) => `${id} is proven by no test`),
    ...[...tested].flatMap(([path, ids]) =>
      [...new Set(ids)].filter((id) => !known.has(id)).map((id) => `${path} names ${id}, which is no rule`),
    ),
  ];
}

/** The same text with strings, comments and patterns emptied, every other character at its place. */
function blank(source: string): string {
  const quoted =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|(?<=[(=,:;!&|?[{}\n]\s*)\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//g;
  return source.replace(quoted, (text) => text.charAt(0) + ' '.repeat(Math.max(0, text.length - 1)));
}

/** The first string that the calls behind `it` are given, such as the second call of `it.each(table)('title')`. */
function titleAt(source: string, blanked: string, from: number): string {
  for (let at = from; at < blanked.length; ) {
    // A member, or what a table is made of: `it.each<[name: string, more: object]>(…)`.
    const [member] = /^(?:\.\w+|<[^()]*?>(?=\())/.exec(blanked.slice(at, at + 200)) ?? [];
    if (member === '.skip' || member === '.todo') return '';
    if (member !== undefined) {
      at += member.length;
      continue;
    }
    if (blanked.charAt(at) !== '(') return '';
    const given = at + 1 + (/^\s*/.exec(blanked.slice(at + 1))?.[0].length ?? 0);
    if (/['"`]/.test(blanked.charAt(given))) return source.slice(given + 1, source.indexOf('\n', given));
    at = endOfCall(blanked, at);
  }
  return '';
}

/** Just behind the parenthesis that closes the one at `at`. */
function endOfCall(blanked: string, at: number): number {
  let open = 0;
  for (let i = at; i < blanked.length; i++) {
    if (blanked.charAt(i) === '(') open++;
    else if (blanked.charAt(i) === ')' && --open === 0) return i + 1;
  }
  return blanked.length;
}
