import type { Draft } from './draft.js';
import { shifted } from './draft.js';
import { asObject, cutText, type JsonObject, member, type Point, readPoint, readText } from './read-value.js';

/** With the dash, a row label and a seat number always fit the bound of a seat label. */
const ROW_LABEL_LENGTH_MAX = 28;
const SEAT_NUMBER_LENGTH_MAX = 32;
const GUID_LENGTH_MAX = 256;

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
  const label = rowLabel(draft, row, path, position, place);
  const index = draft.rows.length;
  const entry = { path, label, zone: place.zone, first: draft.seats.length, count: 0 };
  draft.rows.push(entry);
  for (let i = 0; i < seats.length && !findings.full; i++) {
    const seatPath = `${path}.seats[${i}]`;
    if (!draft.admit(1, seatPath)) return;
    readSeat(draft, seats[i], seatPath, i, index, origin);
  }
  entry.count = draft.seats.length - entry.first;
}

/**
 * `row_number` is what the format prints; `row_label` is a pattern such as "Row %s" around it and serves only where
 * the number is missing.
 */
function rowLabel(draft: Draft, row: JsonObject, path: string, position: number, place: ZonePlace): string {
  const { findings } = draft;
  const pattern = readText(findings, member(row, 'row_label'), `${path}.row_label`, ROW_LABEL_LENGTH_MAX);
  const label =
    readText(findings, member(row, 'row_number'), `${path}.row_number`, ROW_LABEL_LENGTH_MAX) ||
    (pattern.includes('%s') ? '' : pattern);
  if (label !== '') {
    place.labels.add(label);
    return label;
  }
  let number = Math.max(position + 1, place.nextLabel);
  while (place.labels.has(String(number))) number++;
  place.labels.add(String(number));
  place.nextLabel = number + 1;
  findings.repair(`${path}.row_number`, 'missing_row_label', `A row without a label was called "${number}".`);
  return String(number);
}

function readSeat(draft: Draft, value: unknown, path: string, position: number, row: number, origin: Point): void {
  const { findings } = draft;
  const seat = asObject(value);
  if (seat === undefined) {
    findings.problem(path, 'must be an object');
    return;
  }
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
  draft.seats.push({ path, guid, number, ...shifted(origin, by), category, row, ...special, label: '' });
}

interface SeatExtension {
  readonly wheelchair: boolean;
  readonly companionOf: string | undefined;
  readonly pairWith: string | undefined;
}

const ORDINARY: SeatExtension = { wheelchair: false, companionOf: undefined, pairWith: undefined };

/** Our `usher` key. What it says of access is never guessed: a value that is not understood refuses the plan. */
function readSeatExtension(draft: Draft, seat: JsonObject, path: string): SeatExtension | undefined {
  const { findings } = draft;
  const value = member(seat, 'usher');
  if (value === undefined || value === null) return ORDINARY;
  const usher = asObject(value);
  if (usher === undefined) {
    findings.problem(`${path}.usher`, 'must be an object');
    return undefined;
  }
  const wheelchair = member(usher, 'wheelchair') ?? false;
  if (typeof wheelchair !== 'boolean') {
    findings.problem(`${path}.usher.wheelchair`, 'must be true or false');
    return undefined;
  }
  const companionOf = readLink(draft, usher, 'companion_of', path);
  const pairWith = readLink(draft, usher, 'pair_with', path);
  const roles = Number(wheelchair) + Number(companionOf !== undefined) + Number(pairWith !== undefined);
  if (roles > 1) {
    findings.problem(`${path}.usher`, 'a seat is a wheelchair space, a companion seat or half of a pair, not several');
    return undefined;
  }
  return { wheelchair, companionOf, pairWith };
}

function readLink(draft: Draft, usher: JsonObject, key: string, path: string): string | undefined {
  const value = member(usher, key);
  if (value === undefined || value === null) return undefined;
  const guid = readGuid(value);
  if (guid === '') draft.findings.problem(`${path}.usher.${key}`, 'must be the seat_guid of a seat');
  return guid;
}

/** Compared by value only, so a long one is cut without a word. */
function readGuid(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? cutText(value, GUID_LENGTH_MAX) : '';
}
