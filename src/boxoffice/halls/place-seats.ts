import type { Findings } from '../../core/import/findings.js';
import type { SeatDraft } from './plan-draft.js';

/** In plan units: neighbours in a row, rows, and zones one above the other. */
export const SEAT_PITCH = 30;
export const ROW_PITCH = 36;
const ZONE_GAP = 72;
/** More missing numbers than these make no wider gap: some halls count 1 to 20 on the left and 101 to 120 on the right. */
const GAP_MAX = 2;

export interface Place {
  readonly x: number;
  readonly y: number;
}

/**
 * Where each seat stands. A file says that of all its seats or of none: then rows are drawn one below the other, each
 * centred, in the order of the file, and the report tells so.
 * @returns undefined, with problems, where only some seats have a position.
 */
export function placeSeats(seats: readonly SeatDraft[], findings: Findings): readonly Place[] | undefined {
  const places = seats.flatMap(({ x, y }) => (x === undefined || y === undefined ? [] : [{ x, y }]));
  if (places.length === seats.length) return places;
  if (places.length > 0) {
    for (const { at, x, y } of seats) {
      if (x === undefined || y === undefined) {
        findings.problem(at, 'this seat has no position, and others have one', 'missing_position');
      }
    }
    return undefined;
  }
  if (seats.some(({ column }) => column === undefined)) {
    const message =
      'The file does not say where seats stand: rows were drawn one below the other, gaps in numbers as gaps.';
    findings.repair(seats[0]?.at ?? '', 'guessed_positions', message);
  }
  return drawRows(seats);
}

function drawRows(seats: readonly SeatDraft[]): Place[] {
  const rows = new Map<string, number[]>();
  for (const [index, { zone, row }] of seats.entries()) {
    const key = JSON.stringify([zone, row]);
    const known = rows.get(key);
    if (known === undefined) rows.set(key, [index]);
    else known.push(index);
  }
  const columnsOf = new Map([...rows].map(([key, members]) => [key, columns(members, seats)]));
  let widest = 0;
  for (const own of columnsOf.values()) for (const column of own) widest = Math.max(widest, column);
  const middle = ((widest + 1) * SEAT_PITCH) / 2;
  const places: Place[] = new Array(seats.length);
  let y = ROW_PITCH / 2;
  let zoneBefore: string | undefined;
  for (const [key, members] of rows) {
    const { zone = '' } = seats[members[0] ?? 0] ?? {};
    if (zoneBefore !== undefined && zone !== zoneBefore) y += ZONE_GAP;
    zoneBefore = zone;
    const own = columnsOf.get(key) ?? [];
    let [low, high] = [Infinity, -Infinity];
    for (const column of own) [low, high] = [Math.min(low, column), Math.max(high, column)];
    for (const [i, member] of members.entries()) {
      places[member] = { x: middle + ((own[i] ?? 0) - (low + high) / 2) * SEAT_PITCH, y };
    }
    y += ROW_PITCH;
  }
  return places;
}

/** Of the seats of one row: as the reader says, else by their numbers, else by their order. */
function columns(members: readonly number[], seats: readonly SeatDraft[]): number[] {
  const given = members.map((member) => seats[member]?.column);
  if (given.every((column) => column !== undefined)) return given;
  const numbers = members.map((member) => wholeNumber(seats[member]?.number ?? ''));
  if (!numbers.every((number) => number !== undefined) || new Set(numbers).size < numbers.length) {
    return members.map((_, i) => i);
  }
  const sorted = [...numbers].sort((a, b) => a - b);
  // Odd numbers on one side of the house and even ones on the other are neighbours all the same.
  const step = sorted.every((number, i) => i === 0 || (number - (sorted[i - 1] ?? 0)) % 2 === 0) ? 2 : 1;
  const columnOf = new Map<number, number>();
  let column = 0;
  for (const [i, number] of sorted.entries()) {
    if (i > 0) column += Math.min((number - (sorted[i - 1] ?? 0)) / step, 1 + GAP_MAX);
    columnOf.set(number, column);
  }
  return numbers.map((number) => columnOf.get(number) ?? 0);
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
