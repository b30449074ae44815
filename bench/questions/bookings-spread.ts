import { compareBookings } from '../journal/bookings.js';
import type { Benchmark } from '../suite/benchmark.js';

const SCALE = { buyers: 400, buyersPerLine: 2, showtimes: 200, seats: 1_200 };

/** The same over many showtimes, which is the easy case for row locks: two buyers each, over one connection. */
export const bookingsSpread: Benchmark = {
  name: 'bookings-spread',
  question: `durable bookings of two seats over ${SCALE.showtimes} showtimes, ${SCALE.buyers} orders under way`,
  run: (stage) => compareBookings(stage, { ...SCALE, anew: false, goal: { atLeast: 8 } }),
};
