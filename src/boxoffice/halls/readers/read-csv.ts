import { SEATS_MAX } from '../../../core/import/draft.js';
import type { Findings } from '../../../core/import/findings.js';
import type { ColumnName, ImportOptions } from '../import-options.js';
import { emptyPlan, type PlanDraft, type SeatKind } from '../plan-draft.js';
import { spreadsheetFault } from './cell-checks.js';
import { type Columns, columnsByPlace, findColumns } from './csv-columns.js';
import { type CsvRecord, csvRecords, guessSeparator } from './csv-records.js';
import { splitLines } from './decode-text.js';
import { type Decimal, readPrice } from './read-price.js';

/** What people call the kinds of places, in lower case. */
const TYPES: ReadonlyMap<string, SeatKind | 'standing'> = new Map([
  ...kinds('seat', ' seat normal standard regular ordinary chair sitz sitzplatz platz siège asiento'),
  ...kinds('wheelchair', 'wheelchair wheelchair_space rollstuhl rollstuhlplatz accessible disabled handicap ada pmr'),
  ...kinds('companion', 'companion carer attendant begleitung begleitplatz accompagnateur'),
  ...kinds('pair', 'pair love_seat loveseat sofa couple twin double doppelsitz kuschelsitz duo'),
  ...kinds('standing', 'standing standing_area ga general_admission stehplatz stehplätze debout'),
]);

const LINES_MAX = SEATS_MAX + 1_000;
const COLUMNS_MAX = 200;

/** `zone,row,seat[,x,y][,category][,type][,price][,capacity]`, in any order, by their header. All cells are text. */
export function readCsv(text: string, options: ImportOptions, findings: Findings): PlanDraft | undefined {
  const lines = splitLines(text, findings);
  // Before anything is made of them: a file of the wrong kind may have millions.
  if (lines.filter((line) => line !== '').length > LINES_MAX) {
    findings.problem('', `more than ${LINES_MAX} lines: is this the plan of one hall?`, 'too_many');
    return undefined;
  }
  const separator = options.separator ?? guessSeparator(lines);
  if (/^sep=.$/i.test(lines[0]?.trim() ?? '')) lines[0] = '';
  const records = csvRecords(lines, separator, findings);
  const [header] = records;
  if (header === undefined) {
    if (findings.problems.length === 0) findings.problem('', 'the file has no lines', 'no_seats');
    return undefined;
  }
  if (header.cells.length > COLUMNS_MAX) {
    findings.problem(`line ${header.line}`, `more than ${COLUMNS_MAX} columns`, 'too_many');
    return undefined;
  }
  const byPlace = columnsByPlace(options);
  const columns = byPlace ?? findColumns(header.cells, header.line, options, findings);
  if (columns === undefined) return undefined;
  const body = byPlace ? records : records.slice(1);
  const plan = emptyPlan();
  const prices = new Prices(body, columns, options.decimal, findings);
  const widthMax = byPlace ? Infinity : header.cells.length;
  for (const record of body) readRecord(record, columns, widthMax, prices, plan, findings);
  prices.tell(plan);
  return plan;
}

function readRecord(
  { line, cells }: CsvRecord,
  columns: Columns,
  widthMax: number,
  prices: Prices,
  plan: PlanDraft,
  findings: Findings,
): void {
  const at = `line ${line}`;
  const cell = (name: ColumnName) => cells[columns[name] ?? -1] ?? '';
  if (cells.every((one) => one === '')) return;
  if (cells.slice(widthMax).some((one) => one !== '')) {
    const message = `${cells.length} cells, and the header has ${widthMax}: does a cell have the separator in it?`;
    findings.problem(at, message, 'too_many_cells');
    return;
  }
  const kind = TYPES.get(
    cell('type')
      .toLowerCase()
      .replace(/[\s-]+/g, '_'),
  );
  if (kind === undefined) {
    const message = `${JSON.stringify(cell('type').slice(0, 40))} is none of seat, wheelchair, companion, pair, standing`;
    findings.problem(at, message, 'unknown_type');
    return;
  }
  const category = prices.categoryOf(cell('category'), cell('price'), at);
  const zone = cell('zone');
  if (kind === 'standing') {
    const spelt = cell('capacity') === '' ? cell('seat') : cell('capacity');
    const capacity = /^\d{1,6}$/.test(spelt) && Number(spelt) > 0 ? Number(spelt) : undefined;
    plan.areas.push({ at, name: cell('row') || zone || 'Standing', zone: zone || cell('row'), category, capacity });
    return;
  }
  const { row, number } = rowAndNumber(cell('row'), cell('seat'), columns);
  if (row === '' || number === '') {
    findings.problem(at, row === '' ? 'the row is missing' : 'the seat is missing', 'missing_cell');
    return;
  }
  for (const text of [zone, cell('row'), cell('seat')]) {
    const fault = spreadsheetFault(text);
    if (fault) {
      findings.problem(at, fault.reason, fault.kind);
      return;
    }
  }
  const x = readCoordinate(cell('x'), at, findings);
  const y = readCoordinate(cell('y'), at, findings);
  plan.seats.push({ at, zone, row, number, category, kind, ...(x === undefined || y === undefined ? {} : { x, y }) });
}

/** A file without a column of rows has them in the seats: "K12", "K-12". */
function rowAndNumber(row: string, seat: string, columns: Columns): { readonly row: string; readonly number: string } {
  if (columns.row !== undefined) return { row, number: seat };
  const [, before = '', number = ''] = /^(.*?)[\s_/-]*(\d+\p{L}?)$/u.exec(seat) ?? [];
  return { row: before, number };
}

function readCoordinate(text: string, at: string, findings: Findings): number | undefined {
  if (text === '') return undefined;
  const value = /^-?\d{1,7}([.,]\d{1,6})?$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN;
  if (!Number.isNaN(value)) return value;
  findings.problem(at, `${JSON.stringify(text.slice(0, 40))} is no coordinate`, 'invalid_number');
  return undefined;
}

/** Prices in a list of seats: one for each category, or the categories themselves where the list has none. */
class Prices {
  readonly #findings: Findings;
  readonly #decimal: Decimal | undefined;
  readonly #priceOf = new Map<string, { readonly value: string; readonly at: string }>();

  constructor(records: readonly CsvRecord[], { price }: Columns, decimal: Decimal | undefined, findings: Findings) {
    this.#findings = findings;
    this.#decimal = decimal;
    if (price === undefined || decimal !== undefined) return;
    // What can be read in one way only says how the others are meant.
    const seen = new Set<Decimal>();
    for (const { cells } of records) {
      const reading = readPrice(cells[price] ?? '', undefined);
      if (reading.kind === 'price' && reading.decimal !== undefined) seen.add(reading.decimal);
    }
    if (seen.size === 1) [this.#decimal] = [...seen];
  }

  categoryOf(category: string, price: string, at: string): string {
    if (price === '') return category;
    const reading = readPrice(price, this.#decimal);
    const shown = JSON.stringify(price.slice(0, 40));
    if (reading.kind === 'invalid') this.#findings.problem(at, `${shown} is no price`, 'invalid_price');
    if (reading.kind === 'ambiguous') {
      const message = `${shown} may be thousands or decimals; say which with the option "decimal": "," or "."`;
      this.#findings.problem(at, message, 'ambiguous_price');
    }
    if (reading.kind !== 'price') return category;
    const name = category === '' ? reading.value : category;
    const known = this.#priceOf.get(name);
    if (known === undefined) this.#priceOf.set(name, { value: reading.value, at });
    else if (known.value !== reading.value) {
      const message = `"${name}" costs ${reading.value} here and ${known.value} at ${known.at}`;
      this.#findings.problem(at, message, 'two_prices');
    }
    if (category === '')
      this.#findings.repair(at, 'category_by_price', `The category is called by its price: "${name}".`);
    return name;
  }

  tell(plan: PlanDraft): void {
    for (const [category, { value }] of this.#priceOf) plan.prices.set(category, value);
  }
}

function kinds(kind: SeatKind | 'standing', words: string): [string, SeatKind | 'standing'][] {
  return words.split(' ').map((word) => [word, kind]);
}
