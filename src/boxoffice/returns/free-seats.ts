import type { Pool } from 'pg';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import type { HouseDesk } from '../house-desk-port.js';
import { uuidV5 } from '../orders/derived-ids.js';
import { repeatLogged } from '../repeat.js';

const LOOK_MS = 1_000;
const LIMIT = 50;
/** For so long the node that took a return on itself has it alone. */
const CLAIM = '30 seconds';
const WAIT_S_MAX = 900;
/** From so many tries on an operator is told. */
const TRIES_TOLD = 5;

interface FreeSeatsOptions {
  readonly pool: Pool;
  readonly desk: HouseDesk;
  readonly log: Log;
}

interface Claimed {
  readonly id: string;
  readonly orderId: string;
  readonly tries: number;
}

/** A booking that has seats of a return, as the database has it. */
interface BookingToFree {
  readonly holder: string;
  readonly orderId: string;
  readonly number: number;
  readonly showtimeId: string;
  readonly bookingId: string;
  /** Whether all of its lines were returned by now. */
  readonly isWhole: boolean;
  /** Of the journal: where its owners sit now. Null: it does not have the booking. */
  readonly seats: readonly number[] | null;
  /** Its lines that are not freed, in the order of its seats, with the price of each; `isMine`: the return is for it. */
  readonly lines: readonly { readonly isMine: boolean; readonly price: number }[];
}

/**
 * Has houses free the seats of what was returned, until they have. A return whose seats are not free yet is a row without
 * `freed_at`: any node goes on with it.
 *
 * Of one order the returns are done one after the other: the lines that are not freed are then, place by place, the seats that the
 * booking has now. A command has an id made of the return and its seats, so a repeat has no second effect.
 */
export class FreeSeats {
  readonly #options: FreeSeatsOptions;
  readonly #running = new Set<Promise<void>>();

  constructor(options: FreeSeatsOptions) {
    this.#options = options;
  }

  /** Returns the stop. */
  start(timers: Timers): () => Promise<void> {
    const message = 'Returns could not be read. They are read again in a second.';
    const failure = { log: this.#options.log, event: 'returns.look_failed', message };
    const stop = repeatLogged(timers, LOOK_MS, failure, () => this.look());
    return async () => {
      await stop();
      await this.idle();
    };
  }

  /** One round: all that is due. */
  async look(): Promise<void> {
    const { rows } = await this.#options.pool.query<Claimed>(
      `UPDATE boxoffice.returns SET try_after = clock_timestamp() + interval '${CLAIM}', tries = tries + 1
        WHERE id IN (SELECT id FROM boxoffice.returns r
                      WHERE freed_at IS NULL AND try_after <= clock_timestamp() AND ${IS_FIRST}
                      ORDER BY try_after LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id, order_id AS "orderId", tries`,
      [LIMIT],
    );
    await Promise.all(rows.map((one) => this.#free(one)));
  }

  /** Starts at once with what was just decided. What fails here is found by `look`. */
  begin(returnId: string): void {
    const work = this.#begin(returnId).finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #begin(id: string): Promise<void> {
    try {
      const { rows } = await this.#options.pool.query<Claimed>(
        `SELECT id, order_id AS "orderId", tries FROM boxoffice.returns r WHERE id = $1 AND freed_at IS NULL AND ${IS_FIRST}`,
        [id],
      );
      for (const one of rows) await this.#free(one);
    } catch (err) {
      this.#options.log.warn({ event: 'returns.not_begun', err }, 'Seats of a return are freed a little later.');
    }
  }

  async #free({ id, orderId, tries }: Claimed): Promise<void> {
    const { pool, log } = this.#options;
    try {
      const bookings = await readBookings(pool, id);
      const done = await Promise.all(bookings.map((booking) => this.#freeOne(id, booking)));
      const stuck = done.find((one) => one !== undefined);
      if (stuck === undefined) return await noteFreed(pool, id);
      if (tries >= TRIES_TOLD) {
        const fields = { event: 'returns.seats_not_free', returnId: id, orderId, tries, why: stuck };
        log.error(fields, 'The house does not free seats that were returned. It is asked again.');
      }
      const waitS = Math.min(2 ** Math.min(tries, 12), WAIT_S_MAX);
      await pool.query(
        `UPDATE boxoffice.returns SET try_after = clock_timestamp() + $2 * interval '1 second' WHERE id = $1`,
        [id, waitS],
      );
    } catch (err) {
      const fields = { event: 'returns.will_retry', returnId: id, orderId, tries, err };
      log.warn(fields, 'Seats that were returned could not be freed. It is tried again.');
    }
  }

  /** Undefined: its seats are free. Else why they are not. */
  async #freeOne(returnId: string, booking: BookingToFree): Promise<string | undefined> {
    const { holder, orderId, number, showtimeId, bookingId, isWhole, seats, lines } = booking;
    const { desk } = this.#options;
    const cancel = { type: 'cancel', holder, bookingId, asStaff: true, orderId } as const;
    if (isWhole) return whyNot(await desk.ask(showtimeId, cancel, uuidV5(returnId, `cancel:${number}`)));
    const mine = lines.filter(({ isMine }) => isMine);
    // The house had freed them, and the node that asked it died before it wrote that down.
    if (seats?.length === lines.length - mine.length) return undefined;
    if (seats?.length !== lines.length) return 'seats_differ';
    const house = await desk.open(showtimeId);
    if (!house.ok) return house.error.code;
    const { label } = house.terms.map.data.seats;
    const labels = lines.flatMap(({ isMine }, place) => (isMine ? [label[seats[place] ?? -1] ?? ''] : []));
    const amount = mine.reduce((sum, { price }) => sum + price, 0);
    const id = uuidV5(returnId, `cancel:${number}:${JSON.stringify(labels)}`);
    return whyNot(await desk.ask(showtimeId, { ...cancel, seats: labels, amount }, id));
  }
}

/** Earlier returns of the order come first. */
const IS_FIRST = `NOT EXISTS (SELECT FROM boxoffice.returns e WHERE e.order_id = r.order_id AND e.number < r.number AND e.freed_at IS NULL)`;

function whyNot(outcome: Awaited<ReturnType<HouseDesk['ask']>>): string | undefined {
  if (outcome.ok) return undefined;
  if (!('refusal' in outcome)) return outcome.failure;
  const { code } = outcome.refusal;
  return code === 'booking_cancelled' || code === 'unknown_booking' ? undefined : code;
}

async function readBookings(pool: Pool, returnId: string): Promise<BookingToFree[]> {
  const { rows } = await pool.query<BookingToFree>(
    `SELECT o.holder, b.order_id AS "orderId", b.number, b.showtime_id AS "showtimeId", b.booking_id AS "bookingId",
            bool_and(l.state = 'returned') AS "isWhole",
            (SELECT u.seats FROM usher.bookings u WHERE u.id = b.booking_id) AS seats,
            json_agg(json_build_object('isMine', l.line = ANY (r.lines), 'price', l.price) ORDER BY l.line)
              FILTER (WHERE NOT EXISTS (
                SELECT FROM boxoffice.returns f WHERE f.order_id = l.order_id AND f.freed_at IS NOT NULL AND l.line = ANY (f.lines)))
              AS lines
       FROM boxoffice.returns r
       JOIN boxoffice.orders o ON o.id = r.order_id
       JOIN boxoffice.order_bookings b ON b.order_id = r.order_id
       JOIN boxoffice.order_lines l ON l.order_id = b.order_id AND l.booking_number = b.number
      WHERE r.id = $1
      GROUP BY o.holder, b.order_id, b.number, b.showtime_id, b.booking_id
     HAVING bool_or(l.line = ANY (r.lines))`,
    [returnId],
  );
  return rows;
}

async function noteFreed(pool: Pool, returnId: string): Promise<void> {
  await pool.query('UPDATE boxoffice.returns SET freed_at = clock_timestamp() WHERE id = $1', [returnId]);
}
