import type { SeatMapData } from '../../src/core/seat-map.js';

/** What a seat of it costs, in cents. */
export const SEAT_PRICE = 1_200;

/** A plain hall of so many seats in straight rows, in one category: what is raced for does not matter here. */
export function rushHall(seats: number): SeatMapData {
  // Twice as wide as deep, as large rooms are.
  const perRow = Math.max(1, Math.min(80, Math.round(Math.sqrt(seats * 2))));
  const rows = Math.ceil(seats / perRow);
  const columns = { label: [] as string[], x: [] as number[], y: [] as number[], row: [] as number[] };
  for (let seat = 0; seat < seats; seat++) {
    const row = Math.floor(seat / perRow);
    const place = seat % perRow;
    columns.label.push(`${row + 1}-${place + 1}`);
    columns.x.push(30 + place * 30);
    columns.y.push(120 + row * 40);
    columns.row.push(row);
  }
  const width = 30 * (perRow + 1);
  return {
    name: `Rush ${seats}`,
    size: { width, height: 160 + rows * 40 },
    focalPoint: { x: width / 2, y: 120 + rows * 14 },
    categories: [{ name: 'Seat', color: '#3b74d1' }],
    zones: [{ name: 'Hall' }],
    rows: Array.from({ length: rows }, (_, row) => ({ label: String(row + 1), zone: 0 })),
    seats: { ...columns, category: Array<number>(seats).fill(0) },
    wheelchair: [],
    companions: [],
    pairs: [],
    areas: [],
    decorations: [],
  };
}

/** What buyers know of a hall: names, rows, and which seats everybody wants first. */
export interface HallKnowledge {
  readonly labels: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly rows: readonly number[];
  /** Seat indexes, the most wanted first. */
  readonly wanted: readonly number[];
}

export function hallKnowledge({ seats, focalPoint }: SeatMapData): HallKnowledge {
  const distance = seats.x.map((x, i) => Math.hypot(x - focalPoint.x, (seats.y[i] ?? 0) - focalPoint.y));
  const wanted = [...distance.keys()].sort((a, b) => (distance[a] ?? 0) - (distance[b] ?? 0));
  const indexOf = new Map(seats.label.map((label, seat) => [label, seat]));
  return { labels: seats.label, indexOf, rows: seats.row, wanted };
}
