import { AREAS_MAX, type Draft, LABEL_LENGTH_MAX, uniqueName, ZONES_MAX } from '../../core/import/draft.js';
import { readText } from '../../core/import/read-value.js';
import type { ImportOptions } from './import-options.js';
import { SEAT_PITCH } from './place-seats.js';
import type { AreaDraft } from './plan-draft.js';

const AREA_NAME_LENGTH_MAX = LABEL_LENGTH_MAX - 8;
const AREA_SIZE = { width: 10 * SEAT_PITCH, height: 3 * SEAT_PITCH };

/** The index of a zone; a file without zones has one that is called "Main". */
export function zoneOf(draft: Draft, name: string): number | undefined {
  const used = name === '' ? 'Main' : name;
  const known = draft.zones.findIndex((zone) => zone.name === used);
  if (known >= 0) return known;
  if (draft.zones.length >= ZONES_MAX) {
    draft.findings.problem(used, `more than ${ZONES_MAX} zones`, 'too_many');
    return undefined;
  }
  draft.zones.push({ name: used });
  return draft.zones.length - 1;
}

/** Areas of the file, with the capacities that were given for them, and those that the file lacks: below all seats. */
export function fillAreas(draft: Draft, areas: readonly AreaDraft[], options: ImportOptions): void {
  const { findings } = draft;
  const given = new Map((options.standing ?? []).map(({ name, capacity }) => [name, capacity]));
  const ofOptions = (options.standing ?? [])
    .filter(({ name }) => !areas.some((area) => area.name === name))
    .map(({ name, capacity }): AreaDraft => ({ at: 'standing', name, zone: name, category: '', capacity }));
  const all = [...areas, ...ofOptions];
  if (all.length > AREAS_MAX) {
    findings.problem('', `more than ${AREAS_MAX} standing areas`, 'too_many');
    return;
  }
  const names = new Set<string>();
  let [right, below] = [0, 0];
  for (const { x, y } of draft.seats) [right, below] = [Math.max(right, x), Math.max(below, y)];
  let y = below + 2 * SEAT_PITCH;
  for (const { at, name, zone, category, capacity = given.get(name), box } of all) {
    if (capacity === undefined) {
      const message = `how many people may stand in ${JSON.stringify(name)}? Say so with the option "standing"`;
      findings.problem(at, message, 'unknown_capacity');
      continue;
    }
    if (!draft.admit(given.get(name) ?? capacity, at)) return;
    const zoneIndex = zoneOf(draft, readText(findings, zone, at, LABEL_LENGTH_MAX));
    const rule = options.categories?.find((one) => one.zone === name || one.from === name)?.category;
    const categoryIndex = draft.usedCategory(
      rule ?? (category === '' ? 'Standing' : readText(findings, category, at, LABEL_LENGTH_MAX)),
      at,
    );
    if (zoneIndex === undefined || categoryIndex === undefined) return;
    const shape = box ?? { x: Math.max(0, right / 2 - AREA_SIZE.width / 2), y, ...AREA_SIZE };
    if (box === undefined) {
      y += AREA_SIZE.height + SEAT_PITCH;
      findings.repair(at, 'missing_shape', `The standing area "${name}" was drawn below the seats.`);
    }
    const text = readText(findings, name, at, AREA_NAME_LENGTH_MAX);
    const unique = uniqueName(names, text === '' ? `Standing ${draft.areas.length + 1}` : text);
    draft.areas.push({
      path: at,
      name: unique,
      zone: zoneIndex,
      category: categoryIndex,
      capacity: given.get(name) ?? capacity,
      ...shape,
    });
  }
}
