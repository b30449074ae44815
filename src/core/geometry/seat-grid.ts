/** Finds the seats around a point without looking at the whole hall: square cells, each a run in one column of seats. */

/** The part of a seat map's data that places its seats. */
interface Places {
  readonly seats: { readonly x: readonly number[]; readonly y: readonly number[] };
}

export interface SeatGrid {
  readonly cellSize: number;
  readonly columns: number;
  readonly rows: number;
  readonly left: number;
  readonly top: number;
  /** The seats of cell c are `seats[start[c]]` … `seats[start[c + 1] - 1]`. */
  readonly start: Int32Array;
  readonly seats: Int32Array;
}

/** However far apart the seats of a plan lie, there are at most this many cells along a side. */
const CELLS_PER_SIDE_MAX = 256;

/** A grid of the given seats; `pitch` is the hall's typical distance of neighbours. */
export function buildSeatGrid(data: Places, seats: Int32Array, pitch: number): SeatGrid {
  const { x, y } = data.seats;
  let [left, top, right, bottom] = seats.length === 0 ? [0, 0, 0, 0] : [Infinity, Infinity, -Infinity, -Infinity];
  for (const seat of seats) {
    left = Math.min(left, x[seat] ?? 0);
    right = Math.max(right, x[seat] ?? 0);
    top = Math.min(top, y[seat] ?? 0);
    bottom = Math.max(bottom, y[seat] ?? 0);
  }
  const cellSize = Math.max(2 * pitch, (right - left) / CELLS_PER_SIDE_MAX, (bottom - top) / CELLS_PER_SIDE_MAX);
  const columns = Math.floor((right - left) / cellSize) + 1;
  const rows = Math.floor((bottom - top) / cellSize) + 1;
  const cellOf = (seat: number) =>
    Math.floor(((y[seat] ?? 0) - top) / cellSize) * columns + Math.floor(((x[seat] ?? 0) - left) / cellSize);
  const start = new Int32Array(columns * rows + 1);
  for (const seat of seats) start[cellOf(seat) + 1] = (start[cellOf(seat) + 1] ?? 0) + 1;
  for (let cell = 0; cell < columns * rows; cell++) start[cell + 1] = (start[cell + 1] ?? 0) + (start[cell] ?? 0);
  const next = start.slice();
  const sorted = new Int32Array(seats.length);
  for (const seat of seats) {
    const place = next[cellOf(seat)] ?? 0;
    sorted[place] = seat;
    next[cellOf(seat)] = place + 1;
  }
  return { cellSize, columns, rows, left, top, start, seats: sorted };
}

/** The seats within `radius` of a point, in no order that callers may rely on. */
export function seatsWithin(grid: SeatGrid, data: Places, x: number, y: number, radius: number): number[] {
  const found: number[] = [];
  const cell = (value: number, origin: number, count: number) =>
    Math.min(count - 1, Math.max(0, Math.floor((value - origin) / grid.cellSize)));
  const [leftCell, rightCell] = [cell(x - radius, grid.left, grid.columns), cell(x + radius, grid.left, grid.columns)];
  const [topCell, bottomCell] = [cell(y - radius, grid.top, grid.rows), cell(y + radius, grid.top, grid.rows)];
  for (let row = topCell; row <= bottomCell; row++) {
    const from = grid.start[row * grid.columns + leftCell] ?? 0;
    const to = grid.start[row * grid.columns + rightCell + 1] ?? 0;
    for (let i = from; i < to; i++) {
      const seat = grid.seats[i] ?? 0;
      const [dx, dy] = [(data.seats.x[seat] ?? 0) - x, (data.seats.y[seat] ?? 0) - y];
      if (dx * dx + dy * dy <= radius * radius) found.push(seat);
    }
  }
  return found;
}
