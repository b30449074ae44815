/** What the importer changed, and what it could not. Paths are JSON paths into the file as it was given. */
export type RepairKind =
  | 'missing_name'
  | 'missing_size'
  | 'missing_position'
  | 'missing_zone_name'
  | 'duplicate_zone_name'
  | 'duplicate_area_name'
  | 'missing_row_label'
  | 'empty_row'
  | 'missing_seat_number'
  | 'missing_guid'
  | 'duplicate_guid'
  | 'duplicate_label'
  | 'lookalike_label'
  | 'row_in_two_zones'
  | 'numeric_string'
  | 'undeclared_category'
  | 'duplicate_category'
  | 'unused_category'
  | 'missing_color'
  | 'text_cut'
  | 'missing_shape'
  | 'skipped_decoration'
  | 'ignored_extension'
  | 'unknown_key'
  | 'foreign_wheelchair'
  | 'foreign_standing'
  | 'ordered_booking'
  | 'overlapping_seats'
  | 'guessed_focal_point'
  // Of the readers of other formats: src/boxoffice/halls/readers/.
  | 'guessed_encoding'
  | 'guessed_positions'
  | 'stray_carriage_return'
  | 'ignored_column'
  | 'ignored_object'
  | 'category_by_price'
  | 'category_by_look';

export interface Repair {
  readonly path: string;
  readonly kind: RepairKind;
  readonly message: string;
}

/** All repairs of one kind: how many there were, and the first of them. */
export interface RepairGroup {
  readonly kind: RepairKind;
  readonly count: number;
  readonly examples: readonly Repair[];
}

export interface Problem {
  readonly path: string;
  readonly reason: string;
}

/** What kind of fault refuses a file: stable, for programs. */
export type ProblemKind =
  | 'invalid_value'
  | 'too_many'
  | 'no_seats'
  | 'not_readable'
  | 'missing_quote'
  | 'missing_column'
  | 'missing_cell'
  | 'too_many_cells'
  | 'spreadsheet_date'
  | 'spreadsheet_value'
  | 'invalid_number'
  | 'invalid_price'
  | 'ambiguous_price'
  | 'two_prices'
  | 'unknown_type'
  | 'unknown_word'
  | 'duplicate_seat'
  | 'same_spot'
  | 'missing_position'
  | 'companion_alone'
  | 'pair_incomplete'
  | 'unknown_seat'
  | 'unknown_capacity'
  | 'no_named_shape';

/** All problems of one kind: how many there were, and the first of them. */
export interface ProblemGroup {
  readonly kind: ProblemKind;
  readonly count: number;
  readonly examples: readonly Problem[];
}

/** A file that is wrong in every seat needs no more than this many sentences to say so. */
const PROBLEMS_MAX = 100;
/** Enough to find the place in the file and to see what the others are like. */
const EXAMPLES_MAX = 3;
/** Keys of other editors are groups of their own, up to this many. */
const GROUPS_MAX = 60;

/** Collects both while the file is read, so that one import tells everything instead of the first fault only. */
export class Findings {
  readonly problems: Problem[] = [];
  readonly #groups = new Map<string, { kind: RepairKind; count: number; examples: Repair[] }>();
  readonly #problemGroups = new Map<ProblemKind, { kind: ProblemKind; count: number; examples: Problem[] }>();

  /** @param root the path of the plan within the file, with a dot behind it; empty where the file is the plan. */
  readonly #root: string;

  constructor(root = '') {
    this.#root = root;
  }

  /** @param subject repairs of one kind that are not of one subject are groups apart. */
  repair(path: string, kind: RepairKind, message: string, subject = ''): void {
    const key = this.#groups.size < GROUPS_MAX ? `${kind} ${subject}` : `${kind} `;
    const repair = { path: this.#root + path, kind, message };
    const group = this.#groups.get(key);
    if (group === undefined) {
      this.#groups.set(key, { kind, count: 1, examples: [repair] });
      return;
    }
    group.count++;
    if (group.examples.length < EXAMPLES_MAX) group.examples.push(repair);
  }

  problem(path: string, reason: string, kind: ProblemKind = 'invalid_value'): void {
    const problem = { path: this.#root + path, reason };
    if (this.problems.length < PROBLEMS_MAX) this.problems.push(problem);
    const group = this.#problemGroups.get(kind);
    if (group === undefined) this.#problemGroups.set(kind, { kind, count: 1, examples: [problem] });
    else {
      group.count++;
      if (group.examples.length < EXAMPLES_MAX) group.examples.push(problem);
    }
  }

  get problemGroups(): readonly ProblemGroup[] {
    return [...this.#problemGroups.values()];
  }

  get repairs(): readonly RepairGroup[] {
    return [...this.#groups.values()];
  }

  /** True where reading on can add nothing that would be kept. */
  get full(): boolean {
    return this.problems.length >= PROBLEMS_MAX;
  }
}
