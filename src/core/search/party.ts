import { AVAILABLE, type House } from '../house.js';
import type { SearchQuality } from '../reply.js';
import { isTooClose } from '../rules/distancing.js';
import { NONE } from '../seat-map.js';

/** Who is looking, for how many seats, and where. */
export interface Party {
  readonly holder: string;
  /** Whole and at least 1. */
  readonly count: number;
  /** Index of the wanted category or zone; NONE where any will do. */
  readonly category: number;
  readonly zone: number;
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
}

/** Whether the search may give this seat, as far as the seat alone tells. Pairs are the caller's business. */
export function isCandidate({ house, party, special }: Search, seat: number): boolean {
  const { map } = house;
  if (house.status[seat] !== AVAILABLE) return false;
  if (party.category !== NONE && map.categoryOf[seat] !== party.category) return false;
  if (party.zone !== NONE && map.zoneOf[seat] !== party.zone) return false;
  if (!special && (map.isWheelchair[seat] === 1 || map.wheelchairOf[seat] !== NONE)) return false;
  return house.rules.distancing === 0 || !isTooClose(house, seat, party.holder);
}
