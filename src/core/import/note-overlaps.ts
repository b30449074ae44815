import type { SeatMapData } from '../seat-map.js';
import type { Findings } from './findings.js';

/** Nearer than this share of the distance of neighbours, one seat hides the other and nobody can click it. */
const OVERLAP = 0.3;

/**
 * Tells each seat that stands on another one: a zone that was drawn twice, or a row that was copied and not moved. Each
 * is compared with one seat of each square around it, so that a plan with all its seats on one point costs no more.
 */
export function noteOverlaps(
  { seats, areas }: SeatMapData,
  pitch: number,
  findings: Findings,
  pathOf: (seat: number) => string,
): void {
  const count = seats.x.length - areas.reduce((sum, area) => sum + area.count, 0);
  const near = OVERLAP * pitch;
  const squares = new Map<string, number>();
  for (let seat = 0; seat < count; seat++) {
    const [x, y] = [seats.x[seat] ?? 0, seats.y[seat] ?? 0];
    const [column, row] = [Math.floor(x / near), Math.floor(y / near)];
    const other = around(column, row)
      .map((key) => squares.get(key))
      .find((known) => known !== undefined && Math.hypot((seats.x[known] ?? 0) - x, (seats.y[known] ?? 0) - y) < near);
    if (other === undefined) {
      squares.set(`${column} ${row}`, seat);
      continue;
    }
    const message = `"${seats.label[seat]}" stands on "${seats.label[other]}".`;
    findings.repair(`${pathOf(seat)}.position`, 'overlapping_seats', message);
  }
}

function around(column: number, row: number): string[] {
  return [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => `${column + dx} ${row + dy}`));
}
