import { arc, line, row, rowLetter, SEAT_PITCH } from './plan-row.js';
import { caption, type PlanArea, type PlanRow, type SeatingPlan, zone } from './seating-plan.js';

const WIDTH = 1640;
const MIDDLE = WIDTH / 2;
const CENTRE = { x: MIDDLE, y: -1_250 };
const FIRST_ROW_Y = 300;
const ROW_DEPTH = 40;

const STALLS_ROWS = 20;
const FRONT_ROWS = 6;
/** The cross aisle lies before this row, which is reached without a step. */
const LEVEL_ROW = 10;
const CROSS_AISLE = 46;

const BALCONY_ROWS = 8;
const BALCONY_Y = FIRST_ROW_Y + STALLS_ROWS * ROW_DEPTH + CROSS_AISLE + 130;

const BOXES_A_SIDE = 6;
const BOX_SEATS = 4;
const BOX_PITCH = BOX_SEATS * SEAT_PITCH + 22;
/** How far the boxes turn from the wall towards the stage, in radians. */
const BOX_SLANT = 0.16;

/** A picture palace of some 1,000 seats: stalls in three banks, boxes along the walls, a balcony above the back. */
export function grandHallPlan(): SeatingPlan {
  return {
    name: 'Grand Hall',
    size: { width: WIDTH, height: BALCONY_Y + BALCONY_ROWS * ROW_DEPTH + 50 },
    categories: [
      { name: 'Front stalls', color: '#2f8f83' },
      { name: 'Stalls', color: '#3b74d1' },
      { name: 'Balcony', color: '#8a63c9' },
      { name: 'Box', color: '#bb7a1c' },
    ],
    zones: [
      zone('Stalls', stalls(), [...stage(), caption('STALLS', { x: MIDDLE, y: FIRST_ROW_Y - 50 }, 22)]),
      zone('Boxes left', boxes('left')),
      zone('Boxes right', boxes('right')),
      zone('Balcony', balcony(), [caption('BALCONY', { x: MIDDLE, y: BALCONY_Y - 52 }, 22)]),
    ],
    usher: { focal_point: { x: MIDDLE, y: FIRST_ROW_Y + 330 } },
  };
}

function stalls(): PlanRow[] {
  return Array.from({ length: STALLS_ROWS }, (_, i) => {
    const y = FIRST_ROW_Y + i * ROW_DEPTH + (i >= LEVEL_ROW ? CROSS_AISLE : 0);
    // The room widens towards the back: a seat more on either side every third row or so.
    const side = Math.min(10, 5 + Math.floor((i + 2) / 3));
    const pattern = i === LEVEL_ROW ? `w c c w ${side - 5} | 14 | ${side - 5} w c c w` : `${side} | 14 | ${side}`;
    return row({
      label: rowLetter(i),
      pattern,
      path: arc(CENTRE, y - CENTRE.y),
      category: i < FRONT_ROWS ? 'Front stalls' : 'Stalls',
    });
  });
}

function balcony(): PlanRow[] {
  return Array.from({ length: BALCONY_ROWS }, (_, i) => {
    const side = 11 + Math.floor(i / 3);
    return row({
      // Row letters go on above where they end below, doubled, so that a ticket never leads to the wrong floor.
      label: rowLetter(i).repeat(2),
      pattern: `${side} | 18 | ${side}`,
      path: arc(CENTRE, BALCONY_Y + i * ROW_DEPTH - CENTRE.y),
      category: 'Balcony',
    });
  });
}

/** Rows of four down the walls, each turned a little towards the stage; odd boxes on the left, even on the right. */
function boxes(side: 'left' | 'right'): PlanRow[] {
  const sign = side === 'left' ? -1 : 1;
  return Array.from({ length: BOXES_A_SIDE }, (_, i) =>
    row({
      label: `Box ${2 * i + (side === 'left' ? 1 : 2)}`,
      pattern: String(BOX_SEATS),
      path: line(
        { x: MIDDLE + sign * (585 + i * 23), y: FIRST_ROW_Y - 60 + i * BOX_PITCH },
        // Headings that number each box from its guests' own left, as they look across the room.
        sign * (Math.PI / 2) + (side === 'left' ? BOX_SLANT : -BOX_SLANT),
      ),
      category: 'Box',
    }),
  );
}

function stage(): PlanArea[] {
  return [
    {
      shape: 'polygon',
      position: { x: MIDDLE - 420, y: 60 },
      rotation: 0,
      color: '#c3cad4',
      border_color: '#8a94a3',
      polygon: {
        points: [
          { x: 60, y: 0 },
          { x: 780, y: 0 },
          { x: 840, y: 96 },
          { x: 630, y: 118 },
          { x: 420, y: 125 },
          { x: 210, y: 118 },
          { x: 0, y: 96 },
        ],
      },
    },
    caption('STAGE', { x: MIDDLE, y: 118 }, 30, '#4a5462'),
  ];
}
