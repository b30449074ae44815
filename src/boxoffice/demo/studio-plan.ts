import { arc, row, rowLetter } from './plan-row.js';
import { caption, type SeatingPlan, zone } from './seating-plan.js';

const WIDTH = 820;
const MIDDLE = WIDTH / 2;
/** Rows are arcs around a point far in front of the screen, as in a room where every seat looks at its middle. */
const CENTRE = { x: MIDDLE, y: -900 };
const FIRST_ROW_Y = 190;

/** From the screen to the back. The sixth row is reached without a step; the last is love seats only. */
const PATTERNS = [
  '6 | 6',
  '7 | 7',
  '8 | 8',
  '8 | 8',
  '9 | 9',
  'w c c w 4 | 4 w c c w',
  '9 | 9',
  '9 | 9',
  '9 | 9',
  '10 | 10',
  '10 | 10',
  '10 | 10',
  'p p p p | p p p p',
];
const LEVEL_ROW = 5;
const FRONT_ROWS = 4;

/** A neighbourhood room of some 220 seats: one aisle in the middle, gently curved, love seats at the back. */
export function studioPlan(): SeatingPlan {
  const rows = PATTERNS.map((pattern, i) => {
    // The way in crosses the room before the level row, and the love seats stand a little apart.
    const y = FIRST_ROW_Y + i * 42 + (i >= LEVEL_ROW ? 34 : 0) + (i === PATTERNS.length - 1 ? 16 : 0);
    return row({
      label: rowLetter(i),
      pattern,
      path: arc(CENTRE, y - CENTRE.y),
      category: i < FRONT_ROWS ? 'Front' : 'Centre',
      pairCategory: 'Love seat',
    });
  });
  const screen = {
    shape: 'polygon',
    position: { x: MIDDLE - 300, y: 50 },
    rotation: 0,
    color: '#c3cad4',
    border_color: '#8a94a3',
    polygon: {
      points: [
        { x: 0, y: 20 },
        { x: 150, y: 5 },
        { x: 300, y: 0 },
        { x: 450, y: 5 },
        { x: 600, y: 20 },
        { x: 600, y: 30 },
        { x: 450, y: 15 },
        { x: 300, y: 10 },
        { x: 150, y: 15 },
        { x: 0, y: 30 },
      ],
    },
  } as const;
  return {
    name: 'Studio',
    size: { width: WIDTH, height: 800 },
    categories: [
      { name: 'Front', color: '#2f8f83' },
      { name: 'Centre', color: '#3b74d1' },
      { name: 'Love seat', color: '#c2467f' },
    ],
    zones: [zone('Studio', rows, [screen, caption('SCREEN', { x: MIDDLE, y: 110 }, 18)])],
    usher: { focal_point: { x: MIDDLE, y: 470 } },
  };
}
