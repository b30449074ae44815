import { apply } from '../../src/core/apply.js';
import type { Command } from '../../src/core/command.js';
import type { House, HouseRules } from '../../src/core/house.js';
import { makeHouse } from '../../src/core/make-house.js';
import type { SeatMap } from '../../src/core/seat-map.js';
import { FILLS, stateOf } from './house-states.js';

export const GROWTH_RULES: HouseRules = {
  holdTtlMs: 3_600_000,
  seatsPerHold: 10,
  holdsPerHolder: 1_000_000,
  extensionsPerHold: 1,
  singleGap: 'lenient',
  distancing: 0,
  prices: [2_000, 1_000],
  currency: 'EUR',
  salesOpen: true,
  bookAfterClose: true,
};

const RULES = {
  'no single gap': GROWTH_RULES,
  'no single gap, strictly': { ...GROWTH_RULES, singleGap: 'strict' },
  'one seat of distance': { ...GROWTH_RULES, distancing: 1 },
} as const;

type Wish = Pick<Extract<Command, { type: 'best_available' }>, 'count' | 'category' | 'zone' | 'accessible'>;

const WISHES: readonly Wish[] = [
  ...[1, 2, 3, 4, 6, 10].map((count) => ({ count })),
  ...[1, 2, 5].flatMap((count) => [
    { count, category: 'Back' },
    { count, category: 'Front', zone: 'Zone 1' },
    { count, accessible: true },
  ]),
];

/** A party in a house that is hard to search for it. */
export interface HardSearch {
  readonly what: string;
  readonly house: House;
  readonly wish: Wish;
}

const TIMES = 15;
let serial = 0;

/** All states, rules and wishes, the one that takes longest first. */
export function hardSearches(map: SeatMap): HardSearch[] {
  const found: { search: HardSearch; micros: number }[] = [];
  for (const [fillName, fill] of Object.entries(FILLS)) {
    for (const [ruleName, rules] of Object.entries(RULES)) {
      const house = makeHouse(map, rules, stateOf(map, fill));
      for (const wish of WISHES) {
        const search = { what: `${describe(wish)}, ${fillName}, ${ruleName}`, house, wish };
        found.push({ search, micros: timeSearch(search) });
      }
    }
  }
  return found.sort((a, b) => b.micros - a.micros).map(({ search }) => search);
}

/** Microseconds of a best_available, the median of some. What it holds is released again, which is not counted. */
export function timeSearch({ house, wish }: HardSearch): number {
  const micros: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const newHoldId = `search-${serial++}`;
    const since = performance.now();
    const { reply } = apply(house, { type: 'best_available', holder: 'party', newHoldId, ...wish }, 0);
    micros.push((performance.now() - since) * 1_000);
    if (reply.ok) apply(house, { type: 'release', holder: 'party', holdId: newHoldId }, 0);
    else if (reply.refusal.code !== 'none_available' && reply.refusal.code !== 'unknown_zone') {
      throw new Error(`A search was refused: ${reply.refusal.code}.`);
    }
  }
  return medianOf(micros);
}

export function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function describe({ count, category, zone, accessible }: Wish): string {
  const where = [category, zone, accessible ? 'accessible' : undefined].filter((part) => part !== undefined);
  return [`party of ${count}`, ...where].join(' ');
}
