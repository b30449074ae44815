import type pg from 'pg';
import { rushHall } from '../../bench/rush/hall.js';
import { openSale } from '../../bench/rush/showtime.js';
import type { Accounts } from './accounts.js';

/** One showtime that is on sale. */
export interface Sale {
  readonly id: string;
  readonly labels: readonly string[];
  /** No new visitors come; those who are there leave. */
  isOver: boolean;
  /** Visitors and watchers who are in. */
  present: number;
}

/** Sold so far, a house is closed, and another opened in its place: what fills up is refused more and more. */
const SOLD_SHARE_MAX = 0.6;

/**
 * So many showtimes at a time. One that is nearly sold is replaced by a new one; when the last visitor has left it, it is
 * moved to yesterday, so that listings stay as long as they are, and its actors are left to fall asleep.
 */
export class Programme {
  readonly sales: Sale[] = [];
  /** Showtimes that were opened, in all. */
  opened = 0;
  readonly #leaving = new Set<Sale>();
  readonly #pool: pg.Pool;
  readonly #accounts: Accounts;
  readonly #labels: readonly string[];
  readonly #holdTtlsMs: readonly number[];

  /** @param holdTtlsMs of the showtimes, in turn: short holds often end by time, long ones outlast a look at all places. */
  constructor(pool: pg.Pool, accounts: Accounts, seats: number, holdTtlsMs: readonly number[]) {
    this.#pool = pool;
    this.#accounts = accounts;
    this.#holdTtlsMs = holdTtlsMs;
    this.#labels = rushHall(seats).seats.label;
  }

  async open(showtimes: number): Promise<void> {
    for (let i = 0; i < showtimes; i++) this.sales.push(await this.#next());
  }

  /** To be called now and then. */
  async turn(): Promise<void> {
    for (const [i, sale] of this.sales.entries()) {
      if (this.#accounts.bookingsOf(sale.id).seats < SOLD_SHARE_MAX * sale.labels.length) continue;
      this.sales[i] = await this.#next();
      sale.isOver = true;
      this.#leaving.add(sale);
    }
    for (const sale of this.#leaving) {
      if (sale.present > 0) continue;
      this.#leaving.delete(sale);
      await this.#pool.query("UPDATE boxoffice.showtimes SET starts_at = now() - interval '1 day' WHERE id = $1", [
        sale.id,
      ]);
    }
  }

  async #next(): Promise<Sale> {
    const ttlMs = this.#holdTtlsMs[this.opened++ % this.#holdTtlsMs.length];
    if (ttlMs === undefined) throw new Error('Holds of no length cannot be sold.');
    const id = await openSale(this.#pool, this.#labels.length, ttlMs);
    return { id, labels: this.#labels, isOver: false, present: 0 };
  }
}
