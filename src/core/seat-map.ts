import type { SeatGrid } from './geometry/seat-grid.js';

/**
 * The seat map: the immutable plan of a hall. `SeatMapData` is what is stored, hashed and sent to clients (the gateway
 * declares the same shape in the protocol, and the compiler holds the two together); `SeatMap` is that plus what the
 * house needs to answer in O(seats of the command).
 */
export interface SeatMapData {
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  /** The point that best seats are nearest to, usually the stage or the middle of the screen. */
  readonly focalPoint: { readonly x: number; readonly y: number };
  readonly categories: readonly { readonly name: string; readonly color: string }[];
  readonly zones: readonly { readonly name: string }[];
  readonly rows: readonly { readonly label: string; readonly zone: number }[];
  /** Columns of equal length; position i is the seat with index i. */
  readonly seats: {
    /** Unique in the map. */
    readonly label: readonly string[];
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly category: readonly number[];
    /** Index into `rows`; -1 in a standing area. */
    readonly row: readonly number[];
  };
  readonly wheelchair: readonly number[];
  readonly companions: readonly (readonly [companion: number, wheelchair: number])[];
  readonly pairs: readonly (readonly [left: number, right: number])[];
  /** The seats of each table that is sold whole only; absent where there is none. */
  readonly tables?: readonly (readonly number[])[];
  readonly areas: readonly StandingArea[];
  readonly decorations: readonly Decoration[];
}

export interface StandingArea {
  readonly name: string;
  readonly zone: number;
  readonly category: number;
  /** The places are the seats `first` … `first + count - 1`. */
  readonly first: number;
  readonly count: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A shape with its absolute position, drawn and never sold; `points` of polygons are relative to it. */
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

/** No seat: what the neighbour, pair and companion columns hold where there is none. */
export const NONE = -1;

/** Of a seat that is given to nobody but with its whole table. */
export const KEPT_WHOLE = 2;

export interface SeatMap {
  readonly data: SeatMapData;
  readonly count: number;
  readonly indexOf: ReadonlyMap<string, number>;
  /** The adjacent seat on either side, from geometry; NONE at an aisle, a wall, the end of a table's side or in a standing area. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Maximal runs of adjacent seats, each as seat indexes from left to right. */
  readonly blocks: readonly Int32Array[];
  /** 1 for a block whose last seat is beside its first: around a table. */
  readonly isRing: Uint8Array;
  /** The block of each seat, and its place in it; NONE in a standing area. */
  readonly blockOf: Int32Array;
  readonly placeInBlock: Int32Array;
  /** The other half of a pair; NONE where single. */
  readonly pairOf: Int32Array;
  /** The table of each seat that is sold with its whole table only, as an index into `data.tables`; NONE of any other. */
  readonly tableOf: Int32Array;
  /** For a companion seat, its wheelchair space; NONE otherwise. */
  readonly wheelchairOf: Int32Array;
  readonly isWheelchair: Uint8Array;
  readonly zoneOf: Int32Array;
  /** Squared distance to the focal point, in plan units; in a standing area, of the area's middle. */
  readonly focalDistance: Float64Array;

  // What follows is for rules and search only.
  readonly categoryOf: Int32Array;
  readonly categoryIndex: ReadonlyMap<string, number>;
  readonly zoneIndex: ReadonlyMap<string, number>;
  /** The standing area of each place; NONE for a seat. */
  readonly areaOf: Int32Array;
  /** 1 for a seat that is sold by itself to anybody: no standing place, wheelchair space, companion, half of a pair or seat
   * of a table that is sold whole. */
  readonly isOrdinary: Uint8Array;
  /** 1 for a wheelchair space or companion seat, kept for those who need it; KEPT_WHOLE at a table that is sold whole. */
  readonly isKept: Uint8Array;
  /** The companion seats by wheelchair space. A space without companion seats is not in it. */
  readonly companionsOf: ReadonlyMap<number, readonly number[]>;
  /** Blocks by the focal distance of their nearest seat, and that distance by block. */
  readonly blocksByFocal: Int32Array;
  readonly blockFocal: Float64Array;
  /** The category of all seats of a block; NONE where it has several. */
  readonly categoryOfBlock: Int32Array;
  /** Seats (not standing places) by focal distance, wheelchair spaces and standing areas likewise. */
  readonly seatsByFocal: Int32Array;
  readonly wheelchairsByFocal: readonly number[];
  /** The place of each seat in `seatsByFocal`; NONE of a standing place. */
  readonly focalRank: Int32Array;
  readonly areasByFocal: readonly number[];
  /** The seats that people call one row, from left to right across aisles of a bounded width; and the line of each block. */
  readonly lines: readonly Int32Array[];
  readonly lineOfBlock: Int32Array;
  /** The places in each line at which another block begins, the lines that have such a place, and their nearest seat. */
  readonly aislesOfLine: readonly (readonly number[])[];
  readonly linesWithAisles: readonly number[];
  readonly lineFocal: Float64Array;
  /** The typical distance of adjacent seats, in plan units. */
  readonly pitch: number;
  readonly grid: SeatGrid;
  /** Not of the plan: scratch for the one command that is being applied, in whichever house of this map. */
  readonly selection: Selection;
}

/** A seat is in the selection of the command being applied where its mark equals `stamp`. */
export interface Selection {
  readonly mark: Uint32Array;
  stamp: number;
}
