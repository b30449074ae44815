import { textTable } from '../../text-table.js';
import type { Report } from '../report.js';

/** A list: a table for people, the items as the server gave them for programs. */
export function listed<Item extends object>(
  name: string,
  items: readonly Item[],
  columns: Readonly<Record<string, (item: Item) => string | number | undefined>>,
): Report {
  const cells = Object.values(columns);
  const rows = items.map((item) => cells.map((cell) => cell(item)));
  const lines = items.length === 0 ? [`There are no ${name}.`] : textTable(Object.keys(columns), rows);
  return { ok: true, json: { [name]: items }, lines };
}
