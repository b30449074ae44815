import { Draft } from '../../core/import/draft.js';
import { Findings } from '../../core/import/findings.js';
import { finishDraft, type PlanImport } from '../../core/import/finish-draft.js';
import type { PlanSettings } from '../../core/import/focal-point.js';
import { readPretix } from '../../core/plan-import.js';
import type { SeatMapData } from '../../core/seat-map.js';
import { addOptions } from './add-options.js';
import { fillDraft } from './fill-draft.js';
import type { ImportOptions } from './import-options.js';
import {
  type ImportReport,
  noteGroups,
  type PlanFormat,
  problemGroups,
  questionsOf,
  summaryOf,
} from './import-report.js';
import type { PlanDraft } from './plan-draft.js';
import { decodeText } from './readers/decode-text.js';
import { readCsv } from './readers/read-csv.js';
import { findGrid, readGrid } from './readers/read-grid.js';
import { readRows } from './readers/read-rows.js';
import { isSeatsioChart, readSeatsio } from './readers/read-seatsio.js';
import { readSvg } from './readers/read-svg.js';

export const PLAN_MEDIA_TYPES = ['application/json', 'text/csv', 'text/plain', 'image/svg+xml'] as const;
export type PlanMediaType = (typeof PLAN_MEDIA_TYPES)[number];

export type HallImport =
  | { readonly ok: true; readonly map: SeatMapData; readonly report: ImportReport }
  | { readonly ok: false; readonly report: ImportReport };

/**
 * Reads a hall from a file. The media type, and in JSON the keys, say which reader it is for; the steps after that are the
 * same for all. Never throws, whatever the file is.
 */
export function importHall(mediaType: PlanMediaType, bytes: Uint8Array, options: ImportOptions): HallImport {
  const findings = new Findings();
  const text = decodeText(bytes, findings);
  if (mediaType === 'application/json') return importJson(text, options, findings);
  if (mediaType === 'text/csv') return finish('csv', readCsv(text, options, findings), options, findings);
  if (mediaType === 'image/svg+xml') return finish('svg', readSvg(text, options, findings), options, findings);
  return finish('rows', readRows(text, findings), options, findings);
}

function importJson(text: string, options: ImportOptions, findings: Findings): HallImport {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'it cannot be parsed';
    findings.problem('', `this is no JSON: ${reason}`, 'not_readable');
    return report('pretix', { ok: false, problems: findings.problems }, findings, new Map());
  }
  if (isSeatsioChart(json)) return finish('seatsio', readSeatsio(json, findings), options, findings);
  const isGrid = findGrid(json) !== undefined && !isPretix(json);
  if (isGrid) return finish('grid', readGrid(json, findings), options, findings);
  const draft = readPretix(json);
  addOptions(draft, options);
  return report('pretix', finishDraft(draft, settingsOf(options)), draft.findings, new Map());
}

function isPretix(json: unknown): boolean {
  const holds = (value: unknown, key: string) =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  if (holds(json, 'zones')) return true;
  const { layout } = holds(json, 'layout') ? (json as { readonly layout: unknown }) : { layout: undefined };
  return holds(layout, 'zones') || typeof layout === 'string';
}

function finish(
  format: PlanFormat,
  plan: PlanDraft | undefined,
  options: ImportOptions,
  findings: Findings,
): HallImport {
  const draft = new Draft(findings);
  // A point is in the units of the file, and the plan may be moved on its page.
  if (plan && typeof options.stage === 'object') plan.focalPoint = options.stage;
  if (plan && findings.problems.length === 0) {
    fillDraft(draft, plan, options);
    if (options.name !== undefined) draft.name = options.name;
  }
  const settings = typeof options.stage === 'object' ? {} : settingsOf(options, plan);
  return report(format, finishDraft(draft, settings), findings, plan?.prices ?? new Map());
}

function settingsOf({ looksAt, stage }: ImportOptions, plan?: PlanDraft): PlanSettings {
  const sight = looksAt === undefined ? {} : { looksAt };
  if (typeof stage === 'object') return { focalPoint: stage };
  const front = stage ?? plan?.front;
  return { ...sight, ...(front === undefined ? {} : { front }) };
}

function report(
  format: PlanFormat,
  result: PlanImport,
  findings: Findings,
  prices: ReadonlyMap<string, string>,
): HallImport {
  const problems = problemGroups(findings.problemGroups, format);
  const notes = noteGroups(findings.repairs, format);
  if (!result.ok) {
    return {
      ok: false,
      report: { format, ok: false, problems, notes, questions: questionsOf(problems, notes, undefined) },
    };
  }
  const plan = summaryOf(result.map, prices);
  const questions = questionsOf(problems, notes, plan);
  return { ok: true, map: result.map, report: { format, ok: true, plan, problems, notes, questions } };
}
