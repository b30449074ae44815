import { CATEGORIES_MAX, Draft, LABEL_LENGTH_MAX, uniqueName, ZONES_MAX } from './draft.js';
import type { Findings } from './findings.js';
import { noteUnknownKeys } from './known-keys.js';
import { readArea, readForeignStanding } from './read-area.js';
import { readRow } from './read-row.js';
import { asObject, type JsonObject, member, readColor, readPoint, readText } from './read-value.js';

/** How far below the seats standing places are drawn of which the plan does not say where they are. */
const STANDING_GAP = 60;

/** Reads the whole plan. Whether the draft is whole is in `findings.problems`. */
export function readPlan(findings: Findings, plan: JsonObject): Draft {
  const draft = new Draft(findings);
  noteUnknownKeys(findings, plan, 'plan', '');
  const usher = asObject(member(plan, 'usher'));
  if (usher !== undefined) noteUnknownKeys(findings, usher, 'usher key of a plan', 'usher');
  readHead(draft, plan, usher);
  readCategories(draft, member(plan, 'categories'));
  const zones = member(plan, 'zones');
  if (!Array.isArray(zones)) {
    findings.problem('zones', 'must be a list');
  } else if (zones.length > ZONES_MAX) {
    findings.problem('zones', `more than ${ZONES_MAX} zones`);
  } else {
    const names = new ZoneNames();
    readZones(draft, zones, names);
    if (!findings.full) readPlanStanding(draft, plan, names);
    if (draft.places === 0 && findings.problems.length === 0) findings.problem('zones', 'the plan has no seats');
  }
  return draft;
}

function readHead(draft: Draft, plan: JsonObject, usher: JsonObject | undefined): void {
  const { findings } = draft;
  draft.name = readText(findings, member(plan, 'name'), 'name', LABEL_LENGTH_MAX);
  const size = asObject(member(plan, 'size'));
  const [width, height] = [size && member(size, 'width'), size && member(size, 'height')];
  if (isPositive(width) && isPositive(height)) {
    const point = readPoint(findings, { x: width, y: height }, 'size');
    draft.size = point && { width: point.x, height: point.y };
  }
  const point = usher && member(usher, 'focal_point');
  if (point !== undefined && point !== null) draft.focalPoint = readPoint(findings, point, 'usher.focal_point');
  const looksAt = usher && member(usher, 'looks_at');
  draft.looksAt = looksAt === 'stage' || looksAt === 'screen' ? looksAt : undefined;
}

function isPositive(value: unknown): boolean {
  return (typeof value === 'number' || typeof value === 'string') && Number(value) > 0;
}

function readCategories(draft: Draft, value: unknown): void {
  const { findings } = draft;
  // An absent list is what undeclared categories make of themselves; a wrong one is a plan of another format.
  if (value === undefined || value === null) return;
  if (!Array.isArray(value)) {
    findings.problem('categories', 'must be a list');
    return;
  }
  if (value.length > CATEGORIES_MAX) {
    findings.problem('categories', `more than ${CATEGORIES_MAX} categories`);
    return;
  }
  for (const [i, entry] of value.entries()) {
    const path = `categories[${i}]`;
    const category = asObject(entry);
    if (category === undefined) {
      findings.problem(path, 'must be an object');
      continue;
    }
    noteUnknownKeys(findings, category, 'category', path);
    const name = readText(findings, member(category, 'name'), `${path}.name`, LABEL_LENGTH_MAX);
    if (name === '') {
      findings.problem(`${path}.name`, 'must be a text');
      continue;
    }
    const color = readColor(member(category, 'color'));
    const before = draft.categories.length;
    draft.category(name, color, path);
    if (draft.categories.length === before) {
      findings.repair(`${path}.name`, 'duplicate_category', `"${name}" was declared before.`);
    } else if (color === undefined) {
      findings.repair(`${path}.color`, 'missing_color', `"${name}" got a neutral colour.`);
    }
  }
}

/** Names that are taken. Zones are chosen by name, by clients and best-available; places of an area are called by it. */
class ZoneNames {
  readonly zones = new Set<string>();
  readonly areas = new Set<string>();
}

function readZones(draft: Draft, zones: readonly unknown[], names: ZoneNames): void {
  const { findings } = draft;
  for (let i = 0; i < zones.length && !findings.full; i++) {
    const path = `zones[${i}]`;
    const zone = asObject(zones[i]);
    if (zone === undefined) {
      findings.problem(path, 'must be an object');
      continue;
    }
    noteUnknownKeys(findings, zone, 'zone', path);
    const index = draft.zones.length;
    draft.zones.push({ name: zoneName(findings, zone, path, i, names.zones) });
    const given = member(zone, 'position');
    const missing = given === undefined || given === null;
    if (missing) findings.repair(`${path}.position`, 'missing_position', 'The zone was placed at 0, 0.');
    const origin = missing ? { x: 0, y: 0 } : readPoint(findings, given, `${path}.position`);
    if (origin === undefined) continue;
    const place = { zone: index, origin, labels: new Set<string>(), nextLabel: 1, names: names.areas };
    for (const [j, row] of listOf(findings, zone, 'rows', path).entries()) {
      if (findings.full) return;
      readRow(draft, row, `${path}.rows[${j}]`, j, place);
    }
    for (const [j, area] of listOf(findings, zone, 'areas', path).entries()) {
      if (findings.full) return;
      readArea(draft, area, `${path}.areas[${j}]`, place);
    }
    readForeignStanding(draft, zone, {}, path, place);
  }
}

/** Standing places that belong to no zone get one of their own, below all seats. */
function readPlanStanding(draft: Draft, plan: JsonObject, names: ZoneNames): void {
  const origin = { x: 0, y: draft.seats.reduce((lowest, { y }) => Math.max(lowest, y), 0) + STANDING_GAP };
  const zone = draft.zones.length;
  if (!readForeignStanding(draft, plan, {}, '', { zone, origin, names: names.areas })) return;
  draft.zones.push({ name: uniqueName(names.zones, 'Standing') });
}

/** Zone names are unique because clients and best-available choose zones by name. */
function zoneName(findings: Findings, zone: JsonObject, path: string, position: number, taken: Set<string>): string {
  const given = readText(findings, member(zone, 'name'), `${path}.name`, LABEL_LENGTH_MAX);
  const name = uniqueName(taken, given === '' ? `Zone ${position + 1}` : given);
  if (given === '') findings.repair(`${path}.name`, 'missing_zone_name', `A zone without a name was called "${name}".`);
  else if (name !== given) findings.repair(`${path}.name`, 'duplicate_zone_name', `Renamed to "${name}".`);
  return name;
}

function listOf(findings: Findings, object: JsonObject, key: string, path: string): readonly unknown[] {
  const value = member(object, key);
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  findings.problem(`${path}.${key}`, 'must be a list');
  return [];
}
