/** What is left when the party cannot sit in one row: close together in several, or anywhere. */

import { seatsWithin } from '../geometry/seat-grid.js';
import { AVAILABLE } from '../house.js';
import { NONE } from '../seat-map.js';
import { type Found, isCandidate, type Search } from './party.js';
import { pickUnits } from './pick-units.js';

/** A party is looked for around this many free seats; past them the hall is too broken for `nearby` to mean anything. */
const SEEDS_MAX = 512;

/**
 * Around the free seat nearest the focal point that has enough others within reach in its zone: the nearest of them.
 * Reach is two seats and half a seat a head, which is a party that fills two or three rows.
 */
export function findNearby(search: Search): Found | undefined {
  let tried = 0;
  for (const seed of search.house.map.seatsByFocal) {
    if (!isCandidate(search, seed)) continue;
    if (++tried > SEEDS_MAX) return undefined;
    const seats = pickUnits(search.house, aroundSeat(search, seed), search.party.count);
    if (seats !== undefined) return { seats: seats.sort((a, b) => a - b), quality: 'nearby' };
  }
  return undefined;
}

/** The candidates within reach of a seat in its zone, nearest first. */
export function aroundSeat(search: Search, seat: number): number[] {
  const { map } = search.house;
  const { x, y } = map.data.seats;
  const [atX, atY] = [x[seat] ?? 0, y[seat] ?? 0];
  const reach = map.pitch * (2 + search.party.count / 2);
  const distance = (other: number) => ((x[other] ?? 0) - atX) ** 2 + ((y[other] ?? 0) - atY) ** 2;
  return seatsWithin(map.grid, map.data, atX, atY, reach)
    .filter((other) => map.zoneOf[other] === map.zoneOf[seat] && isCandidate(search, other))
    .filter((other) => keepsRoles(search, other))
    .sort((a, b) => distance(a) - distance(b) || a - b);
}

/** The candidates nearest the focal point, together or not. With `standing`, places in standing areas come last. */
export function findScattered(search: Search, standing: boolean): Found | undefined {
  const { house, party } = search;
  const { map } = house;
  const seats: number[] = [];
  const companions: number[] = [];
  for (const seat of map.seatsByFocal) {
    if (!isCandidate(search, seat)) continue;
    const wheelchair = map.wheelchairOf[seat] ?? NONE;
    if (wheelchair === NONE) seats.push(seat);
    // Behind everything else: by then each free wheelchair space has been picked, so no companion is picked alone.
    else if (isCandidate(search, wheelchair)) companions.push(seat);
  }
  if (standing) {
    for (const area of map.areasByFocal) {
      const { first, count } = map.data.areas[area] ?? { first: 0, count: 0 };
      for (let seat = first; seat < first + count; seat++) if (isCandidate(search, seat)) seats.push(seat);
    }
  }
  const picked = pickUnits(house, [...seats, ...companions], party.count);
  return picked && { seats: picked.sort((a, b) => a - b), quality: 'scattered' };
}

/** Any free places of the standing area nearest the focal point that has room for all. */
export function findStanding({ house, party }: Search): Found | undefined {
  const { map, status } = house;
  for (const index of map.areasByFocal) {
    const area = map.data.areas[index];
    if (area === undefined || (house.freeInArea[index] ?? 0) < party.count) continue;
    if (party.category !== NONE && area.category !== party.category) continue;
    if (party.zone !== NONE && area.zone !== party.zone) continue;
    const seats: number[] = [];
    for (let seat = status.indexOf(AVAILABLE, area.first); seats.length < party.count; ) {
      seats.push(seat);
      seat = status.indexOf(AVAILABLE, seat + 1);
    }
    return { seats, quality: 'adjacent' };
  }
  return undefined;
}

/** Near seats are picked one by one, where a companion could come without its wheelchair space: it is left out. */
function keepsRoles({ house }: Search, seat: number): boolean {
  return house.map.wheelchairOf[seat] === NONE;
}
