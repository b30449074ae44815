/**
 * A chart as the seats.io API gives it: categories by key, and a `subChart` of rows, tables, sections and standing areas. Its
 * keys are not documented in full, so each is read where it is understood, and objects that are not are counted in the report.
 */
import { SEATS_MAX } from '../../../core/import/draft.js';
import type { Findings } from '../../../core/import/findings.js';
import { asObject, type JsonObject, member, type Point, readColor } from '../../../core/import/read-value.js';
import { emptyPlan, type PlanDraft, type SeatKind } from '../plan-draft.js';

/** Sections hold charts of their own; deeper than this is no hall. */
const DEPTH_MAX = 4;
const GA_SIZE = { width: 200, height: 120 };

export function isSeatsioChart(json: unknown): boolean {
  const chart = asObject(json);
  return chart !== undefined && asObject(member(chart, 'subChart')) !== undefined;
}

export function readSeatsio(json: unknown, findings: Findings): PlanDraft {
  const chart = asObject(json) ?? {};
  const plan = emptyPlan();
  plan.name = textOf(chart, 'name');
  const reader = new ChartReader(plan, findings, categoryNames(chart, plan));
  reader.read(asObject(member(chart, 'subChart')) ?? {}, '', { x: 0, y: 0 }, 0);
  return plan;
}

/** The names of the categories by their keys, which are numbers or texts. */
function categoryNames(chart: JsonObject, plan: PlanDraft): ReadonlyMap<string, string> {
  const categories = member(chart, 'categories');
  const list = Array.isArray(categories) ? categories : listOf(asObject(categories) ?? {}, 'list');
  const names = new Map<string, string>();
  for (const value of list) {
    const category = asObject(value) ?? {};
    const name = textOf(category, 'label') || textOf(category, 'name');
    if (name === '') continue;
    const color = readColor(member(category, 'color'));
    plan.categories.push({ name, ...(color === undefined ? {} : { color }) });
    names.set(textOf(category, 'key'), name);
  }
  return names;
}

class ChartReader {
  readonly #plan: PlanDraft;
  readonly #findings: Findings;
  readonly #categories: ReadonlyMap<string, string>;

  constructor(plan: PlanDraft, findings: Findings, categories: ReadonlyMap<string, string>) {
    this.#plan = plan;
    this.#findings = findings;
    this.#categories = categories;
  }

  read(chart: JsonObject, zone: string, origin: Point, depth: number): void {
    if (depth > DEPTH_MAX || this.#plan.seats.length > SEATS_MAX) return;
    const focal = pointOf(member(chart, 'focalPoint'));
    if (focal && depth === 0) this.#plan.focalPoint = focal;
    for (const [i, row] of listOf(chart, 'rows').entries()) this.#row(row, i, zone, origin, 'row');
    for (const [i, table] of listOf(chart, 'tables').entries()) this.#row(table, i, zone, origin, 'table');
    for (const area of listOf(chart, 'generalAdmissionAreas')) this.#area(area, zone, origin);
    for (const text of listOf(chart, 'texts')) this.#text(text, origin);
    for (const value of listOf(chart, 'sections')) {
      const section = asObject(value) ?? {};
      const inner = asObject(member(section, 'subChart')) ?? section;
      const by = pointOf(member(section, 'topLeft')) ?? { x: 0, y: 0 };
      this.read(inner, textOf(section, 'label') || zone, { x: origin.x + by.x, y: origin.y + by.y }, depth + 1);
    }
    for (const kind of ['booths', 'shapes', 'images', 'icons']) {
      const { length } = listOf(chart, kind);
      if (length > 0) this.#findings.repair(kind, 'ignored_object', `${length} ${kind} are not read.`, kind);
    }
  }

  #row(value: unknown, index: number, zone: string, origin: Point, kind: 'row' | 'table'): void {
    const row = asObject(value) ?? {};
    const label = textOf(row, 'label') || `${kind === 'table' ? 'Table ' : ''}${index + 1}`;
    const ofSection = zone === '' ? textOf(row, 'sectionLabel') : zone;
    const isWhole = member(row, 'bookAsWhole') === true || textOf(row, 'bookingMode').toUpperCase() === 'BY_TABLE';
    // Seats of a table may be given from its middle, seats of a row from its first.
    const corner = pointOf(member(row, kind === 'table' ? 'center' : 'position'));
    const isRelative = kind === 'row' ? corner !== undefined : member(row, 'seatsAreRelative') === true;
    const by = corner && isRelative ? { x: origin.x + corner.x, y: origin.y + corner.y } : origin;
    for (const [i, one] of listOf(row, 'seats').entries()) {
      if (this.#plan.seats.length > SEATS_MAX) return;
      const seat = asObject(one) ?? {};
      const number = textOf(seat, 'label') || String(i + 1);
      const at = `${kind} ${label}, seat ${number}`;
      const point = pointOf(seat);
      if (point === undefined) {
        this.#findings.problem(at, 'the seat has no position', 'missing_position');
        continue;
      }
      const category = this.#category(seat) || this.#category(row);
      const place = { x: by.x + point.x, y: by.y + point.y };
      this.#plan.seats.push({
        at,
        zone: ofSection,
        row: label,
        number,
        category,
        kind: kindOf(seat),
        ...place,
        isWhole,
      });
    }
  }

  #area(value: unknown, zone: string, origin: Point): void {
    const area = asObject(value) ?? {};
    const name = textOf(area, 'label') || 'Standing';
    const capacity = Number(member(area, 'capacity'));
    const isKnown = Number.isInteger(capacity) && capacity > 0 && capacity <= SEATS_MAX;
    const box = boxOf(area, origin);
    this.#plan.areas.push({
      at: `area ${name}`,
      name,
      zone: zone || name,
      category: this.#category(area),
      capacity: isKnown ? capacity : undefined,
      ...(box && { box }),
    });
  }

  #text(value: unknown, origin: Point): void {
    const text = asObject(value) ?? {};
    const point = pointOf(text) ?? pointOf(member(text, 'center'));
    const said = (textOf(text, 'text') || textOf(text, 'label')).slice(0, 200);
    if (point === undefined || said === '') return;
    const size = Number(member(text, 'fontSize')) || 16;
    const drawn = { value: said, x: 0, y: 0, color: '#333333', size };
    const place = { x: origin.x + point.x, y: origin.y + point.y };
    this.#plan.decorations.push({ shape: 'text', ...place, rotation: 0, text: drawn });
  }

  #category(object: JsonObject): string {
    return this.#categories.get(textOf(object, 'categoryKey')) ?? textOf(object, 'categoryLabel');
  }
}

function kindOf(seat: JsonObject): SeatKind {
  if (member(seat, 'accessible') === true || member(seat, 'isAccessible') === true) return 'wheelchair';
  return member(seat, 'companionSeat') === true || member(seat, 'isCompanionSeat') === true ? 'companion' : 'seat';
}

function boxOf(area: JsonObject, origin: Point) {
  const points = listOf(area, 'points').flatMap((value) => pointOf(value) ?? []);
  if (points.length > 2) {
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    const [left, top] = [xs.reduce((a, b) => Math.min(a, b)), ys.reduce((a, b) => Math.min(a, b))];
    const [right, bottom] = [xs.reduce((a, b) => Math.max(a, b)), ys.reduce((a, b) => Math.max(a, b))];
    return { x: origin.x + left, y: origin.y + top, width: right - left, height: bottom - top };
  }
  const point = pointOf(area) ?? pointOf(member(area, 'topLeft')) ?? pointOf(member(area, 'center'));
  if (point === undefined) return undefined;
  const positive = (value: unknown, otherwise: number) =>
    typeof value === 'number' && value > 0 && value < 1e6 ? value : otherwise;
  const size = {
    width: positive(member(area, 'width'), GA_SIZE.width),
    height: positive(member(area, 'height'), GA_SIZE.height),
  };
  return { x: origin.x + point.x, y: origin.y + point.y, ...size };
}

function pointOf(value: unknown): Point | undefined {
  const object = asObject(value);
  const [x, y] = [object && member(object, 'x'), object && member(object, 'y')];
  if (typeof x !== 'number' || typeof y !== 'number') return undefined;
  return Math.abs(x) < 1e7 && Math.abs(y) < 1e7 ? { x, y } : undefined;
}

function listOf(object: JsonObject, key: string): readonly unknown[] {
  const value = member(object, key);
  return Array.isArray(value) ? value : [];
}

function textOf(object: JsonObject, key: string): string {
  const value = member(object, key);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' ? value.trim() : '';
}
