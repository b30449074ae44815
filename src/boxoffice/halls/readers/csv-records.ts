import { CsvError, parse } from 'csv-parse/sync';
import type { Findings } from '../../../core/import/findings.js';

export interface CsvRecord {
  /** Of the file, from 1 on. */
  readonly line: number;
  readonly cells: readonly string[];
}

export const SEPARATORS = [';', '\t', ','] as const;
export type Separator = (typeof SEPARATORS)[number];

/**
 * The records of a CSV file with the numbers of their lines. The numbers are ours: csv-parse names the last line of a file
 * for a quotation mark that is missing in the first. So a cell must end in the line in which it begins: lists of seats have
 * no line breaks in cells, and a mark that is missing is found in its own line.
 */
export function csvRecords(lines: readonly string[], separator: Separator, findings: Findings): readonly CsvRecord[] {
  const whole: { line: number; text: string }[] = [];
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    if (text.trim() === '') continue;
    if (isOpen(text, separator)) {
      findings.problem(`line ${line}`, 'a quotation mark is opened here and not closed in this line', 'missing_quote');
    } else whole.push({ line, text });
  }
  const options = {
    delimiter: separator,
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: false,
    trim: true,
  };
  try {
    const rows = parse(whole.map(({ text }) => text).join('\n'), options);
    return rows.map((cells, i) => ({ line: whole[i]?.line ?? 0, cells }));
  } catch {
    // One by one, to find the line that it is about.
    return whole.flatMap(({ line, text }) => {
      try {
        return [{ line, cells: parse(text, options)[0] ?? [] }];
      } catch (error) {
        const reason = error instanceof CsvError ? error.message.slice(0, 200) : 'this line is no CSV';
        findings.problem(`line ${line}`, reason, 'not_readable');
        return [];
      }
    });
  }
}

/** Whether the line ends within quotation marks, which count at the start of a cell only. */
function isOpen(line: string, separator: Separator): boolean {
  if (!line.includes('"')) return false;
  let isQuoted = false;
  let isStart = true;
  for (let i = 0; i < line.length; i++) {
    const sign = line[i];
    if (isQuoted) {
      if (sign !== '"') continue;
      if (line[i + 1] === '"') i++;
      else isQuoted = false;
    } else if (sign === '"' && isStart) isQuoted = true;
    if (sign === separator) isStart = true;
    else if (sign !== ' ') isStart = false;
  }
  return isQuoted;
}

/** The separator that the first lines have most of, outside quotation marks; a line `sep=;` of a spreadsheet says it. */
export function guessSeparator(lines: readonly string[]): Separator {
  const said = /^sep=(.)/i.exec(lines[0] ?? '')?.[1];
  const known = SEPARATORS.find((separator) => separator === said);
  if (known) return known;
  const sample = lines.filter((line) => line.trim() !== '').slice(0, 20);
  const counts = SEPARATORS.map((separator) => {
    const ofLine = sample.map((line) => line.replace(/"[^"]*"/g, '').split(separator).length - 1);
    // Decimal commas vary from line to line; a separator does not.
    return { separator, least: Math.min(...ofLine) };
  });
  return counts.reduce((best, one) => (one.least > best.least ? one : best)).separator;
}
