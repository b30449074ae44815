/**
 * Small halls as pictures, one text a row from the front: `.` a seat, `_` an aisle, `w` a wheelchair space, `c` a
 * companion seat of the nearest `w` of its row, `p` and `q` the halves of a pair. Rows are called A, B, C… and seats are
 * numbered from 1 in each row, aisles not counted: "B-3". Round tables are called T1, T2… in each zone: "T1-3".
 */
import { compileSeatMap } from '../../../src/core/compile-seat-map.js';
import type { House, HouseRules, HouseState } from '../../../src/core/house.js';
import { makeHouse } from '../../../src/core/make-house.js';
import { importPlan } from '../../../src/core/plan-import.js';
import type { SeatMap } from '../../../src/core/seat-map.js';

export const PITCH = 30;

export const RULES: HouseRules = {
  holdTtlMs: 300_000,
  seatsPerHold: 10,
  holdsPerHolder: 4,
  extensionsPerHold: 2,
  singleGap: 'off',
  distancing: 0,
  prices: [1000, 500, 250],
  currency: 'EUR',
  salesOpen: true,
  bookAfterClose: true,
};

export interface ZonePicture {
  readonly name?: string;
  readonly category?: string;
  readonly rows: readonly string[];
  /** The letter of the first row: A, unless another zone has that and labels are to be short. */
  readonly firstRow?: string;
  /** Round tables below the rows, each with at least five seats, as a row that closes; one of `t` only is sold whole. */
  readonly tables?: readonly string[];
  /** Standing areas: name → capacity. */
  readonly standing?: Readonly<Record<string, number>>;
}

export function planOf(zones: readonly ZonePicture[]) {
  let top = 0;
  return {
    name: 'Small hall',
    size: { width: 1000, height: 1000 },
    categories: [{ name: 'Standard', color: '#445566' }],
    zones: zones.map((zone, z) => {
      const position = { x: 0, y: top };
      const tables = zone.tables ?? [];
      const below = (zone.rows.length + 2) * PITCH;
      top += (zone.rows.length + 4 + (tables.length > 0 ? TABLE_SPACE + 2 : 0)) * PITCH;
      const category = zone.category ?? 'Standard';
      return {
        name: zone.name ?? `Zone ${z + 1}`,
        position,
        rows: [
          ...zone.rows.map((row, r) => ({
            row_number: String.fromCharCode((zone.firstRow ?? 'A').charCodeAt(0) + r),
            position: { x: 0, y: r * PITCH },
            seats: seatsOf(row, `${z}/${r}`, category),
          })),
          ...tables.map((table, t) => ({
            row_number: `T${t + 1}`,
            ...(table.startsWith('t') ? { usher: { whole: true } } : {}),
            position: { x: (t + 0.5) * TABLE_SPACE * PITCH, y: below + (TABLE_SPACE * PITCH) / 2 },
            seats: seatsOf(table, `${z}/T${t}`, category, (place) => onRing(place, table.length)),
          })),
        ],
        areas: Object.entries(zone.standing ?? {}).map(([name, capacity]) => ({
          shape: 'rectangle',
          position: { x: 0, y: zone.rows.length * PITCH },
          rectangle: { width: 100, height: 50 },
          usher: { standing: { name, category, capacity } },
        })),
      };
    }),
  };
}

/** What a table takes of the hall, in seats, so that nobody at it is near another row. */
const TABLE_SPACE = 8;

/** Seats a pitch apart around a middle, from the top clockwise. */
export function onRing(place: number, count: number): { x: number; y: number } {
  const [radius, angle] = [PITCH / (2 * Math.sin(Math.PI / count)), (2 * Math.PI * place) / count];
  return { x: radius * Math.sin(angle), y: -radius * Math.cos(angle) };
}

function seatsOf(
  row: string,
  prefix: string,
  category: string,
  positionOf = (place: number) => ({ x: place * PITCH, y: 0 }),
) {
  const seats: object[] = [];
  const guid = (place: number) => `${prefix}/${place}`;
  [...row].forEach((kind, place) => {
    if (kind === '_') return;
    let usher = {};
    if (kind === 'w') usher = { usher: { wheelchair: true } };
    if (kind === 'p') usher = { usher: { pair_with: guid(place + 1) } };
    if (kind === 'c') {
      const spaces = [...row].flatMap((other, at) => (other === 'w' ? [at] : []));
      spaces.sort((a, b) => Math.abs(a - place) - Math.abs(b - place));
      usher = { usher: { companion_of: guid(spaces[0]!) } };
    }
    const position = positionOf(place);
    const number = String(seats.length + 1);
    seats.push({ seat_guid: guid(place), seat_number: number, position, category, ...usher });
  });
  return seats;
}

export function mapOf(...zones: (ZonePicture | readonly string[])[]): SeatMap {
  const pictures = zones.map((zone) => ('rows' in zone ? zone : { rows: zone }));
  const imported = importPlan(planOf(pictures));
  if (!imported.ok) throw new Error(JSON.stringify(imported.problems));
  return compileSeatMap(imported.map);
}

export function houseOf(map: SeatMap, rules: Partial<HouseRules> = {}, state: Partial<HouseState> = {}): House {
  return makeHouse(map, { ...RULES, ...rules }, { holds: [], bookings: [], blocked: [], ...state });
}

export function seat(map: SeatMap, label: string): number {
  const index = map.indexOf.get(label);
  if (index === undefined) throw new Error(`no seat ${label}`);
  return index;
}

export function labels(map: SeatMap, seats: readonly number[]): string[] {
  return seats.map((index) => map.data.seats.label[index]!);
}

/** Blocks of labels, as the map cuts them: what geometry tests compare. */
export function blocksOf(map: SeatMap): string[][] {
  return map.blocks.map((block) => labels(map, [...block]));
}

/** All that a refusal must leave as it was. */
export function picture(house: House): string {
  return JSON.stringify([
    [...house.status],
    house.ownerOf,
    [...house.holds],
    [...house.holdsOf].map(([holder, ids]) => [holder, [...ids]]),
    [...house.bookings],
    [...house.expired],
    house.available,
    [...house.freeInBlock],
    [...house.freeInArea],
  ]);
}
