import { type Finding, isMet, type Spread } from './finding.js';
import type { Outcome } from './outcome.js';

export const HEADINGS = ['benchmark', 'what', 'figure', '', 'ceiling or peer', '', 'ratio', 'goal', 'met'];
/** Columns of numbers. */
export const NUMBERS: ReadonlySet<number> = new Set([2, 4, 6]);

/** One row a finding, as people read it. */
export function cellsOf({ name, findings }: Outcome): string[][] {
  return findings.map((finding, i) => {
    const { what, unit, figure, against, ratio, goal } = finding;
    return [
      i === 0 ? name : '',
      what,
      number(figure.median),
      `${unit}${range(figure)}`,
      against ? number(against.figure.median) : '',
      against ? `${against.what}${range(against.figure)}` : '',
      ratio ? number(ratio.median) : '',
      goal ? ('atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`) : '',
      verdict(finding),
    ];
  });
}

function verdict(finding: Finding): string {
  const met = isMet(finding);
  return met === undefined ? 'stated' : met ? 'yes' : 'NO';
}

function range({ min, max, rounds }: Spread): string {
  return rounds > 1 ? ` (${number(min)}–${number(max)})` : '';
}

/** Three significant digits, thousands told apart: more would be noise. */
function number(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 });
}

/** What has to be known beside the figures, a line each. */
export function notesOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ name, findings }) =>
    findings.flatMap(({ what, notes = [] }) => notes.map((note) => `${name}, ${what}: ${note}`)),
  );
}

export function summaryOf(outcomes: readonly Outcome[]): string {
  const judged = outcomes.flatMap(({ findings }) => findings.map(isMet)).filter((met) => met !== undefined);
  const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0);
  const failed = outcomes.filter(({ failure }) => failure !== undefined).length;
  const failures = failed > 0 ? `; ${failed} benchmarks failed` : '';
  return `${judged.filter(Boolean).length} of ${judged.length} goals met in ${Math.round(seconds)} s${failures}`;
}
