import { AVAILABLE, type House } from '../house.js';
import type { SearchQuality } from '../reply.js';
import { isNearTaken, isTooClose } from '../rules/distancing.js';
import { KEPT_WHOLE, NONE } from '../seat-map.js';

/** Who is looking, for how many seats, and where. */
export interface Party {
  readonly holder: string;
  /** Whole and at least 1. */
  readonly count: number;
  /** Index of the wanted category or zone; NONE where any will do. */
  readonly category: number;
  readonly zone: number;
  /** By category index, 1 where seats of it may be given; undefined: all may. */
  readonly categories: Uint8Array | undefined;
}

export interface Found {
  readonly seats: readonly number[];
  readonly quality: SearchQuality;
}

export interface Search {
  readonly house: House;
  readonly party: Party;
  /** Wheelchair spaces and companion seats may be given to anybody: only where nothing else is left. */
  readonly special: boolean;
  /** With distancing: the blocks in which the holder has seats, where taken seats need not be those of others. */
  readonly ownBlocks: ReadonlySet<number>;
}

const NO_BLOCKS: ReadonlySet<number> = new Set();

export function searchFor(house: House, party: Party): Search {
  return { house, party, special: false, ownBlocks: ownBlocksOf(house, party.holder) };
}

/** The same search where special seats may be given. Not by spreading: all searches are to have one hidden class. */
export function withSpecial({ house, party, ownBlocks }: Search): Search {
  return { house, party, special: true, ownBlocks };
}

/** Whether the search may give this seat, as far as the seat alone tells. Pairs are the caller's business. */
export function isCandidate(search: Search, seat: number): boolean {
  const { house, special } = search;
  if (house.status[seat] !== AVAILABLE) return false;
  const kept = house.map.isKept[seat];
  if (kept !== 0 && (kept === KEPT_WHOLE || !special)) return false;
  return fits(search, seat);
}

/** Whether an available seat is of the wished category and zone, and far enough from other parties. */
export function fits({ house, party, ownBlocks }: Search, seat: number): boolean {
  const { map } = house;
  if (party.category !== NONE && map.categoryOf[seat] !== party.category) return false;
  if (party.categories !== undefined && party.categories[map.categoryOf[seat] ?? NONE] !== 1) return false;
  if (party.zone !== NONE && map.zoneOf[seat] !== party.zone) return false;
  if (house.rules.distancing === 0 || !isNearTaken(house, seat)) return true;
  // Whose the taken seat is costs a look-up in a map, and matters only where some of them are the holder's own.
  if (ownBlocks.size === 0) return false;
  return ownBlocks.has(map.blockOf[seat] ?? NONE) && !isTooClose(house, seat, party.holder);
}

function ownBlocksOf(house: House, holder: string): ReadonlySet<number> {
  if (house.rules.distancing === 0) return NO_BLOCKS;
  const blocks = new Set<number>();
  const enter = (seats: readonly number[] | undefined) => {
    for (const seat of seats ?? []) blocks.add(house.map.blockOf[seat] ?? NONE);
  };
  for (const id of house.holdsOf.get(holder) ?? []) enter(house.holds.get(id)?.seats);
  for (const id of house.bookingsOf.get(holder) ?? []) enter(house.bookings.get(id)?.seats);
  return blocks;
}
