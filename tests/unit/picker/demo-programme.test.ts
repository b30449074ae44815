// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { dayName, ownTime, time } from '../../../client-sdk/demo/formats.js';
import { priceLines } from '../../../client-sdk/demo/price-lines.js';
import { arrangeProgramme, priceFrom } from '../../../client-sdk/demo/programme.js';
import type { ShowtimeView } from '../../../src/protocol/http.js';
import { smallHouse } from './small-house.js';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

document.documentElement.lang = 'en';

const BERLIN = { id: 'v', name: 'Palace', city: 'Hamburg', timeZone: 'Europe/Berlin', dayCutoffHour: 6 };
const TOKYO = { id: 'w', name: 'Kan', city: 'Tokyo', timeZone: 'Asia/Tokyo', dayCutoffHour: 6 };

/** @param local what the clocks of the venue show, so many hours ahead of UTC; `day` as the server would have it. */
function showtime(id: string, movie: string, local: string, ahead = 2, venue = BERLIN): ShowtimeView {
  const shown = Date.parse(`${local}:00Z`);
  return {
    id,
    movie: { id: movie, title: movie.toUpperCase() },
    venue,
    hall: { id: 'h', name: 'H' },
    startsAt: new Date(shown - ahead * 3_600_000).toISOString(),
    startsAtLocal: `${local}:00`,
    day: new Date(shown - 6 * 3_600_000).toISOString().slice(0, 10),
    seatMap: { hash: 'x', url: '/x', seats: 1 },
    prices: [],
    live: { url: '/' },
  };
}
const NOON_IN_BERLIN = Date.parse('2026-06-01T10:00:00Z');

test('the programme goes by day, then film, then time, and leaves out what has begun', () => {
  const days = arrangeProgramme(
    [],
    [
      showtime('late', 'b', '2026-06-01T20:00'),
      showtime('early', 'a', '2026-06-01T14:00'),
      showtime('later', 'a', '2026-06-01T21:00'),
      showtime('tomorrow', 'a', '2026-06-02T14:00'),
      showtime('over', 'c', '2026-06-01T11:00'),
    ],
    NOON_IN_BERLIN,
  );
  const ids = ({ venues }: (typeof days)[0]['films'][0]) =>
    venues.flatMap(({ showtimes }) => showtimes.map(({ id }) => id));
  expect(days.map(({ films }) => films.map((film) => [film.title, ids(film)]))).toEqual([
    [
      ['A', ['early', 'later']],
      ['B', ['late']],
    ],
    [['A', ['tomorrow']]],
  ]);
});

test('what begins in the small hours stands under the evening before, by the day of the venue and not of the browser', () => {
  const night = showtime('night', 'a', '2026-06-02T00:15');
  const at = (now: string) => arrangeProgramme([], [night], Date.parse(now))[0];
  expect(at('2026-06-01T10:00:00Z')).toMatchObject({ day: '2026-06-01', today: '2026-06-01' });
  // A quarter past midnight in Hamburg: it is still the evening of the first.
  expect(at('2026-06-01T22:15:00Z')).toMatchObject({ day: '2026-06-01', today: '2026-06-01' });
  expect(dayName('2026-06-01', '2026-06-01')).toBe('Today');
  expect([dayName('2026-06-02', '2026-06-01'), dayName('2026-06-03', '2026-06-01')]).toEqual(['Tomorrow', 'Wednesday']);
  // A weekday says which day only within a week.
  expect([dayName('2026-06-07', '2026-06-01'), dayName('2026-06-08', '2026-06-01')]).toEqual(['Sunday', 'Jun 8']);
});

test('each venue has its own showtimes under its own name', () => {
  const [day] = arrangeProgramme(
    [],
    [showtime('here', 'a', '2026-06-01T20:00'), showtime('there', 'a', '2026-06-01T21:00', 9, TOKYO)],
    NOON_IN_BERLIN,
  );
  const venues = day?.films[0]?.venues ?? [];
  expect(venues.map(({ name, city, showtimes }) => [name, city, showtimes.map(({ id }) => id)])).toEqual([
    ['Kan', 'Tokyo', ['there']],
    ['Palace', 'Hamburg', ['here']],
  ]);
});

test('times are those of the venue, and the visitor’s own stand beside them where they differ', () => {
  // The zone of whoever runs this, whatever it is: a venue whose clocks show the same, and one that is a day ahead.
  const startsAt = '2026-06-01T18:00:00Z';
  const instant = new Date(startsAt);
  const own = new Date(instant.getTime() - instant.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  expect(time('2026-06-01T20:00:00')).toBe('08:00 PM');
  expect(ownTime({ startsAt, startsAtLocal: own })).toBeUndefined();
  const ahead = new Date(Date.parse(`${own}Z`) + 86_400_000).toISOString().slice(0, 19);
  expect(ownTime({ startsAt, startsAtLocal: ahead })).toMatch(/^[A-Z][a-z]+day \d\d:\d\d [AP]M your time$/);
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
