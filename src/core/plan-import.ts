/**
 * Reads a hall from a pretix seating plan (JSON schema draft-07, version 0.0.1) with our own keys in it; `README.md`
 * lists them. Real files break the schema, so everything that has one sensible meaning is repaired and told; what has
 * none is refused with its JSON path.
 */
import { Draft } from './import/draft.js';
import { Findings } from './import/findings.js';
import { finishDraft, type PlanImport } from './import/finish-draft.js';
import type { PlanSettings } from './import/focal-point.js';
import { readPlan } from './import/read-plan.js';
import { asObject, type JsonObject, member } from './import/read-value.js';

export type { PlanImport } from './import/finish-draft.js';
export type { PlanSettings } from './import/focal-point.js';

/**
 * Never throws on any value that JSON can spell. At most 100 problems are told.
 * @param settings what somebody knows of the hall that its file does not say.
 */
export function importPlan(json: unknown, settings: PlanSettings = {}): PlanImport {
  return finishDraft(readPretix(json), settings);
}

/** The plan as a draft, with what was found in its `findings`. */
export function readPretix(json: unknown): Draft {
  const found = findPlan(json);
  if (found !== undefined) return readPlan(new Findings(found.root), found.plan);
  const draft = new Draft(new Findings());
  draft.findings.problem('', 'must be an object');
  return draft;
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
