/**
 * Cuts ordered rows into blocks of adjacent seats. Two neighbours are adjacent where their distance is at most
 * AISLE_FACTOR times the pitch that is typical there; anything wider is an aisle.
 */
import type { SeatMapData } from '../seat-map.js';
import { NONE } from '../seat-map.js';

/** An aisle is at least as wide as a seat, so twice the pitch; uneven drawing stays well under half as much again. */
const AISLE_FACTOR = 1.6;
/** A row with fewer distances than this cannot tell its pitch from its aisles. */
const OWN_PITCH_GAPS_MIN = 4;
/** A row of so wide a pitch is not a row of wide chairs but of chairs that each stand alone. */
const OWN_PITCH_FACTOR_MAX = 2.5;
/** Seats drawn on top of each other say nothing about the pitch. */
const SAME_POINT = 1e-6;

export interface CutRows {
  readonly blocks: Int32Array[];
  /** The hall's typical distance of adjacent seats, in plan units; 1 where no row has two seats. */
  readonly pitch: number;
}

/** `pairOf` is the other half of each seat's pair: two halves side by side are adjacent however wide the sofa is. */
export function cutRows(data: SeatMapData, rows: readonly Int32Array[], pairOf: Int32Array): CutRows {
  const distances = rows.map((row) => distancesIn(data, row));
  const zones = data.zones.map((): number[] => []);
  distances.forEach((row, index) => {
    const zone = zones[data.rows[index]?.zone ?? NONE];
    for (const distance of row) zone?.push(distance);
  });
  const hallPitch = medianOf(zones.flat()) ?? 1;
  const zonePitches = zones.map((all) => (all.length < OWN_PITCH_GAPS_MIN ? hallPitch : (medianOf(all) ?? hallPitch)));
  const blocks: Int32Array[] = [];
  rows.forEach((row, index) => {
    const distancesOfRow = distances[index] ?? new Float64Array();
    const zonePitch = zonePitches[data.rows[index]?.zone ?? NONE] ?? hallPitch;
    const sofas = row.some((seat) => pairOf[seat] !== NONE);
    cutRow(row, distancesOfRow, AISLE_FACTOR * rowPitch(distancesOfRow, zonePitch, sofas), pairOf, blocks);
  });
  return { blocks, pitch: hallPitch };
}

function distancesIn(data: SeatMapData, row: Int32Array): Float64Array {
  const { x, y } = data.seats;
  const distances = new Float64Array(Math.max(0, row.length - 1));
  for (let i = 0; i < distances.length; i++) {
    const [a, b] = [row[i] ?? NONE, row[i + 1] ?? NONE];
    const [dx, dy] = [(x[a] ?? 0) - (x[b] ?? 0), (y[a] ?? 0) - (y[b] ?? 0)];
    distances[i] = Math.sqrt(dx * dx + dy * dy);
  }
  return distances;
}

/**
 * The lower quartile of the row's own distances: half of the distances of a row of sofas or of twos are aisles, and a
 * quartile still finds the seats. Short rows, and rows whose chairs all stand apart, are measured by their zone. In a
 * row with sofas the narrow halves of the sofas must not turn the arm rests between them into aisles.
 */
function rowPitch(distances: Float64Array, zonePitch: number, sofas: boolean): number {
  const real = distances.filter((distance) => distance > SAME_POINT).sort();
  if (real.length < OWN_PITCH_GAPS_MIN) return zonePitch;
  const own = real[Math.floor((real.length - 1) / 4)] ?? zonePitch;
  if (own > OWN_PITCH_FACTOR_MAX * zonePitch) return zonePitch;
  return sofas ? Math.max(own, zonePitch) : own;
}

function medianOf(distances: readonly number[]): number | undefined {
  const real = Float64Array.from(distances.filter((distance) => distance > SAME_POINT)).sort();
  return real[Math.floor((real.length - 1) / 2)];
}

function cutRow(
  row: Int32Array,
  distances: Float64Array,
  aisle: number,
  pairOf: Int32Array,
  blocks: Int32Array[],
): void {
  let first = 0;
  for (let i = 0; i < row.length; i++) {
    const last = i === row.length - 1;
    const paired = pairOf[row[i] ?? NONE] === row[i + 1];
    if (!last && (paired || (distances[i] ?? 0) <= aisle)) continue;
    blocks.push(row.slice(first, i + 1));
    first = i + 1;
  }
}
