/**
 * A uniform grid over points. Seats are spread evenly, so a grid finds "what is in this rectangle" and "what is nearest
 * to this finger" in the time of the answer, and its two flat arrays cost 8 bytes a seat at 50,000 seats.
 */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface SpatialIndex {
  /** Calls `visit` for every point inside the rectangle, borders included, in no promised order. */
  query(rect: Rect, visit: (point: number) => void): void;
  /** The point nearest to (x, y) within `reach`, or -1. `skip` is passed over: ask for a point's neighbour with it. */
  nearest(x: number, y: number, reach: number, skip?: number): number;
}

/** More cells than this would cost more memory than they save time; sparse plans get larger cells instead. */
const CELLS_MAX = 1 << 17;

/**
 * Indexes the points named in `members`; positions are `xs[i]`, `ys[i]` in any unit. `cell` is the wished side of a
 * cell in that unit, best about the distance of two neighbours.
 */
export function createSpatialIndex(
  xs: readonly number[],
  ys: readonly number[],
  members: ArrayLike<number>,
  cell: number,
): SpatialIndex {
  const bounds = boundsOf(xs, ys, members);
  const side = Math.max(cell, Math.sqrt((bounds.width * bounds.height) / CELLS_MAX), 1e-9);
  const columns = Math.floor(bounds.width / side) + 1;
  const rows = Math.floor(bounds.height / side) + 1;
  const columnAt = (x: number) => clamp(Math.floor((x - bounds.x) / side), columns - 1);
  const rowAt = (y: number) => clamp(Math.floor((y - bounds.y) / side), rows - 1);
  const cellOf = (i: number) => rowAt(ys[i] ?? 0) * columns + columnAt(xs[i] ?? 0);

  // A counting sort: `start[c]` is where cell c begins in `items`.
  const start = new Uint32Array(columns * rows + 1);
  for (let m = 0; m < members.length; m++) bump(start, cellOf(members[m] ?? 0) + 1);
  for (let c = 1; c < start.length; c++) start[c] = (start[c] ?? 0) + (start[c - 1] ?? 0);
  const items = new Uint32Array(members.length);
  const next = start.slice();
  for (let m = 0; m < members.length; m++) {
    const member = members[m] ?? 0;
    items[bump(next, cellOf(member))] = member;
  }

  function query(rect: Rect, visit: (point: number) => void): void {
    const right = rect.x + rect.width;
    const bottom = rect.y + rect.height;
    if (right < bounds.x || bottom < bounds.y) return;
    if (rect.x > bounds.x + bounds.width || rect.y > bounds.y + bounds.height) return;
    const lastColumn = columnAt(right);
    const lastRow = rowAt(bottom);
    for (let row = rowAt(rect.y); row <= lastRow; row++) {
      const from = start[row * columns + columnAt(rect.x)] ?? 0;
      const to = start[row * columns + lastColumn + 1] ?? 0;
      for (let at = from; at < to; at++) {
        const point = items[at] ?? 0;
        const x = xs[point] ?? 0;
        const y = ys[point] ?? 0;
        if (x >= rect.x && x <= right && y >= rect.y && y <= bottom) visit(point);
      }
    }
  }

  function nearest(x: number, y: number, reach: number, skip = -1): number {
    let best = -1;
    let bestSquared = reach * reach;
    query({ x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach }, (point) => {
      if (point === skip) return;
      const squared = ((xs[point] ?? 0) - x) ** 2 + ((ys[point] ?? 0) - y) ** 2;
      if (squared < bestSquared || (squared === bestSquared && best < 0)) {
        best = point;
        bestSquared = squared;
      }
    });
    return best;
  }

  return { query, nearest };
}

/** The smallest rectangle around the points; of no size at the origin where there are none. */
export function boundsOf(xs: readonly number[], ys: readonly number[], members: ArrayLike<number>): Rect {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (let m = 0; m < members.length; m++) {
    const x = xs[members[m] ?? 0] ?? 0;
    const y = ys[members[m] ?? 0] ?? 0;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  if (left > right) return { x: 0, y: 0, width: 0, height: 0 };
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export function overlaps(a: Rect, b: Rect): boolean {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}

export function union(a: Rect, b: Rect): Rect {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

export function grow(rect: Rect, by: number): Rect {
  return { x: rect.x - by, y: rect.y - by, width: rect.width + 2 * by, height: rect.height + 2 * by };
}

function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(max, value));
}

/** Post-increments a counter. */
function bump(counters: Uint32Array, at: number): number {
  const before = counters[at] ?? 0;
  counters[at] = before + 1;
  return before;
}
