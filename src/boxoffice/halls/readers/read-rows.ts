/**
 * Rows as somebody would type them. A line is a row, `A: 6 | 6`, or a word about what follows:
 *
 *     name: Studio                     screen: top          (or stage: top, bottom, left, right)
 *     zone: Balcony                    category: Premium #c00000
 *     standing: Floor 120
 *     A: 6 | 6                         two blocks of six with an aisle between them
 *     B: 4 _ 2 | 6                     a gap as wide as a seat
 *     C: w c 4 | p p                   a wheelchair space with its companion seat; two pairs
 *     D [Box]: 1-6 | 12-7              seats by number; a category of its own
 *     E-K: 8 | 8                       seven equal rows
 */
import { SEATS_MAX } from '../../../core/import/draft.js';
import type { Findings } from '../../../core/import/findings.js';
import { emptyPlan, type PlanDraft, type SeatKind } from '../plan-draft.js';
import { splitLines } from './decode-text.js';

const AISLE = 2;
const PAIR_GAP = 0.5;
/** Far more than any row has; a number typed wrong makes no million seats. */
const SEATS_OF_ROW_MAX = 1_000;
const ROWS_OF_LINE_MAX = 100;
const SIDES = ['top', 'bottom', 'left', 'right'] as const;

interface State {
  zone: string;
  category: string;
}

export function readRows(text: string, findings: Findings): PlanDraft {
  const plan = emptyPlan();
  const state: State = { zone: '', category: '' };
  for (const [index, raw] of splitLines(text, findings).entries()) {
    const line = raw.replace(/^\s*(#|\/\/).*$/, '').trim();
    if (line === '') continue;
    const at = `line ${index + 1}`;
    if (plan.seats.length > SEATS_MAX) {
      findings.problem(at, `more than ${SEATS_MAX} seats`, 'too_many');
      return plan;
    }
    const [, zone] = /^\[([^[\]]{1,80})\]$/.exec(line) ?? [];
    const colon = line.indexOf(':');
    if (zone !== undefined) state.zone = zone.trim();
    else if (colon < 1)
      findings.problem(at, 'a row is a label, a colon and its seats, such as "A: 6 | 6"', 'unknown_word');
    else {
      const [head, body] = [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
      if (!readWord(head.toLowerCase(), body, at, state, plan, findings))
        readRow(head, body, at, state, plan, findings);
    }
  }
  return plan;
}

/** @returns false where the line is a row. */
function readWord(word: string, body: string, at: string, state: State, plan: PlanDraft, findings: Findings): boolean {
  if (word === 'name') plan.name = body;
  else if (word === 'zone') state.zone = body;
  else if (word === 'category') {
    const [, name = body, color] = /^(.*?)\s+(#[0-9a-f]{3,8})$/i.exec(body) ?? [];
    state.category = name;
    if (!plan.categories.some((known) => known.name === name)) plan.categories.push({ name, ...(color && { color }) });
  } else if (word === 'stage' || word === 'screen') {
    const side = SIDES.find((one) => one === body.toLowerCase());
    plan.looksAt = word;
    if (side === undefined) findings.problem(at, `"${word}" is one of ${SIDES.join(', ')}`, 'unknown_word');
    else plan.front = side;
  } else if (word === 'standing') {
    const [, name = body, capacity] = /^(.*?)\s+(\d{1,6})$/.exec(body) ?? [];
    const { zone, category } = state;
    const area = { at, name, zone: zone === '' ? name : zone, category };
    plan.areas.push({ ...area, capacity: capacity === undefined ? undefined : Number(capacity) });
  } else return false;
  return true;
}

function readRow(head: string, body: string, at: string, state: State, plan: PlanDraft, findings: Findings): void {
  const [, label = head, own] = /^(.*?)\s*\[([^[\]]+)\]$/.exec(head) ?? [];
  const places = placesOf(body, at, findings);
  if (places === undefined) return;
  if (places.length === 0) {
    findings.problem(at, 'the row has no seats', 'no_seats');
    return;
  }
  for (const row of labelsOf(label.trim())) {
    const place = { at, zone: state.zone, row, category: own?.trim() ?? state.category };
    for (const { kind, number, column } of places) plan.seats.push({ ...place, kind, number, column });
  }
}

/** "E-K" and "5-9" are several rows; any other label is one. */
function labelsOf(label: string): readonly string[] {
  const [, first = '', last = ''] = /^([A-Z]|\d{1,3})\s*-\s*([A-Z]|\d{1,3})$/i.exec(label) ?? [];
  const isNumber = /^\d+$/.test(first);
  if (first === '' || isNumber !== /^\d+$/.test(last)) return [label];
  const [from, to] = isNumber ? [Number(first), Number(last)] : [first.charCodeAt(0), last.charCodeAt(0)];
  if (to <= from || to - from >= ROWS_OF_LINE_MAX) return [label];
  return Array.from({ length: to - from + 1 }, (_, i) => (isNumber ? String(from + i) : String.fromCharCode(from + i)));
}

interface RowPlace {
  readonly kind: SeatKind;
  readonly number: string;
  readonly column: number;
}

function placesOf(body: string, at: string, findings: Findings): RowPlace[] | undefined {
  const places: RowPlace[] = [];
  let column = 0;
  const add = (kind: SeatKind, number = String(places.length + 1)) => {
    places.push({ kind, number, column: column++ });
  };
  for (const word of body.split(/\s+/).filter((one) => one !== '')) {
    const [, times = '', sign] = /^(\d{0,3})([wcp|_])$/.exec(word) ?? [];
    const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(word) ?? [];
    const count = sign === undefined ? 1 : times === '' ? 1 : Number(times);
    if (count + places.length > SEATS_OF_ROW_MAX || Math.abs(Number(first) - Number(last)) >= SEATS_OF_ROW_MAX) {
      findings.problem(at, `a row has at most ${SEATS_OF_ROW_MAX} seats`, 'too_many');
      return undefined;
    }
    if (sign === '|') column += AISLE * count;
    else if (sign === '_') column += count;
    else if (sign === 'p') for (let i = 0; i < count; i++) addPair();
    else if (sign !== undefined) for (let i = 0; i < count; i++) add(sign === 'w' ? 'wheelchair' : 'companion');
    else if (first !== undefined && last !== undefined) {
      const step = Number(first) <= Number(last) ? 1 : -1;
      for (let n = Number(first); n !== Number(last) + step; n += step) add('seat', String(n));
    } else if (/^[1-9]\d{0,3}$/.test(word) && Number(word) + places.length <= SEATS_OF_ROW_MAX) {
      for (let i = 0; i < Number(word); i++) add('seat');
    } else {
      const known = 'a number of seats, 1-6, |, _, w, c or p';
      findings.problem(at, `${JSON.stringify(word.slice(0, 20))} is none of: ${known}`, 'unknown_word');
      return undefined;
    }
  }
  function addPair(): void {
    if (places.at(-1)?.kind === 'pair') column += PAIR_GAP;
    add('pair');
    add('pair');
  }
  return places;
}
