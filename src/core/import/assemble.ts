/** Turns a draft without problems into the columns of a seat map. */
import type { SeatMapData, StandingArea } from '../seat-map.js';
import type { Draft } from './draft.js';
import { type Bounds, findFocalPoint, type PlanSettings } from './focal-point.js';
import { labelSeats } from './label-seats.js';
import { linkSeats } from './link-seats.js';
import { type Point, roundCoordinate } from './read-value.js';

/** Seats come first, row after row in the order of the file; standing places follow, area after area. */
export function assemble(draft: Draft, settings: PlanSettings): SeatMapData {
  const { seats } = draft;
  const standing = labelSeats(draft);
  const links = linkSeats(draft);
  const x = seats.map((seat) => roundCoordinate(seat.x));
  const y = seats.map((seat) => roundCoordinate(seat.y));
  const { categories, indexOf } = usedCategories(draft);
  const category = seats.map((seat) => indexOf(seat.category));
  const row = seats.map((seat) => seat.row);
  const areas: StandingArea[] = [];
  for (const { name, zone, category: areaCategory, capacity, ...shape } of draft.areas) {
    const corner = { x: roundCoordinate(shape.x), y: roundCoordinate(shape.y) };
    const size = { width: roundCoordinate(shape.width), height: roundCoordinate(shape.height) };
    areas.push({ name, zone, category: indexOf(areaCategory), first: x.length, count: capacity, ...corner, ...size });
    for (let i = 0; i < capacity; i++) {
      x.push(roundCoordinate(corner.x + size.width / 2));
      y.push(roundCoordinate(corner.y + size.height / 2));
      category.push(indexOf(areaCategory));
      row.push(-1);
    }
  }
  const bounds = boundsOf(seats.length > 0 ? seats : areas);
  const { decorations } = draft;
  const view = { seats: draft.seats, rows: draft.rows, decorations, category, categories: categories.length, bounds };
  return {
    name: planName(draft),
    size: planSize(draft, bounds),
    focalPoint: findFocalPoint(draft.findings, draft, settings, view),
    categories,
    zones: draft.zones,
    rows: draft.rows.map(({ label, zone }) => ({ label, zone })),
    seats: { label: [...seats.map((seat) => seat.label), ...standing], x, y, category, row },
    wheelchair: seats.flatMap((seat, index) => (seat.wheelchair ? [index] : [])),
    companions: links.companions,
    pairs: links.pairs,
    ...wholeTables(draft),
    areas,
    decorations,
  };
}

function wholeTables({ rows }: Draft): { readonly tables?: number[][] } {
  const tables = rows.filter(({ isWhole }) => isWhole);
  if (tables.length === 0) return {};
  return { tables: tables.map(({ first, count }) => Array.from({ length: count }, (_, i) => first + i)) };
}

function planName({ name, findings }: Draft): string {
  if (name !== '') return name;
  findings.repair('name', 'missing_name', 'The plan was called "Untitled".');
  return 'Untitled';
}

function planSize({ size, findings }: Draft, bounds: Bounds): SeatMapData['size'] {
  if (size !== undefined) return size;
  const width = roundCoordinate(Math.max(1, bounds.right));
  const height = roundCoordinate(Math.max(1, bounds.bottom));
  findings.repair('size', 'missing_size', `The size was taken from the seats: ${width} × ${height}.`);
  return { width, height };
}

/** The categories that some place has, in their order: whoever makes a showtime prices these and no others. */
function usedCategories(draft: Draft): {
  readonly categories: Draft['categories'];
  readonly indexOf: (category: number) => number;
} {
  const isUsed = new Uint8Array(draft.categories.length);
  for (const { category } of [...draft.seats, ...draft.areas]) isUsed[category] = 1;
  const indexes = new Map<number, number>();
  const categories = draft.categories.filter((category, index) => {
    if (isUsed[index] === 1) {
      indexes.set(index, indexes.size);
      return true;
    }
    const message = `No seat is of the category "${category.name}"; it was left out and needs no price.`;
    draft.findings.repair('categories', 'unused_category', message);
    return false;
  });
  return { categories, indexOf: (category) => indexes.get(category) ?? 0 };
}

function boundsOf(shapes: readonly (Point & { readonly width?: number; readonly height?: number })[]): Bounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width = 0, height = 0 } of shapes) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return { left, top, right, bottom };
}
