import type { Booking, HouseState } from '../../src/core/house.js';
import { NONE, type SeatMap } from '../../src/core/seat-map.js';
import { seededRandom } from '../rush/random.js';

/** How full a house is, and in which pattern: the ways in which real houses are hard to search. */
export type Fill = (map: SeatMap) => (seat: number) => boolean;

/** Seats are taken at random until only this share, from 0 to 1, is free. */
const random =
  (free: number): Fill =>
  () => {
    const draw = seededRandom(4);
    return () => draw() >= free;
  };

/** Of every `period` seats side by side, the last is taken. */
const everyNth =
  (period: number): Fill =>
  (map) =>
  (seat) =>
    (map.placeInBlock[seat] ?? 0) % period === period - 1;

export const FILLS: Readonly<Record<string, Fill>> = {
  'nothing sold': () => () => false,
  'every second seat sold': everyNth(2),
  'every third seat sold': everyNth(3),
  'every fourth seat sold': everyNth(4),
  'half sold': random(0.5),
  '90 % sold': random(0.1),
  '99 % sold': random(0.01),
  'almost sold out': (map) => random(Math.min(1, 12 / map.count))(map),
  'one block left': (map) => {
    const last = map.blocksByFocal.at(-1);
    return (seat) => map.blockOf[seat] !== last;
  },
  'all but the sofas sold': (map) => (seat) => map.pairOf[seat] === NONE,
  'all but the wheelchair spaces sold': (map) => (seat) => map.isWheelchair[seat] === 0,
  'one category left, in holes': (map) => (seat) => map.categoryOf[seat] === 0 && everyNth(2)(map)(seat),
};

/** The house as Postgres would remember it: what is taken belongs to bookings of two seats, each of another holder. */
export function stateOf(map: SeatMap, fill: Fill): HouseState {
  const isTaken = fill(map);
  const taken: number[] = [];
  for (let seat = 0; seat < map.count; seat++) if (isTaken(seat)) taken.push(seat);
  const bookings: Booking[] = [];
  for (let first = 0; first < taken.length; first += 2) {
    const seats = taken.slice(first, first + 2);
    const price = { amount: 0, currency: 'EUR' };
    const number = bookings.length;
    bookings.push({
      id: `booking-${number}`,
      reference: `R${number}`,
      holder: `holder-${number}`,
      holdId: `hold-${number}`,
      seats,
      price,
      status: 'confirmed',
    });
  }
  return { holds: [], bookings, blocked: [] };
}
