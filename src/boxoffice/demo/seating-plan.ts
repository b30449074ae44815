/**
 * The part of the pretix seating-plan format that our own plans use, with Usher's extensions under the key `usher`.
 * A position is relative to its parent: plan ← zone ← row ← seat. Lengths are plan units; y grows downwards.
 */
export interface SeatingPlan {
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly categories: readonly { readonly name: string; readonly color: string }[];
  readonly zones: readonly PlanZone[];
  readonly usher: { readonly focal_point: Point };
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlanZone {
  readonly name: string;
  readonly zone_id: string;
  readonly position: Point;
  readonly rows: readonly PlanRow[];
  readonly areas: readonly PlanArea[];
}

export interface PlanRow {
  readonly row_number: string;
  readonly position: Point;
  readonly seats: readonly PlanSeat[];
}

export interface PlanSeat {
  readonly seat_guid: string;
  readonly seat_number: string;
  readonly position: Point;
  readonly category: string;
  readonly usher?: { readonly wheelchair: true } | { readonly companion_of: string } | { readonly pair_with: string };
}

/** A stage, a screen, a text; or, with `usher.standing`, a standing area that is sold by the place. */
export interface PlanArea {
  readonly shape: 'rectangle' | 'polygon' | 'text';
  readonly position: Point;
  readonly rotation: number;
  readonly color?: string;
  readonly border_color?: string;
  readonly rectangle?: { readonly width: number; readonly height: number };
  readonly polygon?: { readonly points: readonly Point[] };
  readonly text?: { readonly text: string; readonly position: Point; readonly color: string; readonly size: number };
  readonly usher?: {
    readonly standing: { readonly name: string; readonly category: string; readonly capacity: number };
  };
}

const ORIGIN: Point = { x: 0, y: 0 };

/** A zone whose rows and areas say where they are in the plan's own coordinates. */
export function zone(name: string, rows: readonly PlanRow[], areas: readonly PlanArea[] = []): PlanZone {
  return { name, zone_id: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'), position: ORIGIN, rows, areas };
}

/** A text whose middle is at `position`. */
export function caption(text: string, position: Point, size: number, color = '#7d8794'): PlanArea {
  return { shape: 'text', position, rotation: 0, text: { text, position: ORIGIN, color, size } };
}
