import { AISLE_WIDTH, arc, line, type Path, row, rowLetter, SEAT_PITCH } from './plan-row.js';
import {
  caption,
  type PlanArea,
  type PlanRow,
  type PlanZone,
  type Point,
  type SeatingPlan,
  zone,
} from './seating-plan.js';

/** The floor is a rectangle with round corners; every row of the bowl is the same line, further out. */
const FLOOR = { left: 2_660, top: 1_790, width: 1_500, height: 2_250, corner: 260 };
const RIGHT = FLOOR.left + FLOOR.width;
const BOTTOM = FLOOR.top + FLOOR.height;
const MIDDLE = FLOOR.left + FLOOR.width / 2;
const QUARTER = Math.PI / 2;

interface Tier {
  /** Number of its first block. */
  readonly firstBlock: number;
  readonly category: string;
  /** From the edge of the floor to its first row, and row to row, in plan units. */
  readonly distance: number;
  readonly rows: number;
  readonly rowDepth: number;
  /** Blocks along a long side, the short side, and a round corner. */
  readonly blocks: { readonly side: number; readonly end: number; readonly corner: number };
}

const TIERS: readonly Tier[] = [
  {
    firstBlock: 101,
    category: 'Lower tier',
    distance: 150,
    rows: 17,
    rowDepth: 40,
    blocks: { side: 4, end: 3, corner: 2 },
  },
  { firstBlock: 201, category: 'Club', distance: 1_060, rows: 6, rowDepth: 42, blocks: { side: 4, end: 3, corner: 4 } },
  {
    firstBlock: 301,
    category: 'Upper tier',
    distance: 1_450,
    rows: 28,
    rowDepth: 40,
    blocks: { side: 4, end: 3, corner: 5 },
  },
];
/** Beside and behind the stage the view is from the side, and so is the price. */
const SIDE_VIEW = 'Side view';
/** The walkway behind the lower tier, where the wheelchair platforms are. */
const PLATFORM_DISTANCE = 912;

/** A stretch of the bowl that one block fills. */
interface Stretch {
  /** The path of the row at this distance from the floor, with its middle in the block's. */
  readonly path: (distance: number) => Path;
  /** How long that row may be. */
  readonly length: (distance: number) => number;
  readonly besideStage: boolean;
}

/** A concert arena of some 20,000 places: standing floor before the stage, a bowl of three tiers around it. */
export function arenaPlan(): SeatingPlan {
  const zones = [floor()];
  for (const tier of TIERS) {
    stretches(tier).forEach((stretch, i) => {
      zones.push(block(tier, stretch, tier.firstBlock + i));
    });
  }
  zones.push(platforms());
  return {
    name: 'Arena',
    size: { width: 2 * MIDDLE, height: 6_700 },
    categories: [
      { name: 'Standing', color: '#c2467f' },
      { name: 'Lower tier', color: '#3b74d1' },
      { name: 'Club', color: '#bb7a1c' },
      { name: 'Upper tier', color: '#2f8f83' },
      { name: SIDE_VIEW, color: '#7d8794' },
    ],
    zones,
    usher: { focal_point: { x: MIDDLE, y: FLOOR.top + 420 } },
  };
}

/** Counter-clockwise as drawn, from the left of the stage to its right: so every block numbers from its own left. */
function stretches(tier: Tier): Stretch[] {
  const { side, end, corner } = tier.blocks;
  const straight = FLOOR.height - 2 * FLOOR.corner;
  const short = FLOOR.width - 2 * FLOOR.corner;
  const left = FLOOR.left + FLOOR.corner;
  const right = RIGHT - FLOOR.corner;
  const top = FLOOR.top + FLOOR.corner;
  const bottom = BOTTOM - FLOOR.corner;
  return [
    ...alongCorner({ x: left, y: top }, -1.5 * QUARTER, 0.5 * QUARTER, Math.ceil(corner / 2), true),
    ...alongSide({ x: FLOOR.left, y: top }, -QUARTER, straight, side),
    ...alongCorner({ x: left, y: bottom }, -QUARTER, QUARTER, corner, false),
    ...alongSide({ x: left, y: BOTTOM }, 0, short, end),
    ...alongCorner({ x: right, y: bottom }, 0, QUARTER, corner, false),
    ...alongSide({ x: RIGHT, y: bottom }, QUARTER, straight, side),
    ...alongCorner({ x: right, y: top }, QUARTER, 0.5 * QUARTER, Math.ceil(corner / 2), true),
  ];
}

/** Blocks side by side on a straight that starts at `from` and runs along `heading`; the bowl is to its right. */
function alongSide(from: Point, heading: number, length: number, blocks: number): Stretch[] {
  const share = length / blocks;
  const start = line(from, heading);
  return Array.from({ length: blocks }, (_, i) => {
    const middle = start((i + 0.5) * share);
    const outwards = line(middle, heading - QUARTER);
    return {
      path: (distance) => line(outwards(distance), heading),
      length: () => share - AISLE_WIDTH,
      besideStage: false,
    };
  });
}

function alongCorner(centre: Point, from: number, sweep: number, blocks: number, besideStage: boolean): Stretch[] {
  const share = sweep / blocks;
  return Array.from({ length: blocks }, (_, i) => ({
    path: (distance) => arc(centre, FLOOR.corner + distance, from + (i + 0.5) * share),
    length: (distance) => (FLOOR.corner + distance) * share - AISLE_WIDTH,
    besideStage,
  }));
}

function block(tier: Tier, stretch: Stretch, number: number): PlanZone {
  const category = stretch.besideStage ? SIDE_VIEW : tier.category;
  const rows = Array.from({ length: tier.rows }, (_, i): PlanRow => {
    const distance = tier.distance + i * tier.rowDepth;
    const seats = Math.max(3, Math.floor(stretch.length(distance) / SEAT_PITCH));
    return row({
      label: `${number}-${rowLetter(i)}`,
      pattern: String(seats),
      path: stretch.path(distance),
      category,
    });
  });
  const before = stretch.path(tier.distance - 68)(0);
  return zone(`Block ${number}`, rows, [caption(String(number), rounded(before), 42)]);
}

/** Six platforms behind the lower tier: spaces in the front, each with its companion beside it. */
function platforms(): PlanZone {
  const bottom = BOTTOM - FLOOR.corner;
  const top = FLOOR.top + FLOOR.corner;
  const places: readonly { readonly middle: Point; readonly heading: number }[] = [
    { middle: { x: FLOOR.left - PLATFORM_DISTANCE, y: top + 430 }, heading: -QUARTER },
    { middle: { x: FLOOR.left - PLATFORM_DISTANCE, y: bottom - 430 }, heading: -QUARTER },
    { middle: { x: MIDDLE - 250, y: BOTTOM + PLATFORM_DISTANCE }, heading: 0 },
    { middle: { x: MIDDLE + 250, y: BOTTOM + PLATFORM_DISTANCE }, heading: 0 },
    { middle: { x: RIGHT + PLATFORM_DISTANCE, y: bottom - 430 }, heading: QUARTER },
    { middle: { x: RIGHT + PLATFORM_DISTANCE, y: top + 430 }, heading: QUARTER },
  ];
  const rows = places.map(({ middle, heading }, i) =>
    row({ label: `P${i + 1}`, pattern: 'w c w c w c w c w c', path: line(middle, heading), category: 'Lower tier' }),
  );
  return zone('Wheelchair platforms', rows);
}

/** The stage, and before it the standing floor: a golden circle at its edge and two halves behind. */
function floor(): PlanZone {
  const standing = (name: string, capacity: number, left: number, top: number, width: number, height: number) =>
    ({
      shape: 'rectangle',
      position: { x: FLOOR.left + left, y: FLOOR.top + top },
      rotation: 0,
      rectangle: { width, height },
      usher: { standing: { name, category: 'Standing', capacity } },
    }) satisfies PlanArea;
  const stage: PlanArea = {
    shape: 'rectangle',
    position: { x: FLOOR.left + 40, y: FLOOR.top - 420 },
    rotation: 0,
    color: '#c3cad4',
    border_color: '#8a94a3',
    rectangle: { width: FLOOR.width - 80, height: 620 },
  };
  const runway: PlanArea = {
    shape: 'rectangle',
    position: { x: MIDDLE - 70, y: FLOOR.top + 200 },
    rotation: 0,
    color: '#c3cad4',
    border_color: '#8a94a3',
    rectangle: { width: 140, height: 470 },
  };
  return zone(
    'Floor',
    [],
    [
      stage,
      runway,
      caption('STAGE', { x: MIDDLE, y: FLOOR.top - 110 }, 150, '#4a5462'),
      standing('Golden circle left', 300, 60, 250, 590, 420),
      standing('Golden circle right', 300, 850, 250, 590, 420),
      standing('Floor', 1_900, 60, 740, 1_380, 1_330),
    ],
  );
}

function rounded({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) };
}
