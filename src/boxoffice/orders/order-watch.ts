import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import type { Reads } from '../catalogue/reads.js';
import { repeatLogged } from '../repeat.js';
import { ORDER_TIMES } from './order-times.js';

const EVERY_MS = 10_000;

/** What is under way in all of the database, as of the last look. */
export interface OrdersUnderWay {
  readonly drafts: number;
  readonly awaitingPayment: number;
  /** Neither seats nor a refund was decided for them yet. */
  readonly paid: number;
  /** Of those, the ones that have waited for too long. */
  readonly hanging: number;
  /** Cancelled or expired, and their holds are not all given back. */
  readonly holdsDue: number;
  readonly refundsPending: number;
  /** For how long the oldest of them has waited. */
  readonly refundsOldestMs: number;
}

const NOTHING: OrdersUnderWay = {
  ...{ drafts: 0, awaitingPayment: 0, paid: 0, hanging: 0 },
  ...{ holdsDue: 0, refundsPending: 0, refundsOldestMs: 0 },
};

/** Reads for the metrics what is under way. It does nothing about it: the monitor does. */
export class OrderWatch {
  readonly #db: Reads;
  #reading = NOTHING;

  constructor(db: Reads) {
    this.#db = db;
  }

  get reading(): OrdersUnderWay {
    return this.#reading;
  }

  /** Returns the stop. */
  start(timers: Timers, log: Log): () => Promise<void> {
    const message = 'What is under way of orders could not be read for the metrics.';
    return repeatLogged(timers, EVERY_MS, { log, event: 'order.not_watched', message }, () => this.look());
  }

  /** By the indexes over what is under way, of which there is little at any time. */
  async look(): Promise<void> {
    const { rows } = await this.#db.query<OrdersUnderWay>(
      `SELECT o.*, h.*, r.*
         FROM (SELECT count(*) FILTER (WHERE state = 'draft')::int AS drafts,
                      count(*) FILTER (WHERE state = 'awaiting_payment')::int AS "awaitingPayment",
                      count(*) FILTER (WHERE state = 'paid')::int AS paid,
                      count(*) FILTER (WHERE state = 'paid' AND paid_at < clock_timestamp() - $1 * interval '1 millisecond')::int AS hanging
                 FROM boxoffice.orders WHERE state IN ('draft', 'awaiting_payment', 'paid')) o,
              (SELECT count(*)::int AS "holdsDue" FROM boxoffice.orders WHERE holds_due_at IS NOT NULL) h,
              (SELECT count(*)::int AS "refundsPending",
                      coalesce(extract(epoch FROM clock_timestamp() - min(created_at)) * 1000, 0)::float8 AS "refundsOldestMs"
                 FROM boxoffice.refunds WHERE state = 'pending') r`,
      [ORDER_TIMES.hangsMs],
    );
    this.#reading = rows[0] ?? NOTHING;
  }
}
