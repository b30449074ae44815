import type { SeatMapData } from '../../../src/core/seat-map.js';

/** A plain hall: rows R1, R2, … of seats `R1-1`, `R1-2`, …; the first row is Front, the others Back; one zone, Main. */
export function hall(rows: number, seatsPerRow: number): SeatMapData {
  const row = Array.from({ length: rows * seatsPerRow }, (_, seat) => Math.floor(seat / seatsPerRow));
  return {
    name: 'Plain',
    size: { width: seatsPerRow * 30, height: rows * 30 },
    focalPoint: { x: seatsPerRow * 15, y: 0 },
    categories: [
      { name: 'Front', color: '#123456' },
      { name: 'Back', color: '#654321' },
    ],
    zones: [{ name: 'Main' }],
    rows: Array.from({ length: rows }, (_, r) => ({ label: `R${r + 1}`, zone: 0 })),
    seats: {
      label: row.map((r, seat) => `R${r + 1}-${(seat % seatsPerRow) + 1}`),
      x: row.map((_, seat) => (seat % seatsPerRow) * 30),
      y: row.map((r) => r * 30),
      category: row.map((r) => Math.min(r, 1)),
      row,
    },
    wheelchair: [],
    companions: [],
    pairs: [],
    areas: [],
    decorations: [],
  };
}

/** The labels of one row of such a hall, from seat `from` to seat `to`. */
export function seatsOf(row: number, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `R${row}-${from + i}`);
}
