import type { z } from 'zod';
import type { ErrorCode, WireError } from '../../protocol/errors.js';
import type { Reads } from '../catalogue/reads.js';

/** Text in, since a query is text; what the report gets is the output. */
export type QueryShape = Readonly<Record<string, z.ZodType<unknown, string | undefined>>>;
export type QueryOf<Shape extends QueryShape> = { readonly [Name in keyof Shape]: z.output<Shape[Name]> };

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** `money`: minor units of the row's `currency`, which a CSV has as decimals. */
export type ColumnKind = 'text' | 'number' | 'money' | 'flag';

/** What a report has in a row: name, kind, and a sentence where the name does not say it. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly about?: string;
  /** `null` where there is none. */
  readonly optional?: boolean;
}

export type Found =
  | { readonly ok: true; readonly rows: readonly Row[] }
  | { readonly ok: false; readonly error: WireError };

/** One report: the same query is answered as JSON and as CSV. */
export interface Report<Shape extends QueryShape> {
  /** The end of its path, and of the operation's id in camelCase: `top-showtimes`. */
  readonly name: string;
  readonly summary: string;
  readonly query: Shape;
  readonly columns: readonly Column[];
  /** Besides those of every report. */
  readonly errors?: readonly ErrorCode[];
  /** What its CSV is called, without the ending. */
  fileName(query: QueryOf<Shape>): string;
  /** All its reads see one moment. `now`: milliseconds since 1970. */
  read(db: Reads, query: QueryOf<Shape>, now: number): Promise<Found>;
}

/** So that the columns and the query of a report are checked against each other where it is written. */
export function report<const Shape extends QueryShape>(spec: Report<Shape>): Report<Shape> {
  return spec;
}
