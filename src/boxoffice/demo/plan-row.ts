/**
 * Rows from short patterns, laid along lines and arcs. A pattern is words: a number is that many seats, `|` an aisle,
 * `p` a pair sold together, `w` a wheelchair space and `c` the companion seat beside one: `w c 6 | 6 c w`.
 */
import type { PlanRow, PlanSeat, Point } from './seating-plan.js';

/** Where the point at this distance along a row is; 0 is the row's middle, left is negative as its audience sees it. */
export type Path = (distance: number) => Point;

/** Radians counter-clockwise from straight down, so that 0 is an audience below the stage, looking up at it. */
export function arc(centre: Point, radius: number, middle = 0): Path {
  return (distance) => {
    const angle = middle + distance / radius;
    return { x: centre.x + radius * Math.sin(angle), y: centre.y + radius * Math.cos(angle) };
  };
}

/** `heading` in radians: 0 runs to the right, a quarter turn upwards. */
export function line(middle: Point, heading = 0): Path {
  return (distance) => ({
    x: middle.x + distance * Math.cos(heading),
    y: middle.y - distance * Math.sin(heading),
  });
}

export const SEAT_PITCH = 30;
const WHEELCHAIR_WIDTH = 46;
const PAIR_SEAT_WIDTH = 28;
const PAIR_GAP = 16;
export const AISLE_WIDTH = 66;

export interface RowDescription {
  /** Unique in the plan: seats are known by row and number. */
  readonly label: string;
  readonly pattern: string;
  readonly path: Path;
  readonly category: string;
  /** Of the love seats; absent: the row's category. */
  readonly pairCategory?: string;
}

type Kind = 'seat' | 'wheelchair' | 'companion' | 'pair_left' | 'pair_right' | 'aisle';

const WIDTHS: Record<Kind, number> = {
  seat: SEAT_PITCH,
  wheelchair: WHEELCHAIR_WIDTH,
  companion: SEAT_PITCH,
  pair_left: PAIR_SEAT_WIDTH,
  pair_right: PAIR_SEAT_WIDTH,
  aisle: AISLE_WIDTH,
};

/** One row of the plan: numbered from 1 at the left, across aisles. */
export function row(description: RowDescription): PlanRow {
  const kinds = description.pattern.split(' ').flatMap(kindsOfWord);
  const sold = kinds.filter((kind) => kind !== 'aisle');
  const guid = (place: number) => `${description.label}-${place + 1}`;
  const middles = middlesOf(kinds);
  const seats = sold.map((kind, place): PlanSeat => {
    const category = kind.startsWith('pair')
      ? (description.pairCategory ?? description.category)
      : description.category;
    const at = description.path(middles[place] ?? 0);
    const usher = extensionOf(sold, place, guid);
    return {
      seat_guid: guid(place),
      seat_number: String(place + 1),
      // The format's positions are integers; half a unit of a pitch of thirty is not seen.
      position: { x: Math.round(at.x), y: Math.round(at.y) },
      category,
      ...(usher && { usher }),
    };
  });
  return { row_number: description.label, position: { x: 0, y: 0 }, seats };
}

/** Row letters as halls paint them: A to Z without I and O, which read as 1 and 0, then AA to ZZ. */
export function rowLetter(index: number): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
  return letters.charAt(index % letters.length).repeat(1 + Math.floor(index / letters.length));
}

function kindsOfWord(word: string): Kind[] {
  if (word === '|') return ['aisle'];
  if (word === 'w') return ['wheelchair'];
  if (word === 'c') return ['companion'];
  if (word === 'p') return ['pair_left', 'pair_right'];
  const seats = Number(word);
  if (!Number.isInteger(seats) || seats < 1) throw new RangeError(`"${word}" is no word of a row pattern.`);
  return Array<Kind>(seats).fill('seat');
}

/** The distance along the path of the middle of each place, with the whole row centred on 0. */
function middlesOf(kinds: readonly Kind[]): number[] {
  const middles: number[] = [];
  let edge = 0;
  kinds.forEach((kind, i) => {
    if (kind === 'pair_left' && kinds[i - 1] === 'pair_right') edge += PAIR_GAP;
    if (kind !== 'aisle') middles.push(edge + WIDTHS[kind] / 2);
    edge += WIDTHS[kind];
  });
  return middles.map((middle) => middle - edge / 2);
}

function extensionOf(sold: readonly Kind[], place: number, guid: (place: number) => string): PlanSeat['usher'] {
  switch (sold[place]) {
    case 'wheelchair':
      return { wheelchair: true };
    case 'companion': {
      // The space on the left has the companion, unless there is none: `w c c w` reads as two parties.
      const space = sold[place - 1] === 'wheelchair' ? place - 1 : place + 1;
      return { companion_of: guid(space) };
    }
    case 'pair_left':
      return { pair_with: guid(place + 1) };
    case 'pair_right':
      return { pair_with: guid(place - 1) };
    default:
      return undefined;
  }
}
