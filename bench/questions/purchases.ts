import { comparePurchases } from '../journal/purchases.js';
import type { Benchmark } from '../suite/benchmark.js';

/** As of the bare bookings over many showtimes, beside which they are measured. */
const SCALE = { buyers: 400, showtimes: 200, seats: 1_600 };

/**
 * Hold, order, payment, booking, tickets and what follows from them, each acknowledged after Postgres has it.
 */
export const purchases: Benchmark = {
  name: 'purchases',
  question: `whole purchases of two seats over ${SCALE.showtimes} showtimes, ${SCALE.buyers} under way, beside bare bookings and Express`,
  run: (stage) => comparePurchases(stage, SCALE),
};
