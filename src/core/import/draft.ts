/**
 * The neutral plan, while a file is being read: seats, rows and areas with the places in the file where they stand. Every
 * reader fills one; `finishDraft` makes labels, links and columns of it.
 */
import type { Decoration } from '../seat-map.js';
import type { Findings } from './findings.js';
import { skeleton } from './lookalikes.js';
import type { Point } from './read-value.js';
import type { Sight } from './stage-words.js';

/** Enough for any arena; what a client can still load and a snapshot still carry. */
export const SEATS_MAX = 100_000;
export const CATEGORIES_MAX = 256;
export const ZONES_MAX = 1_000;
export const AREAS_MAX = 1_000;
export const DECORATIONS_MAX = 10_000;
/** The wire's bound on a label, and so on every name that clients filter by. */
export const LABEL_LENGTH_MAX = 64;
/** Neutral, and told apart from white and black: for categories that the file uses without a colour. */
const NEUTRAL_COLOR = '#9e9e9e';

export interface DraftSeat {
  readonly path: string;
  readonly guid: string;
  readonly number: string;
  readonly x: number;
  readonly y: number;
  readonly category: number;
  readonly row: number;
  readonly wheelchair: boolean;
  readonly companionOf: string | undefined;
  readonly pairWith: string | undefined;
  label: string;
}

export interface DraftRow {
  readonly path: string;
  readonly label: string;
  /** Its labels were made by the plan's own patterns ("Row 5", "Seat 1"), and are not joined by a dash. */
  readonly isSpelt: boolean;
  readonly zone: number;
  /** Sold with all its seats or not at all. */
  readonly isWhole: boolean;
  /** The row's seats are `first` … `first + count - 1` of the draft. */
  readonly first: number;
  count: number;
}

export interface DraftArea {
  readonly path: string;
  readonly name: string;
  readonly zone: number;
  readonly category: number;
  readonly capacity: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export class Draft {
  /** Empty: the file has none. */
  name = '';
  /** Undefined: it is taken from the seats. */
  size: { readonly width: number; readonly height: number } | undefined;
  /** What the file itself says of them. */
  focalPoint: Point | undefined;
  looksAt: Sight | undefined;
  readonly categories: { name: string; color: string }[] = [];
  readonly zones: { name: string }[] = [];
  readonly rows: DraftRow[] = [];
  readonly seats: DraftSeat[] = [];
  readonly areas: DraftArea[] = [];
  readonly decorations: Decoration[] = [];
  /** Seats and standing places so far. */
  places = 0;
  readonly #categoryIndex = new Map<string, number>();

  constructor(readonly findings: Findings) {}

  /** The index of a category, declared now if it was not; undefined and a problem where there are too many. */
  category(name: string, color: string | undefined, path: string): number | undefined {
    const known = this.#categoryIndex.get(name);
    if (known !== undefined) return known;
    if (this.categories.length >= CATEGORIES_MAX) {
      this.findings.problem(path, `more than ${CATEGORIES_MAX} categories`);
      return undefined;
    }
    this.#categoryIndex.set(name, this.categories.length);
    this.categories.push({ name, color: color ?? NEUTRAL_COLOR });
    return this.categories.length - 1;
  }

  /**
   * The category that a seat or area names. One that the plan does not declare is declared in a neutral colour, once
   * and as a repair: whoever makes a showtime must then price it, so nothing is ever sold at a price nobody set.
   */
  usedCategory(name: string, path: string): number | undefined {
    const used = name === '' ? 'Standard' : name;
    const known = this.#categoryIndex.get(used);
    if (known !== undefined && name !== '') return known;
    if (known === undefined || name === '') {
      const message =
        name === '' ? 'No category was given; "Standard" was used.' : `The category "${used}" was not declared.`;
      this.findings.repair(path, 'undeclared_category', message);
    }
    return this.category(used, undefined, path);
  }

  /** Counts places against the bound of the whole plan; false and a problem past it. */
  admit(places: number, path: string): boolean {
    if (this.places + places > SEATS_MAX) {
      this.findings.problem(path, `more than ${SEATS_MAX} seats`);
      return false;
    }
    this.places += places;
    return true;
  }
}

/** The name itself, or with the first free number behind it. Adds the skeleton of what it returns to `taken`. */
export function uniqueName(taken: Set<string>, name: string): string {
  let unique = name;
  for (let n = 2; taken.has(skeleton(unique)); n++) unique = `${name.slice(0, LABEL_LENGTH_MAX - 7)} ${n}`;
  taken.add(skeleton(unique));
  return unique;
}

export function shifted(origin: Point, by: Point): Point {
  return { x: origin.x + by.x, y: origin.y + by.y };
}
