/**
 * Reads a hall from a pretix seating plan (JSON schema draft-07, version 0.0.1) with our own keys in it; `README.md`
 * lists them. Real files break the schema, so everything that has one sensible meaning is repaired and told; what has
 * none is refused with its JSON path.
 */
import { assemble } from './import/assemble.js';
import { Findings, type Problem, type Repair } from './import/findings.js';
import { orderPairs } from './import/order-pairs.js';
import { readPlan } from './import/read-plan.js';
import { asObject } from './import/read-value.js';
import type { SeatMapData } from './seat-map.js';

export type { Problem, Repair } from './import/findings.js';

export type PlanImport =
  | { readonly ok: true; readonly map: SeatMapData; readonly repairs: readonly Repair[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Never throws on any value that JSON can spell. At most 100 problems are told. */
export function importPlan(json: unknown): PlanImport {
  const findings = new Findings();
  const plan = asObject(json);
  if (plan === undefined) return { ok: false, problems: [{ path: '', reason: 'must be an object' }] };
  const draft = readPlan(findings, plan);
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };
  const data = assemble(draft, plan);
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };
  const pairs = orderPairs(data, findings, (seat) => draft.seats[seat]?.path ?? '');
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };
  return { ok: true, map: { ...data, pairs }, repairs: findings.repairs };
}
