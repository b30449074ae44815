import type { Side } from '../../core/import/focal-point.js';
import type { Sight } from '../../core/import/stage-words.js';
import type { Decoration } from '../../core/seat-map.js';

export type SeatKind = 'seat' | 'wheelchair' | 'companion' | 'pair';

/** One seat as a reader found it. */
export interface SeatDraft {
  /** Where it stands in the file, for people: `line 12`, `row A, seat 3`. */
  readonly at: string;
  readonly zone: string;
  readonly row: string;
  readonly number: string;
  /** Empty: the file says none. */
  readonly category: string;
  /** A companion belongs to the wheelchair space beside it in the file; two halves of a pair follow each other. */
  readonly kind: SeatKind;
  /** In plan units. Absent: the seat is placed by `column`, or by its number. */
  readonly x?: number;
  readonly y?: number;
  /** From the left end of its row, in seats; the rows follow each other. */
  readonly column?: number;
  /** Its row is a table that is sold whole. */
  readonly isWhole?: boolean;
}

export interface AreaDraft {
  readonly at: string;
  readonly name: string;
  readonly zone: string;
  readonly category: string;
  /** Undefined: the file does not say. */
  readonly capacity: number | undefined;
  readonly box?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** The neutral plan that every reader but pretix's turns its format into: seats in the order of the file. */
export interface PlanDraft {
  name: string;
  looksAt?: Sight;
  front?: Side;
  focalPoint?: { readonly x: number; readonly y: number };
  readonly categories: { readonly name: string; readonly color?: string }[];
  readonly seats: SeatDraft[];
  readonly areas: AreaDraft[];
  readonly decorations: Decoration[];
  /** By category, as a decimal number: the map has no prices, so the report tells them to whoever makes a showtime. */
  readonly prices: Map<string, string>;
}

export function emptyPlan(): PlanDraft {
  return { name: '', categories: [], seats: [], areas: [], decorations: [], prices: new Map() };
}
