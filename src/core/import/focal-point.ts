/**
 * The point that best seats are nearest to. Plans of this format never say it, so it is guessed and the guess is told:
 * from a text such as "STAGE", from the order of the rows, from the order of the categories. Before a stage the best
 * seats are nearest to it, before a screen two thirds of the way back.
 */
import type { Decoration } from '../seat-map.js';
import type { Findings } from './findings.js';
import { type Point, roundCoordinate } from './read-value.js';
import { rowOrdinal } from './row-ordinal.js';
import { type Sight, sightOf } from './stage-words.js';

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What somebody knows of a hall that its file does not say. It counts more than the file. */
export interface PlanSettings {
  /** In plan units. */
  readonly focalPoint?: Point;
  /** What the audience looks at; without it a stage, unless the plan has a text such as "SCREEN". */
  readonly looksAt?: Sight;
  /** The edge of the plan at which the stage or the screen is. */
  readonly front?: Side;
}

export type Side = 'top' | 'bottom' | 'left' | 'right';

/** As much of the plan as a guess needs. */
export interface PlanView {
  readonly seats: readonly (Point & { readonly row: number })[];
  readonly rows: readonly { readonly label: string; readonly zone: number }[];
  readonly decorations: readonly Decoration[];
  /** The category of each seat, and how many categories there are. */
  readonly category: readonly number[];
  readonly categories: number;
  readonly bounds: Bounds;
}

/** A place to look at, which way the audience sits from there, and how that is known. */
interface Front extends Point {
  readonly towards: Point;
  readonly sight: Sight;
  readonly why: string;
}

/** How far back the best seats of a cinema are. */
const CINEMA_DEPTH = 2 / 3;
/** Row numbers that tell a direction rise or fall with the distance in nearly all rows. */
const ORDER_MIN = 0.8;
/** How far apart the first category and the last stand, as a share of the hall, where their order tells a direction. */
const CATEGORIES_APART = 0.25;

/** @param given what the file itself says. */
export function findFocalPoint(
  findings: Findings,
  given: { readonly focalPoint: Point | undefined; readonly looksAt: Sight | undefined },
  settings: PlanSettings,
  view: PlanView,
): Point {
  if (settings.focalPoint !== undefined) return rounded(settings.focalPoint);
  const said = settings.looksAt ?? given.looksAt;
  if (settings.front !== undefined) {
    const front = frontAt(view, settings.front);
    return rounded(said === 'screen' ? twoThirdsBack(front, view) : front);
  }
  if (given.focalPoint !== undefined) return given.focalPoint;
  const front = frontByText(view, said) ?? frontByRows(view) ?? frontByCategories(view) ?? frontOfTop(view);
  const sight = said ?? front.sight;
  const point = rounded(sight === 'screen' ? twoThirdsBack(front, view) : front);
  const where = sight === 'screen' ? ', two thirds of the way back from the screen' : '';
  const message = `Best seats are nearest to (${point.x}, ${point.y})${where}. That was guessed: ${front.why}`;
  findings.repair('usher.focal_point', 'guessed_focal_point', message);
  return point;
}

function frontAt({ bounds }: PlanView, side: Side): Front {
  const [x, y] = { top: [0, 1], bottom: [0, -1], left: [1, 0], right: [-1, 0] }[side] as [number, number];
  return { ...edgeOf(bounds, x, y), sight: 'stage', why: '' };
}

/** A text that names what is looked at. Several that name it with something else, such as boxes by number, name nothing. */
function frontByText({ decorations, bounds }: PlanView, said: Sight | undefined): Front | undefined {
  const centre = middleOf(bounds);
  const named = decorations.flatMap((decoration) => {
    const found = decoration.text && sightOf(decoration.text.value);
    if (found === undefined || (said !== undefined && found.sight !== said)) return [];
    return [{ ...found, text: decoration.text?.value ?? '', ...placeOf(decoration) }];
  });
  const least = Math.min(...named.map(({ doubt }) => doubt));
  const surest = named.filter(({ doubt }) => doubt === least);
  if (surest.length === 0 || (least > 0 && surest.length > 1)) return undefined;
  const { text, sight, x, y } = surest.reduce((a, b) => (distance(b, centre) < distance(a, centre) ? b : a));
  return {
    x,
    y,
    sight,
    towards: centre,
    why: `the text "${text}" stands ${sight === 'screen' ? 'at the screen' : 'there'}.`,
  };
}

/** The middle of a shape; of a text alone, and of a text that was put outside its shape, the text itself. */
function placeOf({ x, y, width, height, points, shape, text }: Decoration): Point {
  if (points !== undefined && points.length > 0) {
    const sum = points.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }));
    return { x: x + sum.x / points.length, y: y + sum.y / points.length };
  }
  if (shape === 'rectangle') return { x: x + (width ?? 0) / 2, y: y + (height ?? 0) / 2 };
  return shape === 'text' ? { x: x + (text?.x ?? 0), y: y + (text?.y ?? 0) } : { x, y };
}

/** In each zone rows are counted from the front, so the front is where the numbers are low. */
function frontByRows({ seats, rows, bounds }: PlanView): Front | undefined {
  const ofZone = new Map<number, { ordinal: number; x: number; y: number }[]>();
  for (const { x, y, row } of seats) {
    const ordinal = rowOrdinal(rows[row]?.label ?? '');
    if (ordinal === undefined) continue;
    const zone = rows[row]?.zone ?? 0;
    const known = ofZone.get(zone);
    if (known === undefined) ofZone.set(zone, [{ ordinal, x, y }]);
    else known.push({ ordinal, x, y });
  }
  let [along, down, all] = [0, 0, 0];
  for (const places of ofZone.values()) {
    const ordinals = places.map(({ ordinal }) => ordinal);
    if (new Set(ordinals).size < 3) continue;
    along +=
      places.length *
      correlation(
        ordinals,
        places.map(({ x }) => x),
      );
    down +=
      places.length *
      correlation(
        ordinals,
        places.map(({ y }) => y),
      );
    all += places.length;
  }
  if (all === 0) return undefined;
  const [x, y] = [along / all, down / all];
  if (Math.max(Math.abs(x), Math.abs(y)) < ORDER_MIN) return undefined;
  const front = Math.abs(y) >= Math.abs(x) ? edgeOf(bounds, 0, Math.sign(y)) : edgeOf(bounds, Math.sign(x), 0);
  return { ...front, sight: 'stage', why: 'the rows are counted from there.' };
}

/** The dearest seats are declared first and are in front. */
function frontByCategories({ seats, category, categories, bounds }: PlanView): Front | undefined {
  const middle = (wanted: number) => {
    const own = seats.filter((_, index) => category[index] === wanted);
    return own.reduce((sum, { x, y }) => ({ x: sum.x + x / own.length, y: sum.y + y / own.length }), { x: 0, y: 0 });
  };
  if (categories < 2) return undefined;
  const [first, last] = [middle(0), middle(categories - 1)];
  const down = (last.y - first.y) / Math.max(1, bounds.bottom - bounds.top);
  if (Math.abs(down) < CATEGORIES_APART || !seats.some((_, index) => category[index] === categories - 1))
    return undefined;
  return { ...edgeOf(bounds, 0, Math.sign(down)), sight: 'stage', why: 'the first category of the plan is there.' };
}

function frontOfTop({ bounds }: PlanView): Front {
  const why = 'nothing in the plan says where people look, so it is taken to be at the top.';
  return { ...edgeOf(bounds, 0, 1), sight: 'stage', why };
}

/** The middle of the edge from which the audience sits to the right (x 1), left (x −1), below (y 1) or above (y −1). */
function edgeOf(bounds: Bounds, x: number, y: number): Point & { readonly towards: Point } {
  const middle = middleOf(bounds);
  const at = (sign: number, low: number, high: number, mid: number) => (sign === 0 ? mid : sign > 0 ? low : high);
  const edge = { x: at(x, bounds.left, bounds.right, middle.x), y: at(y, bounds.top, bounds.bottom, middle.y) };
  return { ...edge, towards: { x: edge.x + x, y: edge.y + y } };
}

/** From the front towards the audience, two thirds of the way from its nearest seat to its farthest. */
function twoThirdsBack(front: Front, { seats }: PlanView): Point {
  const length = distance(front, front.towards);
  if (length === 0 || seats.length === 0) return front.towards;
  const [x, y] = [(front.towards.x - front.x) / length, (front.towards.y - front.y) / length];
  let [near, far] = [Infinity, -Infinity];
  for (const seat of seats) {
    const depth = (seat.x - front.x) * x + (seat.y - front.y) * y;
    [near, far] = [Math.min(near, depth), Math.max(far, depth)];
  }
  const depth = near + CINEMA_DEPTH * (far - near);
  return { x: front.x + depth * x, y: front.y + depth * y };
}

/** Pearson's, from −1 to 1; 0 where either does not vary. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    const [da, db] = [value - meanA, (b[i] ?? 0) - meanB];
    [ab, aa, bb] = [ab + da * db, aa + da * da, bb + db * db];
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

function middleOf({ left, top, right, bottom }: Bounds): Point {
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function rounded({ x, y }: Point): Point {
  return { x: roundCoordinate(x), y: roundCoordinate(y) };
}
