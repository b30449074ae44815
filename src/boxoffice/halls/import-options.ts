import type { Side } from '../../core/import/focal-point.js';
import type { Sight } from '../../core/import/stage-words.js';

/** What somebody knows of a hall that its file does not say. It counts more than the file. */
export interface ImportOptions {
  /** Of the plan. */
  readonly name?: string;
  /** What the audience looks at. */
  readonly looksAt?: Sight;
  /** The edge of the plan at which the stage or the screen is, or the very point that best seats are nearest to. */
  readonly stage?: Side | { readonly x: number; readonly y: number };
  /** Labels of seats that are wheelchair spaces. */
  readonly wheelchair?: readonly string[];
  /** Rows, zones and standing areas of a category: the first rule that fits a seat wins. */
  readonly categories?: readonly CategoryRule[];
  /** Standing areas that the file lacks, or whose capacity it does not say. */
  readonly standing?: readonly { readonly name: string; readonly capacity: number }[];
  /** The header of each column of a CSV file, or its place from 1 on where the file has no header. */
  readonly columns?: Readonly<Partial<Record<ColumnName, string>>>;
  readonly separator?: ',' | ';' | '\t';
  /** What stands before the cents in prices. */
  readonly decimal?: ',' | '.';
  /** How the ids of an SVG file name seats, such as `{zone}-{row}-{seat}`. */
  readonly ids?: string;
}

export interface CategoryRule {
  /** Empty: any zone. */
  readonly zone: string;
  /** The first and the last row, in the order of the file; both empty: all rows. */
  readonly from: string;
  readonly to: string;
  readonly category: string;
}

export const COLUMN_NAMES = ['zone', 'row', 'seat', 'x', 'y', 'category', 'type', 'price', 'capacity'] as const;
export type ColumnName = (typeof COLUMN_NAMES)[number];
