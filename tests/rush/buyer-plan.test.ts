import { describe, expect, it } from 'vitest';
import { BuyerPlan } from '../../bench/rush/buyer-plan.js';
import { hallKnowledge, rushHall } from '../../bench/rush/hall.js';
import { pickSeats } from '../../bench/rush/pick-seats.js';
import { readOptions } from '../../bench/rush/rush-options.js';
import { compileSeatMap } from '../../src/core/compile-seat-map.js';

describe('what a buyer intends', () => {
  const parties = (seed: number, index: number) => {
    const plan = new BuyerPlan(seed, index);
    return [plan.arrivalMs, plan.disconnectAfterMs, ...Array.from({ length: 20 }, () => plan.party())];
  };

  it('follows from the seed and the buyer alone', () => {
    expect(parties(7, 3)).toEqual(parties(7, 3));
    expect(parties(7, 3)).not.toEqual(parties(7, 4));
    expect(parties(7, 3)).not.toEqual(parties(8, 3));
  });

  it('has every wish and fate in a crowd', () => {
    const all = Array.from({ length: 200 }, (_, index) => new BuyerPlan(1, index));
    const wanted = all.map((plan) => plan.party());
    expect(new Set(wanted.map((party) => party.fate)).size).toBe(6);
    expect(new Set(wanted.map((party) => party.wish)).size).toBe(2);
    expect(new Set(wanted.map((party) => party.count))).toEqual(new Set([1, 2, 3, 4]));
    expect(all.filter((plan) => plan.disconnectAfterMs !== undefined).length).toBeGreaterThan(5);
  });
});

describe('the hall of a rush', () => {
  it.each([1, 7, 500, 20_000])('has %i seats that can be sold', (seats) => {
    const map = compileSeatMap(rushHall(seats));
    expect(map.count).toBe(seats);
  });

  it('makes people meet: they choose among the few best that look free', () => {
    const hall = hallKnowledge(rushHall(500));
    const statuses = new Uint8Array(500);
    const firsts = new Set(Array.from({ length: 100 }, (_, i) => pickSeats(hall, statuses, 1, i / 100)[0]));
    expect(firsts).toEqual(new Set(hall.wanted.slice(0, 12)));
  });

  it('lets a party sit side by side in one row, around what is taken', () => {
    const hall = hallKnowledge(rushHall(500));
    const statuses = new Uint8Array(500);
    const best = hall.wanted[0]!;
    statuses[best + 1] = 2;
    expect(pickSeats(hall, statuses, 3, 0)).toEqual([best, best - 1, best - 2]);
    expect(pickSeats(hall, statuses.fill(2), 3, 0)).toEqual([]);
  });
});

describe('the options of a rush', () => {
  it('have the usual values where none are given', () => {
    expect(readOptions(['--seed', '5'])).toMatchObject({ clients: 1_000, seats: 500, durationMs: 60_000, seed: 5 });
    expect(readOptions(['--help'])).toBe('help');
  });

  it.each([
    [['--clients', 'many'], '--clients is a whole number'],
    [['--url', 'http://127.0.0.1:1'], 'go together'],
    [['--showtime', 'x'], '--showtime needs --url'],
    [['--url', 'wss://x', '--database', 'y'], 'http:// address'],
    [['--clients', '40000', '--processes', '1'], '--processes 3 or more'],
    [['--bogus'], 'bogus'],
  ])('are refused in words: %j', (argv, words) => {
    expect(() => readOptions(argv)).toThrow(words);
  });
});
