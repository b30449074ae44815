import type { Pool } from 'pg';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import { repeatLogged } from '../repeat.js';
import type { Returns } from './returns.js';

const LOOK_MS = 1_000;
const BATCH = 100;
const AT_ONCE = 4;
/** For so long the node that goes through the orders of a showtime has it alone; it says so again with each batch. */
const CLAIM = '30 seconds';
/**
 * Orders that were being paid while the showtime was cancelled can be fulfilled a little later: the showtime is looked at for an
 * hour, and for as long as an order of it is under way.
 */
const WATCHED = '1 hour';
const AGAIN = '10 seconds';

interface CancelledShowtimesOptions {
  readonly pool: Pool;
  readonly returns: Pick<Returns, 'refundShowtime'>;
  readonly log: Log;
}

/**
 * Refunds every order of a cancelled showtime, each in a transaction of its own. Where it stands is in the orders themselves: what
 * was refunded has no seats left in the showtime. So a node that dies leaves nothing half done, another one goes on where it
 * stopped, and two at once do each order once.
 */
export class CancelledShowtimes {
  readonly #options: CancelledShowtimesOptions;
  #isStopped = false;

  constructor(options: CancelledShowtimesOptions) {
    this.#options = options;
  }

  /** Returns the stop. */
  start(timers: Timers): () => Promise<void> {
    const message = 'Cancelled showtimes could not be read. They are read again in a second.';
    const failure = { log: this.#options.log, event: 'showtime_refunds.look_failed', message };
    const stop = repeatLogged(timers, LOOK_MS, failure, () => this.look());
    return async () => {
      this.#isStopped = true;
      await stop();
    };
  }

  /** One round: all showtimes that are due. */
  async look(): Promise<void> {
    const { rows } = await this.#options.pool.query<{ id: string }>(
      `UPDATE boxoffice.showtime_refunds SET look_after = clock_timestamp() + interval '${CLAIM}'
        WHERE showtime_id IN (SELECT showtime_id FROM boxoffice.showtime_refunds
                               WHERE done_at IS NULL AND look_after <= clock_timestamp()
                               ORDER BY look_after LIMIT 10 FOR UPDATE SKIP LOCKED)
       RETURNING showtime_id AS id`,
    );
    for (const { id } of rows) await this.#refundAll(id);
  }

  async #refundAll(showtimeId: string): Promise<void> {
    const { pool, log } = this.#options;
    let refunded = 0;
    let failed = 0;
    let after: string | undefined;
    for (;;) {
      const ids = await nextOrders(pool, showtimeId, after);
      if (ids.length === 0) break;
      after = ids.at(-1);
      for (let at = 0; at < ids.length; at += AT_ONCE) {
        if (this.#isStopped) return;
        const done = await Promise.all(ids.slice(at, at + AT_ONCE).map((id) => this.#refund(id, showtimeId)));
        refunded += done.filter(Boolean).length;
        failed += done.filter((isDone) => !isDone).length;
      }
      await pool.query(
        `UPDATE boxoffice.showtime_refunds SET look_after = clock_timestamp() + interval '${CLAIM}' WHERE showtime_id = $1`,
        [showtimeId],
      );
    }
    if (refunded + failed > 0) {
      const fields = { event: 'showtime_refunds.round', showtimeId, refunded, failed };
      log.info(fields, 'Orders of a cancelled showtime were refunded.');
    }
    await endOrLookAgain(pool, showtimeId);
  }

  async #refund(orderId: string, showtimeId: string): Promise<boolean> {
    const { returns, log } = this.#options;
    try {
      await returns.refundShowtime(orderId, showtimeId);
      return true;
    } catch (err) {
      const fields = { event: 'showtime_refunds.order_failed', orderId, showtimeId, err };
      log.error(fields, 'An order of a cancelled showtime could not be refunded. It is tried again.');
      return false;
    }
  }
}

/** Orders that still have seats of the showtime, by their ids. */
async function nextOrders(pool: Pool, showtimeId: string, after: string | undefined): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT DISTINCT o.id FROM boxoffice.order_bookings b JOIN boxoffice.orders o ON o.id = b.order_id
      WHERE b.showtime_id = $1 AND b.status = 'confirmed' AND o.state IN ('fulfilled', 'partly_refunded', 'refunded')
        AND ($2::uuid IS NULL OR o.id > $2)
      ORDER BY o.id LIMIT $3`,
    [showtimeId, after ?? null, BATCH],
  );
  return rows.map(({ id }) => id);
}

async function endOrLookAgain(pool: Pool, showtimeId: string): Promise<void> {
  await pool.query(
    `UPDATE boxoffice.showtime_refunds s
        SET look_after = clock_timestamp() + interval '${AGAIN}',
            done_at = CASE WHEN created_at < clock_timestamp() - interval '${WATCHED}' AND NOT EXISTS (
              SELECT FROM boxoffice.order_bookings b JOIN boxoffice.orders o ON o.id = b.order_id
               WHERE b.showtime_id = s.showtime_id
                 AND (o.state IN ('draft', 'awaiting_payment', 'paid')
                      OR b.status = 'confirmed' AND o.state IN ('fulfilled', 'partly_refunded', 'refunded')))
              THEN clock_timestamp() END
      WHERE showtime_id = $1`,
    [showtimeId],
  );
}
