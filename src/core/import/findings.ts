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
  | 'row_in_two_zones'
  | 'numeric_string'
  | 'undeclared_category'
  | 'duplicate_category'
  | 'missing_color'
  | 'text_cut'
  | 'missing_shape'
  | 'skipped_decoration'
  | 'ignored_extension';

export interface Repair {
  readonly path: string;
  readonly kind: RepairKind;
  readonly message: string;
}

export interface Problem {
  readonly path: string;
  readonly reason: string;
}

/** A file that is wrong in every seat needs no more than this many sentences to say so. */
const PROBLEMS_MAX = 100;

/** Collects both while the file is read, so that one import tells everything instead of the first fault only. */
export class Findings {
  readonly repairs: Repair[] = [];
  readonly problems: Problem[] = [];

  repair(path: string, kind: RepairKind, message: string): void {
    this.repairs.push({ path, kind, message });
  }

  problem(path: string, reason: string): void {
    if (this.problems.length < PROBLEMS_MAX) this.problems.push({ path, reason });
  }

  /** True where reading on can add nothing that would be kept. */
  get full(): boolean {
    return this.problems.length >= PROBLEMS_MAX;
  }
}
