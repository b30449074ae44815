/** What was found, as people read it. */
import { type Finding, isMet, type Spread } from './finding.js';

export interface Outcome {
  readonly name: string;
  readonly seconds: number;
  readonly findings: readonly Finding[];
  /** Why there are no findings. */
  readonly failure?: string;
}

const HEADINGS = ['benchmark', 'what', 'figure', '', 'ceiling or peer', '', 'ratio', 'goal', 'met'];
/** Numbers align at their right. */
const RIGHT = new Set([2, 4, 6]);

export function describe(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(rowsOf);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (RIGHT.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  const failures = outcomes.flatMap(({ name, failure }) => (failure ? [`${name} FAILED: ${failure}`] : []));
  return [line(HEADINGS), rule, ...rows.map(line), '', ...notesOf(outcomes), ...failures, summary(outcomes)].join('\n');
}

function rowsOf({ name, findings }: Outcome): string[][] {
  return findings.map((finding, i) => {
    const { what, unit, figure, against, ratio, goal } = finding;
    const met = isMet(finding);
    return [
      i === 0 ? name : '',
      what,
      number(figure.median),
      `${unit}${range(figure)}`,
      against ? number(against.figure.median) : '',
      against ? `${against.what}${range(against.figure)}` : '',
      ratio ? number(ratio.median) : '',
      goal ? ('atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`) : '',
      met === undefined ? 'stated' : met ? 'yes' : 'NO',
    ];
  });
}

function notesOf(outcomes: readonly Outcome[]): string[] {
  const notes = outcomes.flatMap(({ name, findings }) =>
    findings.flatMap(({ what, notes: said = [] }) => said.map((note) => `${name}, ${what}: ${note}`)),
  );
  return notes.length > 0 ? [...notes, ''] : [];
}

function summary(outcomes: readonly Outcome[]): string {
  const met = outcomes.flatMap(({ findings }) => findings.map(isMet)).filter((each) => each !== undefined);
  const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0);
  const failed = outcomes.filter(({ failure }) => failure !== undefined).length;
  const failures = failed > 0 ? `; ${failed} benchmarks failed` : '';
  return `${met.filter(Boolean).length} of ${met.length} goals met in ${Math.round(seconds)} s${failures}`;
}

function range({ min, max, rounds }: Spread): string {
  return rounds > 1 ? ` (${number(min)}–${number(max)})` : '';
}

/** Three significant digits, thousands told apart: more would be noise. */
function number(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 });
}
