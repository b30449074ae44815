import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { randomIds } from '../../src/adapters/random-ids.js';
import { Tokens } from '../../src/gateway/tokens.js';

/** Enough that a bit or a letter that is not drawn evenly stands out, and several hundred pools of randomness. */
const DRAWS = 100_000;
/** One moment: whatever differs between two ids is random then. */
const ids = randomIds(() => 1_800_000_000_000);
const RANDOM_BITS = 74;
/** How far a count of n fair coins may be from the half: six standard deviations, once in 500 million. */
const leeway = 6 * Math.sqrt(DRAWS / 4);

/** The bits of a UUID v7 that are neither time nor version nor variant. */
function randomBitsOf(uuid: string): string {
  const bits = BigInt(`0x${uuid.replaceAll('-', '')}`)
    .toString(2)
    .padStart(128, '0');
  return bits.slice(52, 64) + bits.slice(66);
}

describe('ids of holds and bookings', () => {
  const drawn = Array.from({ length: DRAWS }, () => ids.uuid());

  it(`are UUIDs of version 7 with ${RANDOM_BITS} random bits, each of which is as often set as not`, () => {
    expect(new Set(drawn).size).toBe(DRAWS);
    const set = new Array<number>(RANDOM_BITS).fill(0);
    for (const uuid of drawn) {
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      for (const [at, bit] of [...randomBitsOf(uuid)].entries()) set[at] = (set[at] ?? 0) + Number(bit);
    }
    expect(set).toHaveLength(RANDOM_BITS);
    for (const count of set) expect(Math.abs(count - DRAWS / 2)).toBeLessThan(leeway);
  });

  it('say nothing of the next: no bit goes with the same bit of the one before, nor with its neighbour', () => {
    const next = new Array<number>(RANDOM_BITS).fill(0);
    const neighbour = new Array<number>(RANDOM_BITS).fill(0);
    let before = '';
    for (const uuid of drawn) {
      const bits = randomBitsOf(uuid);
      for (let at = 0; before !== '' && at < RANDOM_BITS; at++) {
        if (bits[at] === before[at]) next[at] = (next[at] ?? 0) + 1;
        if (bits[at] === bits[(at + 1) % RANDOM_BITS]) neighbour[at] = (neighbour[at] ?? 0) + 1;
      }
      before = bits;
    }
    for (const count of [...next, ...neighbour]) expect(Math.abs(count - DRAWS / 2)).toBeLessThan(leeway);
  });

  it('never use a piece of randomness twice, where the pool is filled anew either', () => {
    // The last 48 bits of two ids that overlap in the pool would be found in another's at some other place.
    const tails = new Set<string>();
    for (const uuid of drawn) {
      const bytes = uuid.replaceAll('-', '').slice(18);
      tails.add(bytes.slice(0, 10)).add(bytes.slice(4, 14));
    }
    expect(tails.size).toBeGreaterThan(2 * DRAWS - 20);
  });
});

it('references have ten signs of 26, each as often as another: 47 random bits, and no look-alikes', () => {
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  for (let i = 0; i < DRAWS; i++) {
    const reference = ids.reference();
    seen.add(reference);
    for (const [at, letter] of [...reference.slice(0, 10)].entries()) {
      counts.set(`${at}${letter}`, (counts.get(`${at}${letter}`) ?? 0) + 1);
    }
  }
  expect(seen.size).toBe(DRAWS);
  expect(counts.size).toBe(10 * 26);
  expect([...counts.keys()].join('')).not.toMatch(/[AILMOQUWYZ]/);
  const deviation = Math.sqrt(DRAWS * (1 / 26) * (25 / 26));
  for (const [letter, count] of counts) {
    expect(Math.abs(count - DRAWS / 26), letter).toBeLessThan(6 * deviation);
  }
});

it('guests get ids of 122 random bits, and sessions that only the secret can make', () => {
  const tokens = new Tokens('a secret of the tests, long enough to be taken', 60_000, randomUUID, Date.now);
  const guests = Array.from({ length: 2_000 }, () => tokens.guest());
  expect(new Set(guests.map(({ holder }) => holder)).size).toBe(2_000);
  for (const { holder } of guests) expect(holder).toMatch(/^guest:[0-9a-f]{8}-[0-9a-f]{4}-4/);
});
