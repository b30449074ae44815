/**
 * Reads a hall from a pretix seating plan (JSON schema draft-07, version 0.0.1) with our own keys in it; `README.md`
 * lists them. Real files break the schema, so everything that has one sensible meaning is repaired and told; what has
 * none is refused with its JSON path.
 */
import { arrangeRows } from './geometry/arrange-rows.js';
import { assemble } from './import/assemble.js';
import { Findings, type Problem, type RepairGroup } from './import/findings.js';
import type { PlanSettings } from './import/focal-point.js';
import { noteOverlaps } from './import/note-overlaps.js';
import { orderPairs, pairColumnOf } from './import/order-pairs.js';
import { readPlan } from './import/read-plan.js';
import { asObject, type JsonObject, member } from './import/read-value.js';
import type { SeatMapData } from './seat-map.js';

export type { Problem, RepairGroup } from './import/findings.js';
export type { PlanSettings } from './import/focal-point.js';

export type PlanImport =
  /** `repairs` has a group for each kind, with its number and its first examples: short however wrong the file is. */
  | { readonly ok: true; readonly map: SeatMapData; readonly repairs: readonly RepairGroup[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Never throws on any value that JSON can spell. At most 100 problems are told.
 * @param settings what somebody knows of the hall that its file does not say.
 */
export function importPlan(json: unknown, settings: PlanSettings = {}): PlanImport {
  const found = findPlan(json);
  if (found === undefined) return { ok: false, problems: [{ path: '', reason: 'must be an object' }] };
  const { plan, root } = found;
  const findings = new Findings(root);
  const draft = readPlan(findings, plan);
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };
  const data = assemble(draft, plan, settings);
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };
  const pathOf = (seat: number) => draft.seats[seat]?.path ?? '';
  const { blocks, pitch } = arrangeRows(data, pairColumnOf(data));
  const pairs = orderPairs(data, blocks, findings, pathOf);
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };
  noteOverlaps(data, pitch, findings, pathOf);
  return { ok: true, map: { ...data, pairs }, repairs: findings.repairs };
}

/** The plan itself, or what pretix's API gives: an object with the plan under `layout`, as an object or as its text. */
function findPlan(json: unknown): { readonly plan: JsonObject; readonly root: string } | undefined {
  const plan = asObject(json);
  if (plan === undefined || member(plan, 'zones') !== undefined) return plan && { plan, root: '' };
  const layout = asObject(parsed(member(plan, 'layout')));
  if (layout === undefined) return { plan, root: '' };
  const name = member(layout, 'name') ?? member(plan, 'name');
  return { plan: { ...layout, ...(name === undefined ? {} : { name }) }, root: 'layout.' };
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
