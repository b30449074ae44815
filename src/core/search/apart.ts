/** What is left when the party cannot sit in one row: close together in several, or anywhere. */
import { AVAILABLE, type House } from '../house.js';
import { NONE, type StandingArea } from '../seat-map.js';
import type { Candidates } from './candidates.js';
import { Neighbourhood } from './neighbourhood.js';
import { type Found, isCandidate, type Party, type Search } from './party.js';
import { pickUnits } from './pick-units.js';

/** A party is looked for around this many free seats; past them the hall is too broken for `nearby` to mean anything. */
const SEEDS_MAX = 512;

/** Around the free seat nearest the focal point that has enough others within reach in its zone: the nearest of them. */
export function findNearby(search: Search, candidates: Candidates): Found | undefined {
  const neighbourhood = new Neighbourhood(search, candidates);
  for (let tried = 0; tried < SEEDS_MAX; tried++) {
    const seed = candidates.at(tried, search.special);
    if (seed === NONE) return undefined;
    const seats = neighbourhood.pick(seed, search.party.count, []);
    if (seats !== undefined) return { seats: seats.sort((a, b) => a - b), quality: 'nearby' };
  }
  return undefined;
}

/** The candidates nearest the focal point, together or not. With `standing`, places in standing areas come last. */
export function findScattered(search: Search, candidates: Candidates, standing: boolean): Found | undefined {
  const { house, party } = search;
  const { map } = house;
  const seats: number[] = [];
  const companions: number[] = [];
  for (const seat of candidates.all(search.special)) {
    const wheelchair = map.wheelchairOf[seat] ?? NONE;
    if (wheelchair === NONE) seats.push(seat);
    // Behind everything else: by then each free wheelchair space has been picked, so no companion is picked alone.
    else if (isCandidate(search, wheelchair)) companions.push(seat);
  }
  if (standing) addStanding(search, seats);
  const picked = pickUnits(house, [...seats, ...companions], party.count);
  return picked && { seats: picked.sort((a, b) => a - b), quality: 'scattered' };
}

/** Of each area no more than the party: as many single places suffice whatever else there is. */
function addStanding({ house, party }: Search, seats: number[]): void {
  for (const index of house.map.areasByFocal) {
    if (isWanted(house.map.data.areas[index], party)) seats.push(...freePlaces(house, index, party.count));
  }
}

/** Any free places of the standing area nearest the focal point that has room for all. */
export function findStanding({ house, party }: Search): Found | undefined {
  for (const index of house.map.areasByFocal) {
    if ((house.freeInArea[index] ?? 0) < party.count || !isWanted(house.map.data.areas[index], party)) continue;
    return { seats: freePlaces(house, index, party.count), quality: 'adjacent' };
  }
  return undefined;
}

function isWanted(area: StandingArea | undefined, party: Party): boolean {
  if (area === undefined || (party.category !== NONE && area.category !== party.category)) return false;
  if (party.categories !== undefined && party.categories[area.category] !== 1) return false;
  return party.zone === NONE || area.zone === party.zone;
}

function freePlaces({ map, status, freeInArea }: House, index: number, countMax: number): number[] {
  const places: number[] = [];
  const count = Math.min(freeInArea[index] ?? 0, countMax);
  for (let seat = (map.data.areas[index]?.first ?? 0) - 1; places.length < count; ) {
    seat = status.indexOf(AVAILABLE, seat + 1);
    places.push(seat);
  }
  return places;
}
