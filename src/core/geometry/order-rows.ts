import type { SeatMapData } from '../seat-map.js';

/** Below this a direction counts as vertical, and its seats run from the top down. */
const VERTICAL_COSINE = 1e-6;

/**
 * The seats of each row from left to right (from the top down where the row is vertical), by their projection on the
 * row's principal direction. Rows that are level, vertical, slanted or bent by up to a half circle come out in seating
 * order; printed numbers play no part. Seats at one and the same point keep the order of the plan.
 */
export function orderRows(data: SeatMapData): Int32Array[] {
  const along = new Float64Array(data.seats.x.length);
  const rows = seatsByRow(data);
  for (const row of rows) {
    const direction = principalDirection(data, row);
    for (const seat of row) {
      along[seat] = (data.seats.x[seat] ?? 0) * direction.x + (data.seats.y[seat] ?? 0) * direction.y;
    }
    row.sort((a, b) => (along[a] ?? 0) - (along[b] ?? 0) || a - b);
  }
  return rows;
}

function seatsByRow(data: SeatMapData): Int32Array[] {
  const counts = new Int32Array(data.rows.length);
  for (const row of data.seats.row) if (row >= 0) counts[row] = (counts[row] ?? 0) + 1;
  const rows = Array.from(counts, (count) => new Int32Array(count));
  const filled = new Int32Array(data.rows.length);
  data.seats.row.forEach((row, seat) => {
    const seats = rows[row];
    if (seats === undefined) return;
    const place = filled[row] ?? 0;
    seats[place] = seat;
    filled[row] = place + 1;
  });
  return rows;
}

/** The unit vector of the largest variance of the row's positions, pointing right. */
function principalDirection(data: SeatMapData, row: Int32Array): { x: number; y: number } {
  let [meanX, meanY] = [0, 0];
  for (const seat of row) {
    meanX += (data.seats.x[seat] ?? 0) / row.length;
    meanY += (data.seats.y[seat] ?? 0) / row.length;
  }
  let [xx, xy, yy] = [0, 0, 0];
  for (const seat of row) {
    const dx = (data.seats.x[seat] ?? 0) - meanX;
    const dy = (data.seats.y[seat] ?? 0) - meanY;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  const direction = { x: Math.cos(angle), y: Math.sin(angle) };
  const flipped = direction.x < VERTICAL_COSINE && direction.y < 0;
  return flipped ? { x: -direction.x, y: -direction.y } : direction;
}
