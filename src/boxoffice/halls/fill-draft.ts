/** Turns the neutral plan of a reader, and what somebody knows besides, into the core's draft. */
import { type Draft, type DraftSeat, LABEL_LENGTH_MAX } from '../../core/import/draft.js';
import { seatLabel } from '../../core/import/label-seats.js';
import { readColor, readText } from '../../core/import/read-value.js';
import { categoryRules } from './category-rules.js';
import { fillAreas, zoneOf } from './fill-areas.js';
import { fitPage } from './fit-page.js';
import type { ImportOptions } from './import-options.js';
import { linkNeighbours } from './link-neighbours.js';
import { placeSeats } from './place-seats.js';
import type { PlanDraft, SeatDraft } from './plan-draft.js';

const ROW_LABEL_LENGTH_MAX = 32;
const SEAT_NUMBER_LENGTH_MAX = 24;
/** Told apart by people who see few colours: Okabe and Ito's, without yellow and black. */
const COLORS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#7a5195', '#8a6d3b'];

export function fillDraft(draft: Draft, plan: PlanDraft, options: ImportOptions): void {
  const { findings } = draft;
  draft.name = readText(findings, plan.name, 'name', LABEL_LENGTH_MAX);
  draft.focalPoint = plan.focalPoint;
  draft.looksAt = plan.looksAt;
  const seats = plan.seats.map((seat) => cleaned(draft, seat));
  refuseTwins(draft, seats);
  const places = placeSeats(seats, findings);
  if (places === undefined || findings.problems.length > 0) return;
  refuseSameSpots(draft, seats, places);
  declareCategories(draft, plan, seats, options);
  fillSeats(draft, seats, places, options);
  fillAreas(draft, plan.areas, options);
  draft.decorations.push(...plan.decorations);
  fitPage(draft);
  if (draft.places === 0 && findings.problems.length === 0) findings.problem('', 'the file has no seats', 'no_seats');
}

/** Lists of seats do not declare categories, so each gets a colour of its own, in the order in which they come. */
function declareCategories(draft: Draft, plan: PlanDraft, seats: readonly SeatDraft[], options: ImportOptions): void {
  const names = new Map<string, string | undefined>();
  for (const { name, color } of plan.categories) {
    names.set(readText(draft.findings, name, 'categories', LABEL_LENGTH_MAX), readColor(color));
  }
  const named = [...seats, ...plan.areas, ...(options.categories ?? [])];
  const used = named.map(({ category }) => readText(draft.findings, category, 'categories', LABEL_LENGTH_MAX));
  for (const name of used) if (!names.has(name)) names.set(name, undefined);
  let next = 0;
  for (const [name, color] of names) {
    if (name !== '') draft.category(name, color ?? COLORS[next++ % COLORS.length], 'categories');
  }
}

function cleaned({ findings }: Draft, seat: SeatDraft): SeatDraft {
  const text = (value: string, lengthMax: number) => readText(findings, value, seat.at, lengthMax);
  return {
    ...seat,
    zone: text(seat.zone, LABEL_LENGTH_MAX),
    row: text(seat.row, ROW_LABEL_LENGTH_MAX),
    number: text(seat.number, SEAT_NUMBER_LENGTH_MAX),
    category: text(seat.category, LABEL_LENGTH_MAX),
  };
}

/** The same zone, row and number twice: somebody copied a line, and two buyers would stand before one seat. */
function refuseTwins({ findings }: Draft, seats: readonly SeatDraft[]): void {
  const firstAt = new Map<string, string>();
  for (const { at, zone, row, number } of seats) {
    const key = JSON.stringify([zone, row, number]);
    const first = firstAt.get(key);
    if (first === undefined) firstAt.set(key, at);
    else findings.problem(at, `row "${row}", seat "${number}" stands at ${first} already`, 'duplicate_seat');
  }
}

function refuseSameSpots(
  { findings }: Draft,
  seats: readonly SeatDraft[],
  places: readonly { readonly x: number; readonly y: number }[],
): void {
  const firstOn = new Map<string, SeatDraft>();
  for (const [i, seat] of seats.entries()) {
    const { x = 0, y = 0 } = places[i] ?? {};
    const key = `${x} ${y}`;
    const first = firstOn.get(key);
    if (first === undefined) firstOn.set(key, seat);
    else {
      const message = `"${seatLabel(seat.row, seat.number)}" stands on the spot of "${seatLabel(first.row, first.number)}" (${first.at})`;
      findings.problem(seat.at, message, 'same_spot');
    }
  }
}

function fillSeats(
  draft: Draft,
  seats: readonly SeatDraft[],
  places: readonly { readonly x: number; readonly y: number }[],
  options: ImportOptions,
): void {
  const ruleOf = categoryRules(options.categories ?? [], seats);
  const wheelchairs = new Set(options.wheelchair ?? []);
  for (const [zone, rows] of rowsByZone(seats)) {
    const zoneIndex = zoneOf(draft, zone);
    if (zoneIndex === undefined) return;
    for (const [label, members] of rows) {
      const first = draft.seats.length;
      const row = draft.rows.length;
      const { at: path = '', isWhole = false } = seats[members[0] ?? 0] ?? {};
      const places2 = members.map((member) => ({ seat: seats[member], place: places[member], member }));
      for (const { seat, place, member } of places2) {
        if (seat === undefined || place === undefined || !draft.admit(1, seat.at)) return;
        const category = draft.usedCategory(ruleOf(member) ?? seat.category, seat.at);
        if (category === undefined) return;
        const name = seatLabel(label, seat.number);
        const isNamed = wheelchairs.delete(name) || wheelchairs.delete(`${zone} ${name}`);
        const kind = isNamed ? 'wheelchair' : seat.kind;
        draft.seats.push(draftSeat(seat, place, category, row, kind === 'wheelchair'));
      }
      draft.rows.push({
        path,
        label,
        isSpelt: false,
        zone: zoneIndex,
        isWhole: isWhole && members.length > 1,
        first,
        count: members.length,
      });
      linkNeighbours(
        draft,
        members.flatMap((member) => seats[member] ?? []),
        first,
      );
    }
  }
  for (const label of wheelchairs) {
    draft.findings.problem('wheelchair', `there is no seat ${JSON.stringify(label)}`, 'unknown_seat');
  }
}

function draftSeat(
  { at, number }: SeatDraft,
  { x, y }: { readonly x: number; readonly y: number },
  category: number,
  row: number,
  wheelchair: boolean,
): DraftSeat {
  const links = { companionOf: undefined, pairWith: undefined };
  return { path: at, guid: '', number, x, y, category, row, wheelchair, ...links, label: '' };
}

function rowsByZone(seats: readonly SeatDraft[]): ReadonlyMap<string, ReadonlyMap<string, readonly number[]>> {
  const zones = new Map<string, Map<string, number[]>>();
  for (const [index, { zone, row }] of seats.entries()) {
    let rows = zones.get(zone);
    if (rows === undefined) {
      rows = new Map();
      zones.set(zone, rows);
    }
    const members = rows.get(row);
    if (members === undefined) rows.set(row, [index]);
    else members.push(index);
  }
  return zones;
}
