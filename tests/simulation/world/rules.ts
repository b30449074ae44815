import type { HouseRules } from '../../../src/core/house.js';
import { TIMES } from './times.js';

/** Of every house of the simulation. */
export const RULES: HouseRules = {
  holdTtlMs: TIMES.holdTtl,
  seatsPerHold: 4,
  holdsPerHolder: 3,
  extensionsPerHold: 1,
  singleGap: 'off',
  distancing: 0,
  prices: [1_000],
  ticketTypes: [
    { id: 'adult', name: 'Adult', prices: [1_000] },
    { id: 'child', name: 'Child', maxPerHold: 2, prices: [600] },
  ],
  currency: 'EUR',
  salesOpen: true,
  bookAfterClose: true,
};
