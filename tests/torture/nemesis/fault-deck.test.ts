import { expect, test } from 'vitest';
import { seededRandom } from '../../../bench/rush/random.js';
import { FAULTS } from './all-faults.js';
import { FaultDeck } from './fault-deck.js';

const KINDS = Object.keys(FAULTS);
const draw = (seed: number) => {
  const deck = new FaultDeck(KINDS, seededRandom(seed));
  return Array.from({ length: 60 }, () => deck.next());
};

test('the same seed draws the same faults, another seed others', () => {
  expect(draw(3)).toEqual(draw(3));
  expect(draw(3)).not.toEqual(draw(4));
});

test('every kind comes once before one comes again', () => {
  // A second of the same kind at once is dropped, which only the border between two decks can bring.
  const names = new FaultDeck(KINDS, seededRandom(8));
  const drawn: string[] = [];
  while (drawn.length < KINDS.length) drawn.push(...names.next().map(({ name }) => name));
  expect(new Set(drawn.slice(0, KINDS.length)).size).toBe(KINDS.length);
});

test('at most two at once, of two kinds, for a bounded time', () => {
  const all = draw(5);
  expect(all.filter((faults) => faults.length === 2).length).toBeGreaterThan(10);
  for (const faults of all) {
    expect(faults.length).toBeLessThanOrEqual(2);
    expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
    for (const { delayMs, lastsMs } of faults) expect(delayMs + lastsMs).toBeLessThan(8_000);
  }
});
