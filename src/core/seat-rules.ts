import type { Hold, House } from './house.js';
import type { Refusal } from './refusal.js';
import { findDistancing } from './rules/distancing.js';
import { findLoneHalves } from './rules/pairs-and-companions.js';
import { findSingleGaps } from './rules/single-gap.js';

/**
 * What the house asks of a selection whose seats are all available: pairs and companions whole, then distance to other
 * parties, then no single gap. The first rule that is broken refuses, naming each seat of the selection that breaks it.
 * `seats` must be the marked selection; `old` is the hold that they are to join.
 */
export function refuseByRules(
  house: House,
  seats: readonly number[],
  holder: string,
  old: Hold | undefined,
): Refusal | undefined {
  const conflicts =
    findLoneHalves(house, seats, holder, old) ??
    findDistancing(house, seats, holder) ??
    findSingleGaps(house, seats, undefined);
  return conflicts && { code: 'seat_rule', conflicts };
}
