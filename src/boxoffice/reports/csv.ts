import { stringify } from 'csv-stringify/sync';
import type { Column, Row } from './report.js';
import { decimal } from './revenue.js';

/**
 * RFC 4180, in UTF-8, with a header line. Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers
 * do not, so that a negative amount stays one.
 */
export function csvOf(columns: readonly Column[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => cellOf(column, row)));
  return stringify([columns.map(({ name }) => name), ...cells], {
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: { object: (value) => ({ value: String(value), escape_formulas: false }) },
  });
}

/** As the stringifier takes it: what is no text is an object, which it does not take for a formula. */
function cellOf({ name, kind }: Column, row: Row): string | Plain {
  const value = row[name] ?? null;
  if (value === null) return '';
  if (kind === 'money') return new Plain(decimal(Number(value), String(row['currency'])));
  return kind === 'text' ? String(value) : new Plain(String(value));
}

class Plain {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}
