const PITCH = 30;
const FLOORS = ['Stalls', 'Circle'] as const;
const ROWS_A_FLOOR = 8;
const SEATS_A_ROW = 20;

/** Two floors of eight rows of twenty, numbered alike, with the stage below them; and boxes in two columns. */
export const THEATRE = {
  seats: FLOORS.length * ROWS_A_FLOOR * SEATS_A_ROW + 2 * 2 * 3,
  /** The stage stands in the middle, under the last row that the plan draws. */
  stage: { x: 285, y: 1010 },
};

export function theatre() {
  return {
    name: 'Theatre',
    size: { width: 800, height: 1060 },
    categories: [
      { name: 'Front', color: '#7f4a91' },
      { name: 'Back', color: '#d36060' },
      { name: 'Box', color: '#5f9cd4' },
    ],
    zones: [
      floor('Circle', 40, []),
      floor('Stalls', 560, [
        {
          shape: 'text',
          position: { x: 285, y: 450 },
          text: { text: 'S T A G E', position: { x: 0, y: 0 }, color: '#333333', size: 30 },
        },
      ]),
      boxes('Boxes left', 640, 1),
      boxes('Boxes right', 760, -1),
    ],
  };
}

/** Row 1 is the lowest on the page, nearest the stage. */
function floor(name: (typeof FLOORS)[number], y: number, areas: readonly object[]) {
  return {
    name,
    zone_id: name,
    position: { x: 0, y },
    areas,
    rows: Array.from({ length: ROWS_A_FLOOR }, (_, row) => ({
      row_number: String(row + 1),
      position: { x: 0, y: (ROWS_A_FLOOR - row) * 40 },
      seats: Array.from({ length: SEATS_A_ROW }, (_seat, place) => ({
        seat_guid: `${name}-${row}-${place}`,
        seat_number: String(place + 1),
        position: { x: place * PITCH, y: 0 },
        category: row < 4 ? 'Front' : 'Back',
      })),
    })),
  };
}

/** A box of six in two columns that lean a little; `side` is 1, or −1 for its mirror image. */
function boxes(name: string, x: number, side: 1 | -1) {
  return {
    name,
    zone_id: name,
    position: { x, y: 700 },
    areas: [],
    rows: [
      {
        row_number: `Box ${side === 1 ? 'L' : 'R'}`,
        position: { x: 0, y: 0 },
        seats: Array.from({ length: 6 }, (_, place) => {
          const [column, row] = [place % 2, Math.floor(place / 2)];
          return {
            seat_guid: `${name}-${place}`,
            seat_number: String(place + 1),
            position: { x: side * (column * 28 + row * 4), y: row * PITCH + column * 6 },
            category: 'Box',
          };
        }),
      },
    ],
  };
}
