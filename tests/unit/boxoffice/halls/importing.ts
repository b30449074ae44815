import { type HallImport, importHall, type PlanMediaType } from '../../../../src/boxoffice/halls/import-hall.js';
import type { ImportOptions } from '../../../../src/boxoffice/halls/import-options.js';

export function importText(type: PlanMediaType, text: string, options: ImportOptions = {}): HallImport {
  return importHall(type, new TextEncoder().encode(text), options);
}

export const csv = (text: string, options: ImportOptions = {}) => importText('text/csv', text, options);
export const rows = (text: string, options: ImportOptions = {}) => importText('text/plain', text, options);
export const svg = (inside: string, options: ImportOptions = {}) =>
  importText('image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg">\n${inside}\n</svg>`, options);
export const json = (value: unknown, options: ImportOptions = {}) =>
  importText('application/json', JSON.stringify(value), options);

/** The map; throws where there is none. */
export function mapOf(result: HallImport) {
  if (!result.ok) throw new Error(JSON.stringify(result.report.problems));
  return result.map;
}

/** Where and of what kind the problems are, the first of each kind. */
export function problemsOf({ report }: HallImport): [code: string, count: number, at: string | undefined][] {
  return report.problems.map(({ code, count, examples }) => [code, count, examples[0]?.at]);
}

export function notesOf({ report }: HallImport): string[] {
  return report.notes.map(({ code }) => code);
}
