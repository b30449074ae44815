/**
 * What the picker needs to know of a seat map beyond the document: where seats are found, which run of a row each
 * belongs to, and how sections, rows and areas nest for the keyboard. Made once a map; nothing here changes afterwards.
 */
import type { SeatMapDocument } from '../../../src/protocol/seat-map-document.js';
import { placeRowNames, type RowName } from './row-names.js';
import { simplePath } from './simple-path.js';
import { boundsOf, createSpatialIndex, grow, type Rect, type SpatialIndex, union } from './spatial-index.js';

export const ORDINARY = 0;
export const WHEELCHAIR = 1;
export const COMPANION = 2;
export const PAIR = 3;

/** Neighbouring seats of one row and category without an aisle between them; what the far view draws as one stroke. */
export interface Run {
  readonly category: number;
  /** From left to right. */
  readonly seats: readonly number[];
  /** Its line with as few points as show its bend: x and y in turns, in plan units. */
  readonly path: readonly number[];
  readonly bounds: Rect;
}

/** A line of the keyboard's grid: the seats of one row from left to right, or one standing area. */
export type Line =
  | { readonly kind: 'row'; readonly row: number; readonly seats: readonly number[]; readonly y: number }
  | { readonly kind: 'area'; readonly area: number; readonly y: number };

/** A zone of the map with its lines from top to bottom. */
export interface Section {
  readonly name: string;
  readonly lines: readonly Line[];
  readonly bounds: Rect;
  readonly seats: number;
  /** Where its name stands: on its seat nearest to its middle, for the middle of a ring of boxes is somebody else's. */
  readonly nameAt: { readonly x: number; readonly y: number };
}

export interface Plan {
  readonly document: SeatMapDocument;
  readonly count: number;
  /** The distance of two neighbouring seats in plan units. */
  readonly pitch: number;
  readonly bounds: Rect;
  readonly index: SpatialIndex;
  /** Seat index by label. */
  readonly indexOf: () => ReadonlyMap<string, number>;
  /** ORDINARY, WHEELCHAIR, COMPANION or PAIR, by seat. */
  readonly kind: Uint8Array;
  /** The other half of a pair; -1 where single. */
  readonly pairOf: Int32Array;
  /** Of a seat of a table that is sold whole: all seats of the table. */
  readonly tableOf: ReadonlyMap<number, readonly number[]>;
  /** The standing area of a place; -1 for a seat. */
  readonly areaOf: Int32Array;
  readonly runs: readonly Run[];
  /** -1 for a place in a standing area. */
  readonly runOf: Int32Array;
  readonly rowNames: () => readonly RowName[];
  readonly sections: readonly Section[];
  readonly sectionsBySize: readonly Section[];
}

/** How far a stroke may run beside its seats, as a share of the pitch: not to be seen at the scales of the far view. */
const PATH_TOLERANCE = 0.08;
/** Neighbours this many times further apart than is usual in their row have an aisle between them. */
const AISLE_GAPS = 1.75;

export function createPlan(document: SeatMapDocument): Plan {
  const { seats } = document;
  const count = seats.label.length;
  const areaOf = new Int32Array(count).fill(-1);
  document.areas.forEach((area, i) => {
    areaOf.fill(i, area.first, area.first + area.count);
  });
  const seated: number[] = [];
  for (let i = 0; i < count; i++) if (areaOf[i] === -1) seated.push(i);
  const pitch = pitchOf(document, seated);
  const rows = rowsOf(document, seated);
  const index = createSpatialIndex(seats.x, seats.y, seated, pitch);
  const runOf = new Int32Array(count).fill(-1);
  const runs = rows.flatMap((line) => runsOf(document, line, pitch));
  runs.forEach((run, i) => {
    for (const seat of run.seats) runOf[seat] = i;
  });
  const pairOf = new Int32Array(count).fill(-1);
  for (const [left, right] of document.pairs) {
    pairOf[left] = right;
    pairOf[right] = left;
  }
  const sections = sectionsOf(document, rows, pitch);
  return {
    document,
    count,
    pitch,
    bounds: drawnBounds(document, seated, pitch),
    index,
    // What the first picture does not show waits until it is asked for.
    rowNames: once(() => placeRowNames(document, rows, index, pitch)),
    indexOf: once(() => new Map(seats.label.map((label, i) => [label, i]))),
    kind: kindsOf(document, count),
    pairOf,
    tableOf: new Map((document.tables ?? []).flatMap((table) => table.map((seat) => [seat, table] as const))),
    areaOf,
    runs,
    runOf,
    sections,
    sectionsBySize: [...sections].sort((a, b) => b.seats - a.seats),
  };
}

/**
 * The lower fifth of the distances to the nearest neighbour, over a sample: love seats that touch do not shrink the
 * whole house, and widely spaced boxes do not blow it up.
 */
function pitchOf(document: SeatMapDocument, seated: readonly number[]): number {
  const { x, y } = document.seats;
  const bounds = boundsOf(x, y, seated);
  const guess = Math.sqrt((bounds.width * bounds.height) / Math.max(1, seated.length)) || bounds.width || 1;
  const index = createSpatialIndex(x, y, seated, guess);
  const step = Math.max(1, Math.floor(seated.length / 400));
  const distances: number[] = [];
  for (let s = 0; s < seated.length; s += step) {
    const seat = seated[s] ?? 0;
    const other = index.nearest(x[seat] ?? 0, y[seat] ?? 0, 4 * guess, seat);
    if (other < 0) continue;
    const distance = distanceOf(document, seat, other);
    if (distance > 0) distances.push(distance);
  }
  distances.sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 5)] ?? guess;
}

function distanceOf({ seats: { x, y } }: SeatMapDocument, a: number, b: number): number {
  return Math.hypot((x[a] ?? 0) - (x[b] ?? 0), (y[a] ?? 0) - (y[b] ?? 0));
}

type RowLine = Extract<Line, { kind: 'row' }>;

function rowsOf(document: SeatMapDocument, seated: readonly number[]): RowLine[] {
  const { x, y, row } = document.seats;
  const members = new Map<number, number[]>();
  for (const seat of seated) {
    const key = row[seat] ?? -1;
    const list = members.get(key);
    if (list) list.push(seat);
    else members.set(key, [seat]);
  }
  return [...members].map(([key, seats]) => {
    const box = boundsOf(x, y, seats);
    // A row that runs down the side of a hall reads from top to bottom; its arrows are still left and right.
    const along = box.width >= box.height ? x : y;
    seats.sort((a, b) => (along[a] ?? 0) - (along[b] ?? 0));
    return { kind: 'row', row: key, seats, y: box.y + box.height / 2 };
  });
}

function runsOf(document: SeatMapDocument, line: RowLine, pitch: number): Run[] {
  const { x, y, category } = document.seats;
  const gapBefore = line.seats.map((seat, i) => distanceOf(document, seat, line.seats[i - 1] ?? seat));
  const usual = Float64Array.from(gapBefore).sort()[Math.ceil(gapBefore.length / 2)] ?? pitch;
  const groups: number[][] = [];
  line.seats.forEach((seat, i) => {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const joins = last !== undefined && (gapBefore[i] ?? 0) <= AISLE_GAPS * usual && category[seat] === category[last];
    if (group && joins) group.push(seat);
    else groups.push([seat]);
  });
  return groups.map((seats) => ({
    category: category[seats[0] ?? 0] ?? 0,
    seats,
    path: simplePath(x, y, seats, pitch * PATH_TOLERANCE),
    bounds: grow(boundsOf(x, y, seats), pitch / 2),
  }));
}

function sectionsOf(document: SeatMapDocument, rows: readonly RowLine[], pitch: number): Section[] {
  const lines = document.zones.map((): Line[] => []);
  for (const line of rows) lines[document.rows[line.row]?.zone ?? 0]?.push(line);
  document.areas.forEach((area, i) => {
    lines[area.zone]?.push({ kind: 'area', area: i, y: area.y + area.height / 2 });
  });
  return lines.flatMap((own, zone) => {
    if (own.length === 0) return [];
    own.sort((a, b) => a.y - b.y);
    const bounds = own.map(boxOf).reduce(union);
    const seats = own.flatMap((line) => (line.kind === 'row' ? line.seats : []));
    const name = document.zones[zone]?.name ?? '';
    return [{ name, lines: own, bounds, seats: seats.length, nameAt: middleOf(seats, bounds) }];
  });

  function middleOf(seats: readonly number[], bounds: Rect): { x: number; y: number } {
    const middle = { x: bounds.x + bounds.width / 2, y: bounds.y + bounds.height / 2 };
    const { x, y } = document.seats;
    let best = -1;
    let away = Number.POSITIVE_INFINITY;
    for (const seat of seats) {
      const distance = ((x[seat] ?? 0) - middle.x) ** 2 + ((y[seat] ?? 0) - middle.y) ** 2;
      if (distance < away) [best, away] = [seat, distance];
    }
    return { x: x[best] ?? middle.x, y: y[best] ?? middle.y };
  }

  function boxOf(line: Line): Rect {
    if (line.kind === 'row') return grow(boundsOf(document.seats.x, document.seats.y, line.seats), pitch / 2);
    return document.areas[line.area] ?? { x: 0, y: 0, width: 0, height: 0 };
  }
}

function kindsOf(document: SeatMapDocument, count: number): Uint8Array {
  const kind = new Uint8Array(count);
  for (const pair of document.pairs) for (const seat of pair) kind[seat] = PAIR;
  for (const [companion] of document.companions) kind[companion] = COMPANION;
  for (const seat of document.wheelchair) kind[seat] = WHEELCHAIR;
  return kind;
}

/** What is drawn, not the page it was drawn on: an import's wide margins would make every seat small. */
function drawnBounds(document: SeatMapDocument, seated: readonly number[], pitch: number): Rect {
  const boxes: Rect[] = [...document.areas];
  if (seated.length > 0) boxes.push(grow(boundsOf(document.seats.x, document.seats.y, seated), pitch * 1.6));
  for (const { shape, x, y, width, height, points } of document.decorations) {
    if (shape === 'polygon' && points) {
      for (const point of points) boxes.push({ x: x + point.x, y: y + point.y, width: 0, height: 0 });
    } else if (shape === 'rectangle') {
      boxes.push({ x, y, width: width ?? 0, height: height ?? 0 });
    } else if (width !== undefined && height !== undefined) {
      boxes.push({ x: x - width / 2, y: y - height / 2, width, height });
    }
  }
  const first = boxes[0] ?? { x: 0, y: 0, ...document.size };
  return boxes.reduce(union, first);
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
