import { arrangeRows } from '../geometry/arrange-rows.js';
import type { SeatMapData } from '../seat-map.js';
import { assemble } from './assemble.js';
import type { Draft } from './draft.js';
import type { Problem, RepairGroup } from './findings.js';
import type { PlanSettings } from './focal-point.js';
import { noteOverlaps } from './note-overlaps.js';
import { orderPairs, pairColumnOf } from './order-pairs.js';

export type PlanImport =
  /** `repairs` has a group for each kind, with its number and its first examples: short however wrong the file is. */
  | { readonly ok: true; readonly map: SeatMapData; readonly repairs: readonly RepairGroup[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The steps that all readers share: labels, links, categories, the focal point, neighbours, and what stands on what. */
export function finishDraft(draft: Draft, settings: PlanSettings): PlanImport {
  const { findings } = draft;
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };
  const data = assemble(draft, settings);
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };
  const pathOf = (seat: number) => draft.seats[seat]?.path ?? '';
  const { blocks, pitch } = arrangeRows(data, pairColumnOf(data));
  const pairs = orderPairs(data, blocks, findings, pathOf);
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };
  noteOverlaps(data, pitch, findings, pathOf);
  return { ok: true, map: { ...data, pairs }, repairs: findings.repairs };
}
