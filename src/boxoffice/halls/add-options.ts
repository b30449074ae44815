import type { Draft, DraftArea } from '../../core/import/draft.js';
import { seatLabel } from '../../core/import/label-seats.js';
import { categoryRules } from './category-rules.js';
import { fillAreas } from './fill-areas.js';
import type { ImportOptions } from './import-options.js';

/** Adds to a plan that was read what somebody knows besides. For the formats that become a draft at once. */
export function addOptions(draft: Draft, options: ImportOptions): void {
  const { findings } = draft;
  if (findings.problems.length > 0) return;
  if (options.name !== undefined) draft.name = options.name;
  const named = draft.seats.map((seat) => {
    const row = draft.rows[seat.row];
    return { zone: draft.zones[row?.zone ?? -1]?.name ?? '', row: row?.label ?? '' };
  });
  const ruleOf = categoryRules(options.categories ?? [], named);
  const wheelchairs = new Set(options.wheelchair ?? []);
  for (const [i, seat] of draft.seats.entries()) {
    const { zone = '', row = '' } = named[i] ?? {};
    const rule = ruleOf(i);
    const category = rule === undefined ? seat.category : (draft.usedCategory(rule, seat.path) ?? seat.category);
    const label = seatLabel(row, seat.number);
    const isNamed = wheelchairs.delete(label) || wheelchairs.delete(`${zone} ${label}`);
    if (isNamed && (seat.pairWith !== undefined || seat.companionOf !== undefined)) {
      findings.problem(seat.path, `"${label}" is a companion seat or half of a pair, and no wheelchair space`);
    }
    draft.seats[i] = { ...seat, category, wheelchair: seat.wheelchair || isNamed };
  }
  for (const label of wheelchairs) {
    findings.problem('wheelchair', `there is no seat ${JSON.stringify(label)}`, 'unknown_seat');
  }
  addStanding(draft, options);
}

function addStanding(draft: Draft, options: ImportOptions): void {
  const rest = (options.standing ?? []).filter(({ name, capacity }) => {
    const at = draft.areas.findIndex((area) => area.name === name);
    const area = draft.areas[at];
    if (area === undefined) return true;
    if (draft.admit(capacity - area.capacity, area.path)) draft.areas[at] = { ...area, capacity } satisfies DraftArea;
    return false;
  });
  fillAreas(draft, [], { ...options, standing: rest });
}
