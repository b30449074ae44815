/** The search against the slow one that it replaced: on halls of all kinds, in all states, after any commands. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { growthHall } from '../../../bench/growth/hall.js';
import { FILLS, stateOf } from '../../../bench/growth/house-states.js';
import { apply } from '../../../src/core/apply.js';
import { assertHouse } from '../../../src/core/assert-house.js';
import { bestAvailable } from '../../../src/core/best-available.js';
import { compileSeatMap } from '../../../src/core/compile-seat-map.js';
import type { House, HouseRules } from '../../../src/core/house.js';
import { priceOf } from '../../../src/core/price.js';
import type { Party } from '../../../src/core/search/party.js';
import { NONE, type SeatMap } from '../../../src/core/seat-map.js';
import { houseOf, labels, mapOf, type ZonePicture } from './halls.js';
import { referenceSearch } from './reference-search.js';

// Many halls, each searched twice: seconds on a quiet machine, and longer on a busy one.
vi.setConfig({ testTimeout: 90_000 });

const HOLDERS = ['ann', 'bob', 'eve'] as const;
const RULES: Partial<HouseRules> = { seatsPerHold: 100, holdsPerHolder: 1000, prices: [1, 2, 3] };

const rules = fc.record({
  singleGap: fc.constantFrom('off' as const, 'lenient' as const, 'strict' as const),
  distancing: fc.constantFrom(0, 0, 0, 1, 2),
});

const pieces = fc.array(fc.constantFrom('.', '.', '.', '..', '...', '_', 'pq', 'w', 'c'), {
  minLength: 2,
  maxLength: 12,
});
const rowPictures = pieces
  .map((row) => row.join('').replace(/_+/g, '_').replace(/^_|_$/g, ''))
  .filter((row) => row !== '' && (row.includes('w') || !row.includes('c')));
const zonesWith = (tables: fc.Arbitrary<string[]>) =>
  fc.record({
    rows: fc.array(rowPictures, { minLength: 1, maxLength: 4 }).map((rows) => [...rows, '......']),
    tables,
    standing: fc.constantFrom({}, {}, { Floor: 3 }, { Floor: 2, Stairs: 4 }),
  });
/** Seats a little out of line, so that no two are equally far, or all in line, so that many are; in mixed categories. */
const smallMaps = (tables: fc.Arbitrary<string[]>) =>
  fc
    .record({
      zones: fc.array(zonesWith(tables), { minLength: 1, maxLength: 3 }),
      jitter: fc.constantFrom(0, 0, 3),
      mixed: fc.boolean(),
      seed: fc.nat(),
    })
    .map(({ zones, jitter, mixed, seed }) => {
      const named: ZonePicture[] = zones.map((zone, z) => ({
        ...zone,
        name: `Z${z}`,
        category: z % 2 ? 'Gold' : 'Standard',
      }));
      const { data } = mapOf(...named);
      const noise = (n: number) => (Math.imul(n + seed, 0x9e3779b1) >>> 8) / 2 ** 24;
      const seated = (seat: number) => data.seats.row[seat] !== NONE;
      return compileSeatMap({
        ...data,
        seats: {
          ...data.seats,
          x: data.seats.x.map((x, seat) => x + jitter * noise(seat)),
          y: data.seats.y.map((y, seat) => y + jitter * noise(seat + 1000)),
          category: data.seats.category.map((category, seat) =>
            mixed && seated(seat) && data.categories.length > 1 ? Math.floor(noise(seat + 2000) * 2) : category,
          ),
        },
      });
    });

const noTables = fc.constant<string[]>([]);
const roundTables = fc.array(fc.constantFrom('.....', '.......', '..pq...', '.wc...', 'pqpqpq', 'ttttt', 'ttt'), {
  minLength: 1,
  maxLength: 2,
});

const wishes = fc.record({
  holder: fc.constantFrom(...HOLDERS),
  count: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 6 }) }, fc.integer({ min: 7, max: 100 })),
  category: fc.constantFrom(NONE, NONE, 0, 1),
  zone: fc.constantFrom(NONE, NONE, 0, 1),
  // Of a ticket type that is not sold everywhere.
  categories: fc.constantFrom(undefined, undefined, Uint8Array.of(1, 0, 1), Uint8Array.of(0, 1, 0)),
  accessible: fc.constantFrom(false, false, true),
});
type Wish = Party & { readonly accessible: boolean };

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom('hold', 'hold', 'book', 'block', 'unblock', 'release', 'cancel', 'best', 'best'),
    seats: fc.array(fc.nat(), { minLength: 1, maxLength: 12 }),
    pick: fc.nat(),
    wish: wishes,
  }),
  { minLength: 1, maxLength: 30 },
);

/** What both find; counted by quality, so that no kind of place goes untested. */
function findBoth(house: House, { accessible, ...party }: Wish, seen: Map<string, number>) {
  const want = referenceSearch(house, party, accessible);
  const found = bestAvailable(house, party, accessible);
  expect(found).toEqual(want);
  const quality = `${accessible ? 'accessible ' : ''}${found?.quality ?? 'none'}`;
  seen.set(quality, (seen.get(quality) ?? 0) + 1);
  return found;
}

function wishedOn(map: SeatMap, wish: Wish): Wish {
  const within = (index: number, all: readonly unknown[]) => (index < all.length ? index : NONE);
  return { ...wish, category: within(wish.category, map.data.categories), zone: within(wish.zone, map.data.zones) };
}

const QUALITIES = ['adjacent', 'adjacent_leaves_gap', 'same_row', 'nearby', 'scattered', 'none'];
const ACCESSIBLE = QUALITIES.map((quality) => `accessible ${quality}`);

describe('best available', () => {
  it.each([
    { halls: 'rows', tables: noTables, numRuns: 1_500 },
    { halls: 'rows and round tables', tables: roundTables, numRuns: 400 },
  ])('finds what looking at every seat finds in $halls, whatever happened before', ({ tables, numRuns }) => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(smallMaps(tables), rules, steps, (map, rule, sequence) => {
        const house = houseOf(map, { ...RULES, ...rule });
        let serial = 0;
        for (const { kind, seats, pick, wish } of sequence) {
          const named = labels(map, [...new Set(seats.map((seat) => seat % map.count))]);
          const { holder } = wish;
          const holdId = [...house.holds.keys()][pick % Math.max(1, house.holds.size)] ?? 'none';
          const ofHold = house.holds.get(holdId)?.holder ?? holder;
          const newHoldId = `h${serial++}`;
          if (kind === 'hold') apply(house, { type: 'hold', holder, newHoldId, seats: named.slice(0, 4) }, 0);
          if (kind === 'block' || kind === 'unblock') apply(house, { type: kind, seats: named, reason: '' }, 0);
          if (kind === 'release') apply(house, { type: 'release', holder: ofHold, holdId }, 0);
          if (kind === 'book') {
            const { prices = [] } = house.holds.get(holdId) ?? {};
            const price = { amount: priceOf({ prices }), currency: 'EUR' };
            const ids = { newBookingId: `b${serial}`, newReference: 'R' };
            apply(house, { type: 'book', holder: ofHold, holdId, price, ...ids }, 0);
          }
          if (kind === 'cancel') {
            const bookingId = [...house.bookings.keys()][pick % Math.max(1, house.bookings.size)] ?? 'none';
            apply(house, { type: 'cancel', holder, bookingId, asStaff: true }, 0);
          }
          const found = findBoth(house, wishedOn(map, wish), seen);
          if (kind === 'best' && found) {
            apply(house, { type: 'hold', holder, newHoldId, seats: labels(map, found.seats) }, 0);
          }
          assertHouse(house);
        }
      }),
      { numRuns },
    );
    for (const quality of [...QUALITIES, ...ACCESSIBLE]) expect(seen.get(quality) ?? 0, quality).toBeGreaterThan(0);
  });

  it('finds the same in halls of thousands of seats, from empty to almost sold out', () => {
    const maps = [700, 3_000, 8_000].map((seats) => compileSeatMap(growthHall(seats)));
    const seen = new Map<string, number>();
    const houses = fc.record({
      map: fc.constantFrom(...maps),
      fill: fc.constantFrom(...Object.values(FILLS)),
      rule: rules,
      own: fc.array(fc.nat(), { maxLength: 4 }),
      parties: fc.array(wishes, { minLength: 1, maxLength: 6 }),
    });
    fc.assert(
      fc.property(houses, ({ map, fill, rule, own, parties }) => {
        const state = stateOf(map, fill);
        const bookings = state.bookings.map((booking, i) => ({
          ...booking,
          holder: own.some((pick) => pick % state.bookings.length === i) ? 'ann' : booking.holder,
        }));
        const house = houseOf(map, { ...RULES, ...rule }, { bookings });
        for (const [i, wish] of parties.entries()) {
          const found = findBoth(house, wishedOn(map, wish), seen);
          if (!found) continue;
          const seats = labels(map, found.seats);
          apply(house, { type: 'hold', holder: wish.holder, newHoldId: `h${i}`, seats }, 0);
        }
        assertHouse(house);
      }),
      { numRuns: 250 },
    );
    // Large halls are rarely so even that every place for a party leaves a lone seat: the small ones above are.
    const common = QUALITIES.filter((quality) => quality !== 'adjacent_leaves_gap');
    for (const quality of common) expect(seen.get(quality) ?? 0, quality).toBeGreaterThan(0);
  });
});
