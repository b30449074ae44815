import type { House } from './house.js';
import { findAccessible } from './search/accessible.js';
import { findNearby, findScattered, findStanding } from './search/apart.js';
import { Candidates } from './search/candidates.js';
import { type Found, type Party, type Search, searchFor, withSpecial } from './search/party.js';
import { findAcrossAisle, findAdjacent } from './search/side-by-side.js';

/**
 * The best seats for a party (BEST-1 to BEST-10 of SPEC.md), or undefined where the house has not as many that it may
 * give. Every answer keeps pairs whole, companions with their wheelchair space and the distance to other parties. Tried in turn:
 *
 * 1. `adjacent`: side by side in one block, no lone seat left, the least sum of squared distances to the focal point;
 * 2. `adjacent_leaves_gap`: the same, leaving a lone seat. The single-gap rule does not refuse it: there is no other;
 * 3. `same_row`: side by side but for aisles;
 * 4. `nearby`: close together over several rows of one zone;
 * 5. `scattered`: the free seats nearest the focal point;
 * 6. together in one standing area (`adjacent`), where the wish did not point there to begin with;
 * 7. `scattered` over seats and standing areas.
 *
 * Wheelchair spaces and companion seats are kept for those who need them (`accessible`) until steps 1 to 7 have found
 * nothing; then the steps are gone through once more with them.
 */
export function bestAvailable(house: House, party: Party, accessible: boolean): Found | undefined {
  if (!Number.isInteger(party.count) || party.count < 1 || house.available < party.count) return undefined;
  const search = searchFor(house, party);
  if (accessible) return findAccessible(search);
  const candidates = new Candidates(search);
  const found = findInTurn(search, candidates);
  if (found !== undefined || house.map.data.wheelchair.length === 0) return found;
  return findInTurn(withSpecial(search), candidates);
}

function findInTurn(search: Search, candidates: Candidates): Found | undefined {
  return (
    findAdjacent(search) ??
    findAcrossAisle(search) ??
    findNearby(search, candidates) ??
    findScattered(search, candidates, false) ??
    findStanding(search) ??
    findScattered(search, candidates, true)
  );
}
