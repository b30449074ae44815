import type { ProblemGroup, RepairGroup } from '../../core/import/findings.js';
import type { SeatMapData } from '../../core/seat-map.js';

export type PlanFormat = 'pretix' | 'csv' | 'rows' | 'seatsio' | 'svg' | 'grid';

/** What an import understood, what it changed, what it needs to know: a screenful, however large and wrong the file is. */
export interface ImportReport {
  readonly format: PlanFormat;
  readonly ok: boolean;
  /** Absent where problems leave no plan. */
  readonly plan?: PlanSummary;
  /** What refuses the file. */
  readonly problems: readonly ReportGroup[];
  /** What was repaired, guessed or left out. */
  readonly notes: readonly ReportGroup[];
  readonly questions: readonly Question[];
}

export interface ReportGroup {
  /** Stable, for programs. */
  readonly code: string;
  readonly count: number;
  /** The first of them. */
  readonly examples: readonly { readonly at: string; readonly message: string }[];
}

/** Something that the file does not say, and the option that says it. With a `guess` the import goes on without an answer. */
export interface Question {
  readonly option: 'stage' | 'wheelchair' | 'categories' | 'standing' | 'decimal' | 'columns' | 'ids';
  readonly question: string;
  readonly guess?: string;
}

export interface PlanSummary {
  readonly name: string;
  /** Seats and standing places. */
  readonly places: number;
  readonly seats: number;
  readonly standing: number;
  readonly rows: number;
  readonly zones: readonly string[];
  readonly categories: readonly {
    readonly name: string;
    readonly color: string;
    readonly places: number;
    /** A decimal number, as the file has it. */
    readonly price?: string;
  }[];
  readonly wheelchairSpaces: number;
  readonly companionSeats: number;
  readonly pairs: number;
  readonly tablesSoldWhole: number;
  readonly focalPoint: { readonly x: number; readonly y: number };
}

/** Zones of an arena by the hundred are no summary. */
const ZONES_SHOWN = 50;
/** The parts of a seat that the shared steps name: in a file of lines the line is enough. */
const MEMBER = /\.(usher\.(companion_of|pair_with)|seat_number|seat_guid|position)$/;

export function summaryOf(map: SeatMapData, prices: ReadonlyMap<string, string>): PlanSummary {
  const places = map.seats.label.length;
  const standing = map.areas.reduce((sum, { count }) => sum + count, 0);
  const counts = new Array<number>(map.categories.length).fill(0);
  for (const category of map.seats.category) counts[category] = (counts[category] ?? 0) + 1;
  return {
    name: map.name,
    places,
    seats: places - standing,
    standing,
    rows: map.rows.length,
    zones: map.zones.slice(0, ZONES_SHOWN).map(({ name }) => name),
    categories: map.categories.map(({ name, color }, i) => {
      const price = prices.get(name);
      return { name, color, places: counts[i] ?? 0, ...(price === undefined ? {} : { price }) };
    }),
    wheelchairSpaces: map.wheelchair.length,
    companionSeats: map.companions.length,
    pairs: map.pairs.length,
    tablesSoldWhole: map.tables?.length ?? 0,
    focalPoint: map.focalPoint,
  };
}

export function problemGroups(groups: readonly ProblemGroup[], format: PlanFormat): ReportGroup[] {
  return groups.map(({ kind, count, examples }) => ({
    code: kind,
    count,
    examples: examples.map(({ path, reason }) => ({ at: placeOf(path, format), message: reason })),
  }));
}

export function noteGroups(groups: readonly RepairGroup[], format: PlanFormat): ReportGroup[] {
  // Seats of other formats have no guid, so its absence says nothing.
  const told = groups.filter(({ kind }) => format === 'pretix' || kind !== 'missing_guid');
  return told.map(({ kind, count, examples }) => ({
    code: kind,
    count,
    examples: examples.map(({ path, message }) => ({ at: placeOf(path, format), message })),
  }));
}

export function questionsOf(
  problems: readonly ReportGroup[],
  notes: readonly ReportGroup[],
  plan: PlanSummary | undefined,
): Question[] {
  const questions: Question[] = [];
  const has = (groups: readonly ReportGroup[], code: string) => groups.find((group) => group.code === code);
  if (has(problems, 'ambiguous_price')) {
    questions.push({
      option: 'decimal',
      question: 'What stands before the cents in the prices of this file: "," or "."?',
    });
  }
  if (has(problems, 'missing_column')) {
    questions.push({
      option: 'columns',
      question: 'Which columns have the zones, rows and seats? For example row=Reihe,seat=Platz.',
    });
  }
  if (has(problems, 'unknown_capacity')) {
    questions.push({ option: 'standing', question: 'How many people may stand there? For example Floor=120.' });
  }
  if (has(problems, 'no_named_shape')) {
    questions.push({
      option: 'ids',
      question: 'How do the ids of the shapes name seats? For example {zone}-{row}-{seat}.',
    });
  }
  const focal = has(notes, 'guessed_focal_point')?.examples[0];
  if (focal) {
    const question = 'Where is the stage or the screen: top, bottom, left or right?';
    questions.push({ option: 'stage', question, guess: focal.message });
  }
  if (plan && plan.wheelchairSpaces === 0 && plan.seats > 0) {
    const question = 'Which seats are wheelchair spaces? For example A-1,A-2.';
    questions.push({ option: 'wheelchair', question, guess: 'none' });
  }
  if (plan?.categories.length === 1) {
    const question = 'Do all seats cost the same? If not, give rows their categories, for example A-C=Premium.';
    questions.push({ option: 'categories', question, guess: `all are "${plan.categories[0]?.name}"` });
  }
  return questions;
}

function placeOf(path: string, format: PlanFormat): string {
  const bare = format === 'pretix' ? path : path.replace(MEMBER, '');
  return bare === 'usher.focal_point' ? '' : bare;
}
