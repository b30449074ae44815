/**
 * The seat map as clients read it at `GET /v1/seat-maps/{hash}`: columns instead of objects, so that 50,000 seats stay
 * small and parse fast. Content-addressed and immutable: cache it for ever by its hash. Position i of every column of
 * `seats` is the seat with index i, which is what snapshots and deltas speak of.
 */
export interface SeatMapDocument {
  readonly name: string;
  /** Plan units, as in the pretix format; y grows downwards. */
  readonly size: { readonly width: number; readonly height: number };
  /** The point that best seats are nearest to, usually the stage or the middle of the screen. */
  readonly focalPoint: { readonly x: number; readonly y: number };
  readonly categories: readonly { readonly name: string; readonly color: string }[];
  readonly zones: readonly { readonly name: string }[];
  readonly rows: readonly { readonly label: string; readonly zone: number }[];
  readonly seats: {
    readonly label: readonly string[];
    readonly x: readonly number[];
    readonly y: readonly number[];
    /** Index into `categories`. */
    readonly category: readonly number[];
    /** Index into `rows`; -1 in a standing area. */
    readonly row: readonly number[];
  };
  /** Seat indexes of wheelchair spaces. */
  readonly wheelchair: readonly number[];
  /** A companion seat and the wheelchair space that it belongs to. */
  readonly companions: readonly (readonly [companion: number, wheelchair: number])[];
  /** Seats that are sold only together. */
  readonly pairs: readonly (readonly [left: number, right: number])[];
  /** Seats of each table that is sold whole only; absent where there is none. */
  readonly tables?: readonly (readonly number[])[];
  /** Standing areas: places `first` … `first + count - 1`, all drawn as one shape. */
  readonly areas: readonly StandingArea[];
  /** Drawn, never sold: the stage, a bar, a text. */
  readonly decorations: readonly Decoration[];
}

interface StandingArea {
  readonly name: string;
  readonly zone: number;
  readonly category: number;
  readonly first: number;
  readonly count: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A shape with its absolute position; `points` of polygons are relative to it. */
export interface Decoration {
  readonly shape: 'rectangle' | 'circle' | 'ellipse' | 'polygon' | 'text';
  readonly x: number;
  readonly y: number;
  readonly rotation: number;
  readonly color?: string;
  readonly borderColor?: string;
  readonly width?: number;
  readonly height?: number;
  readonly points?: readonly { readonly x: number; readonly y: number }[];
  readonly text?: {
    readonly value: string;
    readonly x: number;
    readonly y: number;
    readonly color: string;
    readonly size: number;
  };
}
