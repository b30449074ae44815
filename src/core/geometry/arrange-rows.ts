/**
 * From where the seats stand to who sits beside whom. Seats of one zone and one row label are one row to people, however
 * many pieces the plan draws it in: their chains of neighbours are the blocks, and the blocks between which people still
 * sit in one row are a line.
 */
import { NONE, type SeatMapData } from '../seat-map.js';
import { type Chains, chainInOrder, chainSeats, isThin, plainOrder } from './chain-seats.js';
import { distanceOf, orderOf, type Points, pointsOf } from './near-seats.js';
import { walkChains } from './walk-chains.js';

/** An aisle is at least as wide as a seat, so twice the pitch; uneven drawing stays well under half as much again. */
const AISLE_FACTOR = 1.6;
/** Across an aisle of four seats people still sit in one row. At two ends of a hall they do not. */
const LINE_FACTOR = 5;
/** A row with fewer gaps than this cannot tell its pitch from its aisles. */
const OWN_PITCH_GAPS_MIN = 4;
/** A row of so wide a pitch is not a row of wide chairs but of chairs that each stand alone. */
const OWN_PITCH_FACTOR_MAX = 2.5;
/** No row of people is longer. Such a group is taken piece by piece, and a longer piece as a straight row. */
const ROW_SEATS_MAX = 1_000;
/** Lengths are measured in thousandths of a plan unit. */
const THOUSANDTHS = 1000;

export interface ArrangedRows {
  /** Maximal runs of adjacent seats, from left to right, or from the top down where they stand in a column. */
  readonly blocks: readonly Int32Array[];
  /** 1 where the last seat of the block is beside its first: around a table. */
  readonly closed: Uint8Array;
  /** Blocks that are one row but for aisles, as indexes of blocks in seating order. */
  readonly lines: readonly (readonly number[])[];
  /** The hall's typical distance of adjacent seats, in plan units; 1 where no row has two seats. */
  readonly pitch: number;
}

interface Row {
  readonly zone: number;
  readonly points: Points;
  /** Of a row that needs no closer look: its points from one end to the other. */
  readonly order: readonly number[] | undefined;
  /** From one seat to the next, aisles included, shortest first; empty where all seats are at one point. */
  readonly gaps: Float64Array;
}

/** `pairOf` is the other half of each seat's pair: two halves are adjacent however wide the sofa is. */
export function arrangeRows(data: SeatMapData, pairOf: Int32Array): ArrangedRows {
  const rows = groupRows(data).map(({ zone, seats }) => measureRow(data, zone, seats));
  const gapsOfZone = data.zones.map((): number[] => []);
  for (const { zone, gaps } of rows) for (const gap of gaps) gapsOfZone[zone]?.push(gap);
  const hallPitch = medianOf(gapsOfZone.flat()) ?? THOUSANDTHS;
  const zonePitch = gapsOfZone.map((gaps) => (gaps.length < OWN_PITCH_GAPS_MIN ? hallPitch : medianOf(gaps)));
  const [blocks, closed, lines]: [Int32Array[], number[], number[][]] = [[], [], []];
  for (const row of rows) {
    const pairs = pairsOf(row.points, pairOf);
    const pitch = pitchOf(row.gaps, zonePitch[row.zone] ?? hallPitch, pairs.length > 0);
    for (const line of walkChains(row.points, joinRow(row, pitch, pairs))) {
      lines.push(line.blocks.map((_, place) => blocks.length + place));
      for (const block of line.blocks) {
        blocks.push(Int32Array.from(block));
        closed.push(line.closed ? 1 : 0);
      }
    }
  }
  return { blocks, closed: Uint8Array.from(closed), lines, pitch: hallPitch / THOUSANDTHS };
}

function groupRows(data: SeatMapData): { readonly zone: number; readonly seats: readonly number[] }[] {
  const seatsOfRow = data.rows.map((): number[] => []);
  data.seats.row.forEach((row, seat) => void seatsOfRow[row]?.push(seat));
  const rowsOfLabel = new Map<string, number[]>();
  data.rows.forEach(({ zone, label }, row) => {
    const key = `${zone} ${label}`;
    const known = rowsOfLabel.get(key);
    if (known === undefined) rowsOfLabel.set(key, [row]);
    else known.push(row);
  });
  const seatsOf = (row: number) => seatsOfRow[row] ?? [];
  const groups = [...rowsOfLabel.values()].flatMap((rows) => {
    const all = rows.flatMap(seatsOf);
    return all.length <= ROW_SEATS_MAX
      ? [{ row: rows[0], seats: all }]
      : rows.map((row) => ({ row, seats: seatsOf(row) }));
  });
  return groups
    .filter(({ seats }) => seats.length > 0)
    .map(({ row, seats }) => ({ zone: data.rows[row ?? NONE]?.zone ?? NONE, seats }));
}

function measureRow(data: SeatMapData, zone: number, seats: readonly number[]): Row {
  const points = pointsOf(data, seats);
  const order = points.x.length > ROW_SEATS_MAX ? orderOf(points) : plainOrder(points);
  const gaps =
    order === undefined
      ? chainSeats(points, Infinity, 0, []).links.flatMap((others, point) =>
          others.filter((other) => other > point).map((other) => distanceOf(points, point, other)),
        )
      : order.slice(1).map((point, place) => distanceOf(points, order[place] ?? 0, point));
  return { zone, points, order, gaps: Float64Array.from(gaps).sort() };
}

function joinRow({ points, order }: Row, pitch: number, pairs: readonly (readonly [number, number])[]): Chains {
  const [reach, lineReach] = [AISLE_FACTOR * pitch, LINE_FACTOR * pitch];
  const isPlain = order !== undefined && (points.x.length > ROW_SEATS_MAX || isThin(points, order, reach));
  return isPlain ? chainInOrder(points, order, reach, lineReach, pairs) : chainSeats(points, reach, lineReach, pairs);
}

/** The pairs of the row by their points. The halves of a pair that are drawn at one point are beside each other anyway. */
function pairsOf(points: Points, pairOf: Int32Array): (readonly [number, number])[] {
  const pointOf = new Map<number, number>();
  for (const [point, seats] of points.seats.entries()) for (const seat of seats) pointOf.set(seat, point);
  const pairs: (readonly [number, number])[] = [];
  for (const [seat, point] of pointOf) {
    const mate = pairOf[seat] ?? NONE;
    const other = pointOf.get(mate);
    if (mate > seat && other !== undefined && other !== point) pairs.push([point, other]);
  }
  return pairs;
}

/**
 * The lower quartile of what lies between the row's own seats: half of the distances of a row of sofas or of twos are
 * aisles, and a quartile still finds the seats. Short rows, and rows whose chairs all stand apart, are measured by their
 * zone. In a row with sofas the narrow halves of the sofas must not turn the arm rests between them into aisles.
 */
function pitchOf(gaps: Float64Array, zonePitch: number, sofas: boolean): number {
  if (gaps.length < OWN_PITCH_GAPS_MIN) return zonePitch;
  const own = gaps[Math.floor((gaps.length - 1) / 4)] ?? zonePitch;
  if (own > OWN_PITCH_FACTOR_MAX * zonePitch) return zonePitch;
  return sofas ? Math.max(own, zonePitch) : own;
}

function medianOf(gaps: readonly number[]): number | undefined {
  const sorted = Float64Array.from(gaps).sort();
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
