/** Resolves what seats say of each other: companions and pairs, by `seat_guid`. */
import type { Draft, DraftSeat } from './draft.js';

export interface SeatLinks {
  readonly companions: (readonly [companion: number, wheelchair: number])[];
  /** In the order of the file; the compiled map says which half is left. */
  readonly pairs: (readonly [seat: number, other: number])[];
}

/** Notes duplicate `seat_guid`s as repairs, and links that lead nowhere as problems. */
export function linkSeats(draft: Draft): SeatLinks {
  const byGuid = indexGuids(draft);
  const links: SeatLinks = { companions: [], pairs: [] };
  const mateOf = new Map<number, number>();
  draft.seats.forEach((seat, index) => {
    if (seat.companionOf !== undefined) linkCompanion(draft, byGuid, links, seat, index);
    if (seat.pairWith !== undefined) linkPair(draft, byGuid, mateOf, links, seat, index);
  });
  return links;
}

function indexGuids(draft: Draft): ReadonlyMap<string, readonly number[]> {
  const byGuid = new Map<string, number[]>();
  draft.seats.forEach((seat, index) => {
    if (seat.guid === '') return;
    const known = byGuid.get(seat.guid);
    if (known === undefined) {
      byGuid.set(seat.guid, [index]);
      return;
    }
    known.push(index);
    const message = `"${seat.guid}" is also the seat_guid of another seat; this one is known as "${seat.label}".`;
    draft.findings.repair(`${seat.path}.seat_guid`, 'duplicate_guid', message);
  });
  return byGuid;
}

function linkCompanion(
  draft: Draft,
  byGuid: ReadonlyMap<string, readonly number[]>,
  links: SeatLinks,
  seat: DraftSeat,
  index: number,
): void {
  const path = `${seat.path}.usher.companion_of`;
  const target = findTarget(draft, byGuid, seat, seat.companionOf ?? '', path);
  if (target === undefined) return;
  if (draft.seats[target]?.wheelchair !== true) {
    draft.findings.problem(path, `"${seat.companionOf}" is not a wheelchair space`);
    return;
  }
  links.companions.push([index, target]);
}

function linkPair(
  draft: Draft,
  byGuid: ReadonlyMap<string, readonly number[]>,
  mateOf: Map<number, number>,
  links: SeatLinks,
  seat: DraftSeat,
  index: number,
): void {
  const path = `${seat.path}.usher.pair_with`;
  const target = findTarget(draft, byGuid, seat, seat.pairWith ?? '', path);
  if (target === undefined) return;
  const other = draft.seats[target];
  if (target === index) {
    draft.findings.problem(path, 'a seat cannot be paired with itself');
    return;
  }
  if (other === undefined || other.row !== seat.row) {
    draft.findings.problem(path, 'is in another row');
    return;
  }
  if (other.wheelchair || other.companionOf !== undefined) {
    draft.findings.problem(path, 'is a wheelchair space or companion seat');
    return;
  }
  // Both halves may say so; a third seat may not.
  if (mateOf.get(index) === target && mateOf.get(target) === index) return;
  if (mateOf.has(index) || mateOf.has(target)) {
    draft.findings.problem(path, 'one of the seats has another pair');
    return;
  }
  mateOf.set(index, target).set(target, index);
  links.pairs.push([index, target]);
}

/** Where a `seat_guid` is used twice, the seat of the same row is meant, else of the same zone, else the first. */
function findTarget(
  draft: Draft,
  byGuid: ReadonlyMap<string, readonly number[]>,
  from: DraftSeat,
  guid: string,
  path: string,
): number | undefined {
  const found = byGuid.get(guid);
  if (found === undefined) {
    if (guid !== '') draft.findings.problem(path, `no seat has the seat_guid "${guid}"`);
    return undefined;
  }
  const zoneOf = (index: number) => draft.rows[draft.seats[index]?.row ?? -1]?.zone;
  const zone = draft.rows[from.row]?.zone;
  return (
    found.find((index) => draft.seats[index]?.row === from.row) ??
    found.find((index) => zoneOf(index) === zone) ??
    found[0]
  );
}
