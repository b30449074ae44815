/**
 * A cinema grid in JSON: rows of cells, where an empty cell is an aisle and a seat stands at its index times the pitch.
 * Read are `{ "rows": [{ "label": "A", "seats": ["1", "2", null, "3"] }] }`, a bare matrix (also under `grid`, `map`, `layout`
 * or `seats`), rows of letters such as `"aa_aa"` with a `legend`, and lists of seats that name their own row and column.
 */
import { SEATS_MAX } from '../../../core/import/draft.js';
import type { Findings } from '../../../core/import/findings.js';
import { asObject, type JsonObject, member } from '../../../core/import/read-value.js';
import { emptyPlan, type PlanDraft, type SeatKind } from '../plan-draft.js';

const PITCH = { x: 30, y: 36 };
const EMPTY_SIGNS = new Set(['', '_', ' ', '.', '-', '|']);
const ROWS_MAX = 2_000;
const CELLS_OF_ROW_MAX = 2_000;

const ROWS_KEYS = ['rows', 'grid', 'map', 'layout', 'seats', 'seatMap', 'seatLayout'];
const LABEL_KEYS = ['label', 'name', 'row', 'rowLabel', 'row_label', 'id', 'PhysicalName'];
const CELLS_KEYS = ['seats', 'cells', 'columns', 'Seats'];
const NUMBER_KEYS = ['number', 'seat', 'label', 'name', 'seatNumber', 'seat_number', 'id', 'Id'];
const CATEGORY_KEYS = ['category', 'class', 'tier', 'area', 'priceCategory', 'price_category'];
const TYPE_KEYS = ['type', 'kind', 'seatType', 'seat_type'];
const COLUMN_KEYS = ['column', 'col', 'columnIndex', 'column_index', 'gridColumn', 'x', 'ColumnIndex'];
const ROW_INDEX_KEYS = ['rowIndex', 'row_index', 'gridRow', 'y', 'RowIndex'];

const TYPES: readonly (readonly [SeatKind | 'empty', RegExp])[] = [
  ['wheelchair', /wheel|disab|handicap|access/i],
  ['companion', /companion|carer/i],
  ['pair', /pair|love|couple|sofa|double|twin/i],
  ['empty', /aisle|empty|gap|space|none|corridor|void/i],
];

export function findGrid(json: unknown): readonly unknown[] | undefined {
  if (Array.isArray(json)) return json;
  const object = asObject(json);
  if (object === undefined) return undefined;
  for (const key of ROWS_KEYS) {
    const rows = member(object, key);
    if (Array.isArray(rows)) return rows;
    const inner = asObject(rows);
    const nested = inner && findGrid(inner);
    if (nested) return nested;
  }
  return undefined;
}

export function readGrid(json: unknown, findings: Findings): PlanDraft | undefined {
  const root = asObject(json) ?? {};
  const rows = findGrid(json);
  if (rows === undefined) {
    findings.problem('', 'this JSON has no rows of seats', 'not_readable');
    return undefined;
  }
  const plan = emptyPlan();
  const reader = new GridReader(plan, root, findings);
  const isFlat = rows.length > 0 && rows.every((one) => textOf(asObject(one), ['row', 'rowLabel', 'row_label']) !== '');
  if (isFlat && rows.every((one) => cellsOf(asObject(one)) === undefined)) reader.readSeats(rows);
  else if (rows.length > ROWS_MAX) findings.problem('', `more than ${ROWS_MAX} rows`, 'too_many');
  else for (const [index, row] of rows.entries()) reader.readRow(row, index);
  if (plan.seats.length <= SEATS_MAX) return plan;
  findings.problem('', `more than ${SEATS_MAX} seats`, 'too_many');
  return undefined;
}

class GridReader {
  readonly #plan: PlanDraft;
  readonly #findings: Findings;
  readonly #legend: JsonObject;
  readonly #pitch: { readonly x: number; readonly y: number };

  constructor(plan: PlanDraft, root: JsonObject, findings: Findings) {
    this.#plan = plan;
    this.#findings = findings;
    this.#legend = asObject(member(root, 'legend')) ?? {};
    plan.name = textOf(root, ['name', 'title', 'hall']);
    const looksAt = textOf(root, ['looksAt', 'looks_at']);
    plan.looksAt = looksAt === 'stage' ? 'stage' : 'screen';
    const side = textOf(root, ['screen', 'stage']).toLowerCase();
    if (side === 'top' || side === 'bottom' || side === 'left' || side === 'right') plan.front = side;
    const pitch = asObject(member(root, 'pitch'));
    const number = (value: unknown, otherwise: number) =>
      typeof value === 'number' && value > 0 && value < 10_000 ? value : otherwise;
    const both = number(member(root, 'pitch'), 0);
    this.#pitch = {
      x: number(pitch && member(pitch, 'x'), both || PITCH.x),
      y: number(pitch && member(pitch, 'y'), both || PITCH.y),
    };
  }

  readRow(value: unknown, index: number): void {
    const row = asObject(value);
    const cells = typeof value === 'string' ? [...value] : Array.isArray(value) ? value : cellsOf(row);
    if (cells === undefined) {
      // An empty row is the way across the hall.
      if (value === null || value === '' || row !== undefined) return;
      this.#findings.problem(`row ${index + 1}`, 'is no list of cells', 'not_readable');
      return;
    }
    if (cells.length > CELLS_OF_ROW_MAX) {
      this.#findings.problem(`row ${index + 1}`, `more than ${CELLS_OF_ROW_MAX} cells`, 'too_many');
      return;
    }
    const read = cells.map((cell) => this.#cell(cell));
    const sold = read.flatMap((cell, column) => (cell ? [{ ...cell, column: cell.column ?? column }] : []));
    if (sold.length === 0) return;
    const label = textOf(row, LABEL_KEYS) || rowOfLabels(sold.map(({ number }) => number)) || this.#madeUp(index);
    // Numbers that are all alike, as in a matrix of ones, are no numbers.
    const isNumbered = new Set(sold.map(({ number }) => number)).size === sold.length && sold[0]?.number !== '';
    for (const [i, { number, category, kind, column }] of sold.entries()) {
      const name = isNumbered ? withoutRow(number, label) : String(i + 1);
      const rowIndex = indexOf(row, ROW_INDEX_KEYS) ?? index;
      this.#add(`row ${label}, seat ${name}`, label, name, category, kind, column, rowIndex);
    }
  }

  /** A list of seats, each with its row; its column is its own, or its number. */
  readSeats(seats: readonly unknown[]): void {
    const rows = new Map<string, number>();
    for (const [i, value] of seats.entries()) {
      const seat = asObject(value) ?? {};
      const cell = this.#cell(seat);
      if (cell === undefined) continue;
      const label = textOf(seat, ['row', 'rowLabel', 'row_label']);
      if (!rows.has(label)) rows.set(label, rows.size);
      const number = withoutRow(cell.number || String(i + 1), label);
      const column = cell.column ?? (/^\d{1,4}$/.test(number) ? Number(number) - 1 : undefined);
      if (column === undefined) {
        this.#findings.problem(`row ${label}, seat ${number}`, 'has no column', 'missing_position');
        continue;
      }
      const rowIndex = indexOf(seat, ROW_INDEX_KEYS) ?? rows.get(label) ?? 0;
      this.#add(`row ${label}, seat ${number}`, label, number, cell.category, cell.kind, column, rowIndex);
    }
  }

  #add(
    at: string,
    row: string,
    number: string,
    category: string,
    kind: SeatKind,
    column: number,
    rowIndex: number,
  ): void {
    const { x, y } = this.#pitch;
    const place = { x: (column + 0.5) * x, y: (rowIndex + 0.5) * y };
    // One more than are allowed says that there are too many.
    if (this.#plan.seats.length > SEATS_MAX) return;
    this.#plan.seats.push({ at, zone: '', row, number, category, kind, ...place });
  }

  #cell(
    value: unknown,
  ):
    | { readonly number: string; readonly category: string; readonly kind: SeatKind; readonly column?: number }
    | undefined {
    if (value === null || value === undefined || value === false || value === 0) return undefined;
    if (typeof value === 'string' || typeof value === 'number' || value === true) {
      const text = value === true ? '1' : String(value).trim();
      if (EMPTY_SIGNS.has(text)) return undefined;
      const meaning = asObject(Object.hasOwn(this.#legend, text) ? this.#legend[text] : undefined);
      if (meaning === undefined) return { number: text, category: '', kind: 'seat' };
      const kind = kindOf(textOf(meaning, TYPE_KEYS));
      return kind && { number: text, category: textOf(meaning, CATEGORY_KEYS), kind };
    }
    const object = asObject(value);
    if (object === undefined) return undefined;
    const kind = member(object, 'wheelchair') === true ? 'wheelchair' : kindOf(textOf(object, TYPE_KEYS));
    if (kind === undefined) return undefined;
    const column = indexOf(object, COLUMN_KEYS) ?? indexOf(asObject(member(object, 'Position')), COLUMN_KEYS);
    const number = textOf(object, NUMBER_KEYS);
    if (number === '' && Object.keys(object).length === 0) return undefined;
    return { number, category: textOf(object, CATEGORY_KEYS), kind, ...(column === undefined ? {} : { column }) };
  }

  #madeUp(index: number): string {
    const label = index < 26 ? String.fromCharCode(65 + index) : String(index + 1);
    const message = `A row without a label was called "${label}".`;
    this.#findings.repair(`row ${index + 1}`, 'missing_row_label', message);
    return label;
  }
}

function cellsOf(row: JsonObject | undefined): readonly unknown[] | undefined {
  if (row === undefined) return undefined;
  for (const key of CELLS_KEYS) {
    const cells = member(row, key);
    if (Array.isArray(cells)) return cells;
    if (typeof cells === 'string') return [...cells];
  }
  return undefined;
}

function kindOf(type: string): SeatKind | undefined {
  const found = TYPES.find(([, word]) => word.test(type))?.[0] ?? 'seat';
  return found === 'empty' ? undefined : found;
}

/** "K" for "K1", "K2" …: the cells name their row themselves. */
function rowOfLabels(labels: readonly string[]): string {
  const rows = new Set(labels.map((label) => /^(\p{L}{1,3})[\s_-]?\d+$/u.exec(label)?.[1] ?? ''));
  return rows.size === 1 ? ([...rows][0] ?? '') : '';
}

function withoutRow(number: string, row: string): string {
  const rest = number.startsWith(row) && row !== '' ? number.slice(row.length).replace(/^[\s_-]+/, '') : number;
  return /^\d/.test(rest) && /\D$/.test(row) ? rest : number;
}

function textOf(object: JsonObject | undefined, keys: readonly string[]): string {
  if (object === undefined) return '';
  for (const key of keys) {
    const value = member(object, key);
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  }
  return '';
}

function indexOf(object: JsonObject | undefined, keys: readonly string[]): number | undefined {
  if (object === undefined) return undefined;
  for (const key of keys) {
    const value = member(object, key);
    if (typeof value === 'number' && Math.abs(value) <= CELLS_OF_ROW_MAX) return value;
  }
  return undefined;
}
