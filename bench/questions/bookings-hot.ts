import { compareBookings } from '../journal/bookings.js';
import type { Benchmark } from '../suite/benchmark.js';

/**
 * Few connections with several orders under way each: who watches is asked by `fan-out`, and at the peer nobody does.
 */
const SCALE = { buyers: 256, buyersPerLine: 4, showtimes: 1, seats: 40_000 };

/** One showtime that everybody buys: one house, one ordered stream, one epoch. A new one for every round. */
export const bookingsHot: Benchmark = {
  name: 'bookings-hot',
  question: `durable bookings of two seats on one showtime of ${SCALE.seats} seats, ${SCALE.buyers} orders under way`,
  run: (stage) => compareBookings(stage, { ...SCALE, anew: true, goal: { atLeast: 40 } }),
};
