import type { Findings } from '../../../core/import/findings.js';
import { COLUMN_NAMES, type ColumnName, type ImportOptions } from '../import-options.js';

/** Headers as people write them, in lower case and without accents. */
const HEADERS: Readonly<Record<ColumnName, readonly string[]>> = {
  zone: wordsOf('zone section block area sector floor level bereich rang zona sezione secteur bloc settore tribune'),
  row: wordsOf(
    'row row_label rownumber row_number reihe fila fileira rangee rang fil rad rekke raekke rij rzad rada rivi sor',
  ),
  seat: wordsOf(
    'seat seat_number seatnumber number no nr place seat_label platz sitz sitzplatz siege asiento butaca posto place plats sete saede stoel miejsce sedadlo paikka szek',
  ),
  x: wordsOf('x pos_x position_x left'),
  y: wordsOf('y pos_y position_y top'),
  category: wordsOf(
    'category price_category pricecategory tier class kategorie preiskategorie categorie categoria luokka kategori kategoria',
  ),
  type: wordsOf('type kind seat_type seattype art typ tipo'),
  price: wordsOf('price amount preis prix precio prezzo preco pris prijs cena hinta ar'),
  capacity: wordsOf('capacity kapazitat capacite capacidad capacita'),
};

export type Columns = Readonly<Partial<Record<ColumnName, number>>>;

/** Where each column is. Problems where one that is needed is missing; headers that are not read are told. */
export function findColumns(
  header: readonly string[],
  line: number,
  options: ImportOptions,
  findings: Findings,
): Columns | undefined {
  const columns: Partial<Record<ColumnName, number>> = {};
  const isTaken = new Set<number>();
  for (const name of COLUMN_NAMES) {
    const wanted = options.columns?.[name];
    if (wanted === undefined) continue;
    const at = header.findIndex((cell) => plain(cell) === plain(wanted));
    if (at < 0) {
      const message = `there is no column ${JSON.stringify(wanted)} for "${name}"; the file has: ${shown(header)}`;
      findings.problem(`line ${line}`, message, 'missing_column');
      return undefined;
    }
    columns[name] = at;
    isTaken.add(at);
  }
  for (const name of COLUMN_NAMES) {
    if (columns[name] !== undefined) continue;
    const at = header.findIndex((cell, i) => !isTaken.has(i) && HEADERS[name].includes(plain(cell)));
    if (at < 0) continue;
    columns[name] = at;
    isTaken.add(at);
  }
  if (columns.seat === undefined) {
    const message = `no column is called "seat"; name it with the option "columns". The file has: ${shown(header)}`;
    findings.problem(`line ${line}`, message, 'missing_column');
    return undefined;
  }
  for (const [i, cell] of header.entries()) {
    if (isTaken.has(i) || cell === '') continue;
    findings.repair(
      `line ${line}`,
      'ignored_column',
      `The column ${JSON.stringify(cell.slice(0, 40))} is not read.`,
      cell,
    );
  }
  return columns;
}

/** Of a file without a header: the option `columns` has the place of each column, from 1 on. */
export function columnsByPlace(options: ImportOptions): Columns | undefined {
  const entries = Object.entries(options.columns ?? {});
  if (entries.length === 0 || !entries.every(([, place]) => /^[1-9]\d?$/.test(place))) return undefined;
  return Object.fromEntries(entries.map(([name, place]) => [name, Number(place) - 1]));
}

function shown(header: readonly string[]): string {
  return header
    .slice(0, 20)
    .map((cell) => JSON.stringify(cell.slice(0, 40)))
    .join(', ');
}

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
    .replace(/[.:]+$/, '');
}

function wordsOf(text: string): string[] {
  return text.split(' ');
}
