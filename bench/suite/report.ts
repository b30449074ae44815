import { cellsOf, HEADINGS, NUMBERS, notesOf, summaryOf } from './cells.js';
import type { Outcome } from './outcome.js';

/** The table at the end of a run, for a terminal. */
export function describe(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(cellsOf);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (NUMBERS.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  const notes = notesOf(outcomes);
  const failures = outcomes.flatMap(({ name, failure }) => (failure ? [`${name} FAILED: ${failure}`] : []));
  const apart = notes.length > 0 ? [...notes, ''] : [];
  return [line(HEADINGS), rule, ...rows.map(line), '', ...apart, ...failures, summaryOf(outcomes)].join('\n');
}
