import type { Decoration } from '../seat-map.js';
import { AREAS_MAX, DECORATIONS_MAX, type Draft, LABEL_LENGTH_MAX, SEATS_MAX, shifted, uniqueName } from './draft.js';
import { Findings } from './findings.js';
import { noteUnknownKeys } from './known-keys.js';
import {
  asObject,
  type JsonObject,
  member,
  type Point,
  readColor,
  readNumber,
  readPoint,
  readText,
  roundCoordinate,
} from './read-value.js';

const POINTS_MAX = 1_000;
/** Leaves room for the dash and the number of the last place. */
const AREA_NAME_LENGTH_MAX = LABEL_LENGTH_MAX - 8;
/** What an area without a shape is drawn as, in plan units. */
const DEFAULT_WIDTH = 100;
const DEFAULT_HEIGHT = 60;

interface AreaPlace {
  readonly zone: number;
  readonly origin: Point;
  /** Names of all standing areas of the plan. */
  readonly names: Set<string>;
}

/**
 * Reads one area: a standing area where our `usher.standing` says so, or a key `standing` of another editor; a decoration
 * otherwise.
 */
export function readArea(draft: Draft, value: unknown, path: string, place: AreaPlace): void {
  const area = asObject(value);
  const usher = area === undefined ? undefined : member(area, 'usher');
  const extension = asObject(usher);
  if (area !== undefined) noteUnknownKeys(draft.findings, area, 'area', path);
  if (area !== undefined && extension !== undefined) {
    noteUnknownKeys(draft.findings, extension, 'usher key of an area', `${path}.usher`);
    const standing = member(extension, 'standing');
    if (standing !== undefined && standing !== null) {
      readStanding(draft, area, standing, `${path}.usher.standing`, place);
      return;
    }
  } else if (usher !== undefined && usher !== null) {
    draft.findings.repair(`${path}.usher`, 'ignored_extension', 'The usher key is not an object and was ignored.');
  }
  if (area !== undefined && readForeignStanding(draft, area, area, path, place)) return;
  // A decoration sells nothing, so a broken one is left out instead of refusing the hall. Its own findings are
  // discarded for the same reason: one sentence for each area that is missing from the picture is enough.
  const decoration = area === undefined ? undefined : readDecoration(area, place.origin);
  if (decoration === undefined || draft.decorations.length >= DECORATIONS_MAX) {
    draft.findings.repair(path, 'skipped_decoration', 'An area that cannot be drawn was left out.');
  } else {
    draft.decorations.push(decoration);
  }
}

/**
 * A key `standing` of another editor in a plan, a zone or an area: an object with a capacity, or several of them. Read
 * where it is understood, and told in either case. @returns whether places were read from it.
 */
export function readForeignStanding(
  draft: Draft,
  owner: JsonObject,
  area: JsonObject,
  path: string,
  place: AreaPlace,
): boolean {
  const value = member(owner, 'standing');
  if (value === undefined || value === null || value === false) return false;
  const at = path === '' ? 'standing' : `${path}.standing`;
  const before = draft.areas.length;
  const several: readonly unknown[] = Array.isArray(value) ? value.slice(0, AREAS_MAX) : [value];
  several.forEach((standing, i) => {
    const one = asObject(standing);
    const capacity = one && member(one, 'capacity');
    const where = Array.isArray(value) ? `${at}[${i}]` : at;
    if (one === undefined || !Number.isInteger(Number(capacity)) || Number(capacity) < 1) {
      draft.findings.repair(where, 'foreign_standing', 'Standing without a capacity was not read.', 'skipped');
      return;
    }
    draft.findings.repair(where, 'foreign_standing', `It was read as a standing area of ${Number(capacity)} places.`);
    readStanding(draft, area, one, where, place);
  });
  return draft.areas.length > before;
}

function readStanding(draft: Draft, area: JsonObject, value: unknown, at: string, place: AreaPlace): void {
  const { findings } = draft;
  const standing = asObject(value);
  if (standing === undefined) {
    findings.problem(at, 'must be an object');
    return;
  }
  if (draft.areas.length >= AREAS_MAX) {
    findings.problem(at, `more than ${AREAS_MAX} standing areas`);
    return;
  }
  const capacity = readNumber(findings, member(standing, 'capacity'), `${at}.capacity`);
  if (capacity === undefined) return;
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > SEATS_MAX) {
    findings.problem(`${at}.capacity`, `must be a whole number from 1 to ${SEATS_MAX}`);
    return;
  }
  const position = member(area, 'position');
  const by = position === undefined ? { x: 0, y: 0 } : readPoint(findings, position, `${at}.position`);
  const categoryName = readText(findings, member(standing, 'category'), `${at}.category`, LABEL_LENGTH_MAX);
  const category = draft.usedCategory(categoryName, `${at}.category`);
  if (by === undefined || category === undefined || !draft.admit(capacity, at)) return;
  const given = readText(findings, member(standing, 'name'), `${at}.name`, AREA_NAME_LENGTH_MAX);
  const name = uniqueName(place.names, given === '' ? `Standing ${draft.areas.length + 1}` : given);
  if (given === '') findings.repair(`${at}.name`, 'missing_name', `A standing area without a name: "${name}".`);
  else if (name !== given) findings.repair(`${at}.name`, 'duplicate_area_name', `Renamed to "${name}".`);
  const box = boxOf(area) ?? { x: 0, y: 0, width: DEFAULT_WIDTH, height: DEFAULT_HEIGHT };
  if (boxOf(area) === undefined) findings.repair(at, 'missing_shape', 'A standing area without a shape.');
  const corner = shifted(shifted(place.origin, by), box);
  const { width, height } = box;
  draft.areas.push({ path: at, name, zone: place.zone, category, capacity, ...corner, width, height });
}

interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** The upright box around a shape, relative to its position; rotation is left to decorations. */
function boxOf(area: JsonObject): Box | undefined {
  const size = sizeOf(area);
  const points = pointsOf(area);
  if (points !== undefined) {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const { x, y } of points) {
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
    return { x: left, y: top, width: right - left, height: bottom - top };
  }
  if (size === undefined) return undefined;
  // Rectangles hang from their corner, circles and ellipses around their middle.
  const around = shapeOf(area) === 'rectangle' ? 0 : 0.5;
  return { x: -size.width * around, y: -size.height * around, ...size };
}

/** Before areas had shapes they were rectangles with their width and height in themselves. */
function shapeOf(area: JsonObject): unknown {
  const shape = member(area, 'shape');
  return shape === undefined && Object.hasOwn(area, 'width') ? 'rectangle' : shape;
}

function sizeOf(area: JsonObject): { width: number; height: number } | undefined {
  const shape = shapeOf(area);
  if (shape !== 'rectangle' && shape !== 'circle' && shape !== 'ellipse') return undefined;
  const form = asObject(member(area, 'shape') === undefined ? area : member(area, shape));
  if (form === undefined) return undefined;
  const width = readNumber(new Findings(), member(form, 'width'), '');
  const height = readNumber(new Findings(), member(form, 'height'), '');
  const radius = member(form, 'radius');
  const radii = readPoint(new Findings(), shape === 'circle' ? { x: radius, y: radius } : radius, '');
  if (shape !== 'rectangle') return radii && { width: Math.abs(radii.x) * 2, height: Math.abs(radii.y) * 2 };
  return width === undefined || height === undefined ? undefined : { width: Math.abs(width), height: Math.abs(height) };
}

function pointsOf(area: JsonObject): Point[] | undefined {
  if (member(area, 'shape') !== 'polygon') return undefined;
  const values = member(asObject(member(area, 'polygon')) ?? {}, 'points');
  if (!Array.isArray(values) || values.length < 3 || values.length > POINTS_MAX) return undefined;
  const points = values.map((value) => readPoint(new Findings(), value, ''));
  return points.every((point) => point !== undefined) ? points : undefined;
}

function readDecoration(area: JsonObject, origin: Point): Decoration | undefined {
  const position = member(area, 'position');
  const by = position === undefined ? { x: 0, y: 0 } : readPoint(new Findings(), position, '');
  const shape = shapeOf(area);
  const text = readDrawnText(area);
  if (by === undefined) return undefined;
  const place = shifted(origin, by);
  const color = readColor(member(area, 'color'));
  const borderColor = readColor(member(area, 'border_color'));
  const base = {
    x: roundCoordinate(place.x),
    y: roundCoordinate(place.y),
    rotation: readNumber(new Findings(), member(area, 'rotation') ?? 0, '') ?? 0,
    ...(color === undefined ? {} : { color }),
    ...(borderColor === undefined ? {} : { borderColor }),
    ...(text === undefined ? {} : { text }),
  };
  if (shape === 'text') return text && { shape, ...base };
  if (shape === 'polygon') {
    const points = pointsOf(area);
    return points && { shape, ...base, points };
  }
  const size = sizeOf(area);
  if (size === undefined) return undefined;
  return shape === 'rectangle' || shape === 'circle' || shape === 'ellipse' ? { shape, ...base, ...size } : undefined;
}

function readDrawnText(area: JsonObject): Decoration['text'] {
  const given = member(area, 'text');
  const form = typeof given === 'string' ? { text: given } : asObject(given);
  if (form === undefined) return undefined;
  const quiet = new Findings();
  const value = readText(quiet, member(form, 'text'), '', 200);
  if (value === '') return undefined;
  const by = readPoint(quiet, member(form, 'position'), '') ?? { x: 0, y: 0 };
  const size = readNumber(quiet, member(form, 'size') ?? 16, '') ?? 16;
  return { value, ...by, color: readColor(member(form, 'color')) ?? '#333333', size };
}
