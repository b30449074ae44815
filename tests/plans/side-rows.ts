const PITCH = 30;
/** What drawing by hand leaves, in hundredths of a plan unit: seemingly random, and the same each time. */
const NOISE = [0.03, -0.02, 0.01, -0.04, 0.02, 0, -0.01, 0.04];

interface Piece {
  readonly label: string;
  /** How many seats, from where on down the column at `x`. */
  readonly seats: number;
  readonly from: number;
  readonly x: number;
  readonly firstNumber: number;
}

/** Two columns along the side of a hall, each in two pieces with an aisle of two seats between them. */
export function sideRows() {
  return hallOf([
    { label: 'L1', seats: 6, from: 0, x: 0, firstNumber: 1 },
    { label: 'L1', seats: 6, from: 8, x: 0, firstNumber: 7 },
    { label: 'L2', seats: 6, from: 8, x: 60, firstNumber: 7 },
    { label: 'L2', seats: 6, from: 0, x: 60, firstNumber: 1 },
  ]);
}

/** One row as two objects without a gap: the editor's user drew it in two strokes. */
export function rowInTwoObjects() {
  return hallOf([
    { label: 'A', seats: 5, from: 0, x: 0, firstNumber: 1 },
    { label: 'A', seats: 5, from: 5, x: 0, firstNumber: 6 },
  ]);
}

/** Two pairs of seats of one row, 32 seats apart. */
export function rowEnds() {
  return hallOf([
    { label: 'A', seats: 2, from: 0, x: 0, firstNumber: 1 },
    { label: 'A', seats: 2, from: 34, x: 0, firstNumber: 3 },
  ]);
}

function hallOf(pieces: readonly Piece[]) {
  let seat = 0;
  return {
    name: 'Side rows',
    size: { width: 200, height: 1200 },
    categories: [{ name: 'Side', color: '#2f8f83' }],
    zones: [
      {
        name: 'Left',
        zone_id: 'left',
        position: { x: 40, y: 40 },
        areas: [],
        rows: pieces.map(({ label, seats, from, x, firstNumber }, piece) => ({
          row_number: label,
          position: { x, y: 0 },
          seats: Array.from({ length: seats }, (_, place) => ({
            seat_guid: `${piece}-${place}`,
            seat_number: String(firstNumber + place),
            position: { x: NOISE[seat++ % NOISE.length]!, y: (from + place) * PITCH },
            category: 'Side',
          })),
        })),
      },
    ],
  };
}
