/** Where the keys of the seat grid lead. Pure: a place and a key in, a place out. */
import type { Line, Plan } from './plan.js';

/** A cell of the grid: a line of a section, and a seat in it (0 for a standing area, which is one cell). */
export interface Place {
  readonly section: number;
  readonly line: number;
  readonly column: number;
}

export interface KeyPress {
  readonly key: string;
  readonly ctrl: boolean;
}

/** The place that the key leads to; the same place at an edge, and undefined for a key that is not ours. */
export function move(plan: Plan, from: Place, { key, ctrl }: KeyPress): Place | undefined {
  const line = lineAt(plan, from);
  if (!line) return undefined;
  switch (key) {
    case 'ArrowLeft':
      return { ...from, column: Math.max(0, from.column - 1) };
    case 'ArrowRight':
      return { ...from, column: Math.min(lengthOf(line) - 1, from.column + 1) };
    case 'ArrowUp':
      return toLine(plan, from, from.line - 1);
    case 'ArrowDown':
      return toLine(plan, from, from.line + 1);
    case 'Home':
      return ctrl ? toEnd(plan, from, 'first') : { ...from, column: 0 };
    case 'End':
      return ctrl ? toEnd(plan, from, 'last') : { ...from, column: lengthOf(line) - 1 };
    case 'PageUp':
      return toSection(plan, from, from.section - 1);
    case 'PageDown':
      return toSection(plan, from, from.section + 1);
    default:
      return undefined;
  }
}

export function lineAt(plan: Plan, place: Place): Line | undefined {
  return plan.sections[place.section]?.lines[place.line];
}

/** The seat at a place, or -1 where a standing area is. */
export function seatAt(plan: Plan, place: Place): number {
  const line = lineAt(plan, place);
  return line?.kind === 'row' ? (line.seats[place.column] ?? -1) : -1;
}

export function lengthOf(line: Line): number {
  return line.kind === 'row' ? line.seats.length : 1;
}

/** Where a seat is in the grid; a place of a standing area is found as the area's cell. */
export function placeOf(plan: Plan, seat: number): Place | undefined {
  const area = plan.areaOf[seat] ?? -1;
  for (const [section, { lines }] of plan.sections.entries()) {
    for (const [line, entry] of lines.entries()) {
      const column = entry.kind === 'row' ? entry.seats.indexOf(seat) : entry.area === area ? 0 : -1;
      if (column >= 0) return { section, line, column };
    }
  }
  return undefined;
}

function toLine(plan: Plan, from: Place, line: number): Place {
  const target = plan.sections[from.section]?.lines[line];
  if (!target) return from;
  return { section: from.section, line, column: columnNear(plan, target, xAt(plan, from)) };
}

/** The first or last cell of the section. */
function toEnd(plan: Plan, from: Place, end: 'first' | 'last'): Place {
  if (end === 'first') return { section: from.section, line: 0, column: 0 };
  const line = (plan.sections[from.section]?.lines.length ?? 1) - 1;
  const target = plan.sections[from.section]?.lines[line];
  return { section: from.section, line, column: target ? lengthOf(target) - 1 : 0 };
}

function toSection(plan: Plan, from: Place, section: number): Place {
  const target = plan.sections[section]?.lines[0];
  return target ? { section, line: 0, column: columnNear(plan, target, xAt(plan, from)) } : from;
}

/** Up and down keep the place in the hall, not the number: rows have different lengths. */
function columnNear(plan: Plan, line: Line, x: number): number {
  if (line.kind === 'area') return 0;
  let best = 0;
  let distance = Number.POSITIVE_INFINITY;
  line.seats.forEach((seat, column) => {
    const away = Math.abs((plan.document.seats.x[seat] ?? 0) - x);
    if (away < distance) {
      best = column;
      distance = away;
    }
  });
  return best;
}

function xAt(plan: Plan, place: Place): number {
  const line = lineAt(plan, place);
  if (line?.kind === 'area') {
    const area = plan.document.areas[line.area];
    return area ? area.x + area.width / 2 : 0;
  }
  return plan.document.seats.x[seatAt(plan, place)] ?? 0;
}
