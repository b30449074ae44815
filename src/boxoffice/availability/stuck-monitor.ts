import type { Pool } from 'pg';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import { repeat } from '../repeat.js';
import { RoundRobin } from './round-robin.js';
import { findStuckBookings, purgeHoldsOfThePast, type StuckBookings } from './stuck-bookings.js';

export interface StuckMonitorOptions {
  /** The primary. */
  readonly pool: Pick<Pool, 'query'>;
  readonly timers: Timers;
  readonly log: Log;
  /** Showtimes whose actor runs here. */
  readonly running: () => readonly string[];
  readonly everyMs?: number;
  readonly showtimesPerRound?: number;
}

/** Looks for what got stuck every few minutes, says how much of it there is, and removes what is certainly dead. */
export class StuckMonitor {
  readonly #options: StuckMonitorOptions;
  readonly #turns = new RoundRobin();
  readonly #stop: () => Promise<void>;
  #found: (StuckBookings & { readonly purgedHolds: number }) | undefined;
  #isStopped = false;

  constructor(options: StuckMonitorOptions) {
    this.#options = options;
    this.#stop = repeat(options.timers, options.everyMs ?? 5 * 60_000, () => this.#look());
  }

  /** What the last look found; undefined before the first. */
  get found(): (StuckBookings & { readonly purgedHolds: number }) | undefined {
    return this.#found;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#stop();
  }

  async #look(): Promise<void> {
    const { pool, log, running, showtimesPerRound = 50 } = this.#options;
    try {
      const purgedHolds = await purgeHoldsOfThePast(pool);
      const ids = running();
      const stuck = await findStuckBookings(pool, new Set(ids), this.#turns.next(ids, showtimesPerRound));
      this.#found = { ...stuck, purgedHolds };
      // Expired holds elsewhere are as they should be: they wait for somebody to open their showtime.
      const isWrong = stuck.expiredHoldsHere + stuck.bookingsWithoutSeats + stuck.seatsWithoutBooking > 0;
      log[isWrong ? 'warn' : 'info'](
        { event: 'bookings.searched', ...this.#found },
        'The search for stuck bookings ended.',
      );
    } catch (error) {
      if (!this.#isStopped)
        log.warn(
          { event: 'bookings.not_searched', err: error },
          'The search for stuck bookings failed. The node retries later.',
        );
    }
  }
}
