import type { Findings } from './findings.js';
import { cutText, type JsonObject } from './read-value.js';

/** What the format has at each level, in any of its versions, and ours. `radius`, `uuid` and so on change nothing here. */
const KNOWN = {
  plan: ['name', 'size', 'categories', 'zones', 'usher', 'standing', 'version', '$schema'],
  category: ['name', 'color'],
  zone: ['name', 'zone_id', 'uuid', 'position', 'displayed', 'rows', 'areas', 'standing'],
  row: [
    ...['row_number', 'row_label', 'seat_label', 'row_number_position', 'position', 'seats', 'uuid', 'usher'],
    ...['number_of_seats', 'seats_spacing'],
  ],
  seat: [
    ...['seat_guid', 'uuid', 'seat_number', 'position', 'category', 'radius', 'start_direction', 'usher'],
    ...['wheelchair', 'is_wheelchair', 'wheelchair_space', 'wheelchair_accessible'],
  ],
  area: [
    ...['shape', 'color', 'border_color', 'rotation', 'position', 'uuid', 'usher', 'standing', 'width', 'height'],
    ...['rectangle', 'circle', 'ellipse', 'polygon', 'text'],
  ],
  'usher key of a plan': ['focal_point', 'looks_at'],
  'usher key of a row': ['whole'],
  'usher key of a seat': ['wheelchair', 'companion_of', 'pair_with'],
  'usher key of an area': ['standing'],
} as const satisfies Record<string, readonly string[]>;

const SETS = new Map(Object.entries(KNOWN).map(([level, keys]) => [level, new Set<string>(keys)]));
const KEY_LENGTH_MAX = 40;

/** Tells each key that is not read, once for all objects of its level: an editor may mean something by it. */
export function noteUnknownKeys(findings: Findings, object: JsonObject, level: keyof typeof KNOWN, path: string): void {
  const known = SETS.get(level);
  for (const key of Object.keys(object)) {
    if (known?.has(key) === true) continue;
    const shown = cutText(key, KEY_LENGTH_MAX);
    const at = path === '' ? shown : `${path}.${shown}`;
    findings.repair(at, 'unknown_key', `The key "${shown}" (${level}) is not read.`, `${level} ${shown}`);
  }
}
