import { AISLE_WIDTH, arc, line, type Path, row, rowLetter, SEAT_PITCH } from '../../src/boxoffice/demo/plan-row.js';
import { caption, type PlanZone, type SeatingPlan, zone } from '../../src/boxoffice/demo/seating-plan.js';
import { importPlan } from '../../src/core/plan-import.js';
import type { SeatMapData } from '../../src/core/seat-map.js';

/** The pitch of the players, with round corners; every row is the same line, further out. */
const FIELD = { left: 4_400, top: 4_400, width: 3_300, height: 2_300, corner: 400 };
const RIGHT = FIELD.left + FIELD.width;
const BOTTOM = FIELD.top + FIELD.height;
const QUARTER = Math.PI / 2;
const ROW_DEPTH = 40;

const TIERS = [
  {
    firstBlock: 101,
    category: 'Lower tier',
    color: '#3b74d1',
    distance: 180,
    rows: 26,
    sideBlocks: 5,
    cornerBlocks: 3,
  },
  { firstBlock: 201, category: 'Club', color: '#bb7a1c', distance: 1_360, rows: 14, sideBlocks: 5, cornerBlocks: 4 },
  {
    firstBlock: 301,
    category: 'Upper tier',
    color: '#2f8f83',
    distance: 2_060,
    rows: 39,
    sideBlocks: 6,
    cornerBlocks: 6,
  },
] as const;

/** A stretch of the bowl that one block fills: the path of its row at a distance from the field, and how long that is. */
interface Stretch {
  readonly path: (distance: number) => Path;
  readonly length: (distance: number) => number;
}

/**
 * A football stadium of exactly so many seats in three tiers and more than a hundred blocks: curved rows, aisles and many names,
 * as large plans have them. A plain rectangle would flatter whoever draws it.
 * @throws Error where the bowl has fewer.
 */
export function stadium(seats: number): SeatMapData {
  const imported = importPlan(stadiumPlan(seats));
  if (!imported.ok) throw new Error(`The stadium has problems: ${JSON.stringify(imported.problems)}`);
  const drawn = imported.map.seats.label.length;
  if (drawn !== seats) throw new Error(`The stadium has ${drawn} seats, not ${seats}.`);
  return imported.map;
}

function stadiumPlan(seats: number): SeatingPlan {
  const zones: PlanZone[] = [];
  let left = seats;
  for (const tier of TIERS) {
    for (const [i, stretch] of around(tier.sideBlocks, tier.cornerBlocks).entries()) {
      const block = blockOf(tier, stretch, tier.firstBlock + i, left);
      left -= block.rows.reduce((sum, { seats: inRow }) => sum + inRow.length, 0);
      if (block.rows.length > 0) zones.push(block);
    }
  }
  const middle = { x: FIELD.left + FIELD.width / 2, y: FIELD.top + FIELD.height / 2 };
  return {
    name: 'Stadium',
    size: { width: 2 * middle.x, height: 2 * middle.y },
    categories: TIERS.map(({ category: name, color }) => ({ name, color })),
    zones: [...zones, fieldZone(middle)],
    usher: { focal_point: middle },
  };
}

function fieldZone(middle: { readonly x: number; readonly y: number }): PlanZone {
  const field = {
    shape: 'rectangle',
    position: { x: FIELD.left + 150, y: FIELD.top + 150 },
    rotation: 0,
    color: '#7fb069',
    border_color: '#4a7a3a',
    rectangle: { width: FIELD.width - 300, height: FIELD.height - 300 },
  } as const;
  return zone('Field', [], [field, caption('FIELD', middle, 220, '#2f4a26')]);
}

/** `most`: the last block of the last tier ends where the house is full. */
function blockOf(tier: (typeof TIERS)[number], stretch: Stretch, number: number, most: number): PlanZone {
  const rows = [];
  for (let i = 0, left = most; i < tier.rows && left > 0; i++) {
    const distance = tier.distance + i * ROW_DEPTH;
    const seats = Math.min(left, Math.floor(stretch.length(distance) / SEAT_PITCH));
    const path = stretch.path(distance);
    rows.push(row({ label: `${number}-${rowLetter(i)}`, pattern: String(seats), path, category: tier.category }));
    left -= seats;
  }
  return zone(`Block ${number}`, rows);
}

/** The blocks of a tier, once around the field. */
function around(sideBlocks: number, cornerBlocks: number): Stretch[] {
  const left = FIELD.left + FIELD.corner;
  const right = RIGHT - FIELD.corner;
  const top = FIELD.top + FIELD.corner;
  const bottom = BOTTOM - FIELD.corner;
  return [
    ...side({ x: FIELD.left, y: top }, -QUARTER, bottom - top, sideBlocks),
    ...corner({ x: left, y: bottom }, -QUARTER, cornerBlocks),
    ...side({ x: left, y: BOTTOM }, 0, right - left, sideBlocks),
    ...corner({ x: right, y: bottom }, 0, cornerBlocks),
    ...side({ x: RIGHT, y: bottom }, QUARTER, bottom - top, sideBlocks),
    ...corner({ x: right, y: top }, QUARTER, cornerBlocks),
    ...side({ x: right, y: FIELD.top }, 2 * QUARTER, right - left, sideBlocks),
    ...corner({ x: left, y: top }, 2 * QUARTER, cornerBlocks),
  ];
}

function side(
  from: { readonly x: number; readonly y: number },
  heading: number,
  length: number,
  blocks: number,
): Stretch[] {
  const share = length / blocks;
  return Array.from({ length: blocks }, (_, i) => {
    const outwards = line(line(from, heading)((i + 0.5) * share), heading - QUARTER);
    return { path: (distance) => line(outwards(distance), heading), length: () => share - AISLE_WIDTH };
  });
}

function corner(centre: { readonly x: number; readonly y: number }, from: number, blocks: number): Stretch[] {
  const share = QUARTER / blocks;
  return Array.from({ length: blocks }, (_, i) => ({
    path: (distance) => arc(centre, FIELD.corner + distance, from + (i + 0.5) * share),
    length: (distance) => (FIELD.corner + distance) * share - AISLE_WIDTH,
  }));
}
