import { expect, test } from 'vitest';
import { priceLines } from '../../../client-sdk/demo/price-lines.js';
import { arrangeProgramme, priceFrom } from '../../../client-sdk/demo/programme.js';
import type { ShowtimeView } from '../../../src/protocol/http.js';
import { smallHouse } from './small-house.js';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

function showtime(id: string, movie: string, startsAt: Date): ShowtimeView {
  return {
    id,
    movie: { id: movie, title: movie.toUpperCase() },
    venue: { id: 'v', name: 'V', city: 'C' },
    hall: { id: 'h', name: 'H' },
    startsAt: startsAt.toISOString(),
    seatMap: { hash: 'x', url: '/x', seats: 1 },
    prices: [],
    live: { url: '/' },
  };
}

test('the programme goes by day, then film, then time, and leaves out what has begun', () => {
  const noon = new Date(2026, 5, 1, 12).getTime();
  const at = (hours: number) => new Date(noon + hours * 3_600_000);
  const days = arrangeProgramme(
    [],
    [
      showtime('late', 'b', at(8)),
      showtime('early', 'a', at(2)),
      showtime('later', 'a', at(9)),
      showtime('tomorrow', 'a', at(26)),
      showtime('over', 'c', at(-1)),
    ],
    noon,
  );
  expect(days.map((day) => day.films.map((film) => [film.title, film.showtimes.map(({ id }) => id)]))).toEqual([
    [
      ['A', ['early', 'later']],
      ['B', ['late']],
    ],
    [['A', ['tomorrow']]],
  ]);
});

test('the price from is the lowest', () => {
  const prices = [
    { category: 'x', price: eur(900) },
    { category: 'y', price: eur(700) },
  ];
  expect(priceFrom({ prices })).toEqual(eur(700));
  expect(priceFrom({ prices: [] })).toBeUndefined();
});

const stalls = (seats: readonly string[], amount: number) =>
  priceLines({ seats, price: eur(amount) }, smallHouse, [{ category: 'Stalls', price: eur(1000) }]);

test('an order is broken down by category in the order of the map', () => {
  expect(stalls(['A-2', 'A-1', 'nowhere'], 2000)).toEqual([
    { category: 'Stalls', seats: ['A-1', 'A-2'], each: eur(1000), total: eur(2000) },
  ]);
});

test('an order shows no price that its sum does not have: one without a price, or from before it changed', () => {
  const unpriced = { each: undefined, total: undefined };
  expect(stalls(['C-1', 'A-1'], 1700)).toEqual([
    { category: 'Stalls', seats: ['A-1'], ...unpriced },
    { category: 'Balcony', seats: ['C-1'], ...unpriced },
  ]);
  expect(stalls(['A-1'], 900)).toEqual([{ category: 'Stalls', seats: ['A-1'], ...unpriced }]);
});
