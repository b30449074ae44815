import type { Draft, DraftRow } from './draft.js';
import { shifted } from './draft.js';
import { noteUnknownKeys } from './known-keys.js';
import { readSeatExtension } from './read-seat-extension.js';
import { asObject, cutText, type JsonObject, member, type Point, readGuid, readPoint, readText } from './read-value.js';

/** With the dash, a row label and a seat number always fit the bound of a seat label. */
const ROW_LABEL_LENGTH_MAX = 28;
const SEAT_NUMBER_LENGTH_MAX = 32;
/** As many as a message may name. */
const WHOLE_SEATS_MAX = 100;

interface ZonePlace {
  readonly zone: number;
  readonly origin: Point;
  /** Row labels of the zone that were read so far, so that a made-up one is not taken. */
  readonly labels: Set<string>;
  /** The least number that a made-up label may have; it only grows, so that hostile plans cost no more than others. */
  nextLabel: number;
}

/** Reads one row and its seats into the draft. */
export function readRow(draft: Draft, value: unknown, path: string, position: number, place: ZonePlace): void {
  const { findings } = draft;
  const row = asObject(value);
  if (row === undefined) {
    findings.problem(path, 'must be an object');
    return;
  }
  noteUnknownKeys(findings, row, 'row', path);
  const seats = member(row, 'seats');
  if (seats !== undefined && seats !== null && !Array.isArray(seats)) {
    findings.problem(`${path}.seats`, 'must be a list');
    return;
  }
  if (!Array.isArray(seats) || seats.length === 0) {
    findings.repair(path, 'empty_row', 'A row without seats was left out.');
    return;
  }
  const given = member(row, 'position');
  const by = given === undefined || given === null ? { x: 0, y: 0 } : readPoint(findings, given, `${path}.position`);
  if (by === undefined) return;
  const origin = shifted(place.origin, by);
  const index = draft.rows.length;
  const pattern = readText(findings, member(row, 'seat_label'), `${path}.seat_label`, SEAT_NUMBER_LENGTH_MAX);
  const naming = rowLabel(draft, row, path, position, place);
  const isSpelt = naming.isSpelt || pattern !== '';
  const first = draft.seats.length;
  const entry = {
    path,
    label: naming.label,
    isSpelt,
    isWhole: isWhole(draft, row, path),
    zone: place.zone,
    first,
    count: 0,
  };
  draft.rows.push(entry);
  for (let i = 0; i < seats.length && !findings.full; i++) {
    const seatPath = `${path}.seats[${i}]`;
    if (!draft.admit(1, seatPath)) return;
    readSeat(draft, seats[i], { path: seatPath, position: i, row: index, origin, pattern });
  }
  entry.count = draft.seats.length - entry.first;
  if (entry.isWhole) checkWhole(draft, entry);
}

/** Our `usher.whole`: a table that is sold with all its seats. How seats are sold is never guessed. */
function isWhole({ findings }: Draft, row: JsonObject, path: string): boolean {
  const usher = member(row, 'usher');
  if (usher === undefined || usher === null) return false;
  const extension = asObject(usher);
  const whole = (extension && member(extension, 'whole')) ?? false;
  if (extension !== undefined) noteUnknownKeys(findings, extension, 'usher key of a row', `${path}.usher`);
  if (extension !== undefined && typeof whole === 'boolean') return whole;
  findings.problem(
    `${path}.usher${extension === undefined ? '' : '.whole'}`,
    'must be an object with whole: true or false',
  );
  return false;
}

function checkWhole({ seats, findings }: Draft, { path, first, count }: DraftRow): void {
  if (count < 2 || count > WHOLE_SEATS_MAX) {
    findings.problem(`${path}.usher.whole`, `is for 2 to ${WHOLE_SEATS_MAX} seats`);
  }
  for (const { path: at, wheelchair, companionOf, pairWith } of seats.slice(first, first + count)) {
    if (wheelchair || companionOf !== undefined || pairWith !== undefined) {
      findings.problem(at, 'a seat of a row that is sold whole is nothing else besides');
    }
  }
}

/**
 * `row_number` is what the row is called, and `row_label` a pattern such as "Row %s" around it. A pattern without a place
 * for the number stands in front of it, unless it has it already ("Table 5") or there is none ("Box").
 */
function rowLabel(
  draft: Draft,
  row: JsonObject,
  path: string,
  position: number,
  place: ZonePlace,
): { readonly label: string; readonly isSpelt: boolean } {
  const { findings } = draft;
  const pattern = readText(findings, member(row, 'row_label'), `${path}.row_label`, ROW_LABEL_LENGTH_MAX);
  const given = readText(findings, member(row, 'row_number'), `${path}.row_number`, ROW_LABEL_LENGTH_MAX);
  const isNamed = given !== '' || (pattern !== '' && !pattern.includes('%s'));
  const number = isNamed ? given : madeUpNumber(draft, path, position, place);
  const label = cutText(filled(pattern, number), ROW_LABEL_LENGTH_MAX);
  if (isNamed) place.labels.add(given === '' ? label : given);
  return { label, isSpelt: pattern !== '' };
}

function madeUpNumber(draft: Draft, path: string, position: number, place: ZonePlace): string {
  let number = Math.max(position + 1, place.nextLabel);
  while (place.labels.has(String(number))) number++;
  place.labels.add(String(number));
  place.nextLabel = number + 1;
  draft.findings.repair(`${path}.row_number`, 'missing_row_label', `A row without a label was called "${number}".`);
  return String(number);
}

/** A pattern with a number in it, or before it. */
function filled(pattern: string, number: string): string {
  if (pattern.includes('%s')) return pattern.replaceAll('%s', () => number).trim();
  if (pattern === '' || number === '') return pattern || number;
  return pattern.split(' ').includes(number) ? pattern : `${pattern} ${number}`;
}

interface SeatPlace {
  readonly path: string;
  readonly position: number;
  readonly row: number;
  readonly origin: Point;
  /** The row's pattern for its seats; empty where it has none. */
  readonly pattern: string;
}

function readSeat(draft: Draft, value: unknown, { path, position, row, origin, pattern }: SeatPlace): void {
  const { findings } = draft;
  const seat = asObject(value);
  if (seat === undefined) {
    findings.problem(path, 'must be an object');
    return;
  }
  noteUnknownKeys(findings, seat, 'seat', path);
  const by = readPoint(findings, member(seat, 'position'), `${path}.position`);
  const categoryPath = `${path}.category`;
  const categoryName = readText(findings, member(seat, 'category'), categoryPath, 64);
  const category = draft.usedCategory(categoryName, categoryPath);
  const special = readSeatExtension(draft, seat, path);
  if (by === undefined || category === undefined || special === undefined) return;
  let number = readText(findings, member(seat, 'seat_number'), `${path}.seat_number`, SEAT_NUMBER_LENGTH_MAX);
  if (number === '') {
    number = String(position + 1);
    findings.repair(`${path}.seat_number`, 'missing_seat_number', `A seat without a number was called "${number}".`);
  }
  const guid = readGuid(member(seat, 'seat_guid'));
  if (guid === '') {
    findings.repair(`${path}.seat_guid`, 'missing_guid', 'The seat has no seat_guid; its label identifies it.');
  }
  noteOrder(draft, seat, path);
  const name = cutText(filled(pattern, number), SEAT_NUMBER_LENGTH_MAX);
  draft.seats.push({ path, guid, number: name, ...shifted(origin, by), category, row, ...special, label: '' });
}

/** pretix books such a row in order from this seat. Best-available looks for the nearest seats, in every row. */
function noteOrder(draft: Draft, seat: JsonObject, path: string): void {
  const direction = member(seat, 'start_direction');
  if (direction === undefined || direction === null || direction === '') return;
  const message = 'start_direction asks to sell this row in order from this seat. Usher sells the best seats first.';
  draft.findings.repair(`${path}.start_direction`, 'ordered_booking', message);
}
