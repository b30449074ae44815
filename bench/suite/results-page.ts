import { cellsOf, HEADINGS, NUMBERS, notesOf, summaryOf } from './cells.js';
import type { Machine } from './machine.js';
import type { Outcome } from './outcome.js';

const BEGIN = '<!-- results: written by `npm run bench -- --results FILE`, not by hand -->';
const END = '<!-- end of results -->';

/**
 * A document with the results of this run in place of those between its two marks.
 * @throws Error where it has no such marks.
 */
export function withResults(document: string, outcomes: readonly Outcome[], at: Date, machine: Machine): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`The document has no place for results: "${BEGIN}" … "${END}".`);
  const before = document.slice(0, begin + BEGIN.length);
  return `${before}\n\n${resultsOf(outcomes, at, machine)}\n\n${document.slice(end)}`;
}

function resultsOf(outcomes: readonly Outcome[], at: Date, machine: Machine): string {
  const { processor, cores, memoryBytes, node, pinning } = machine;
  const where = `${processor}, ${cores} cores, ${Math.round(memoryBytes / 2 ** 30)} GiB, Node ${node}; ${pinning}`;
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = row(HEADINGS.map((_, column) => (NUMBERS.has(column) ? '---:' : '---')));
  const notes = notesOf(outcomes).map((note) => `- ${note}`);
  return [
    `${at.toISOString().slice(0, 10)}: ${where}. ${summaryOf(outcomes)}.`,
    '',
    row(HEADINGS),
    rule,
    ...outcomes.flatMap(cellsOf).map(row),
    '',
    ...notes,
  ].join('\n');
}
