import type { Pool, PoolClient } from 'pg';
import type { OfferView } from '../../core/reply.js';
import type { Wish } from '../../core/waitlist/waiting.js';
import { inTransaction } from '../halls/hall-store.js';
import type { Bounds, Entry, EntryState, NewEntry, NotAdded, WaitlistStore } from './waitlist-store-port.js';

interface Row {
  readonly id: string;
  readonly showtime_id: string;
  readonly holder: string;
  readonly account_id: string | null;
  readonly email: string;
  readonly locale: string;
  readonly wish: Wish;
  readonly state: EntryState;
  readonly hold_id: string;
  readonly seats: readonly string[];
  readonly place: number;
  readonly joined_at: Date;
  readonly offered_at: Date | null;
  readonly offer_until: Date | null;
  readonly ended_at: Date | null;
}

const COLUMNS =
  'id, showtime_id, holder, account_id, email, locale, wish, state, hold_id, seats, place, joined_at, offered_at, offer_until, ended_at';

export function entryOf(row: Row): Entry {
  return {
    id: row.id,
    showtimeId: row.showtime_id,
    holder: row.holder,
    accountId: row.account_id ?? undefined,
    email: row.email,
    locale: row.locale,
    wish: row.wish,
    state: row.state,
    holdId: row.hold_id,
    seats: row.seats,
    place: row.place,
    joinedAt: row.joined_at.getTime(),
    offeredAt: row.offered_at?.getTime(),
    offerUntil: row.offer_until?.getTime(),
    endedAt: row.ended_at?.getTime(),
  };
}

export class PostgresWaitlistStore implements WaitlistStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  add(entry: NewEntry, bounds: Bounds): Promise<Entry | NotAdded> {
    return inTransaction(this.#pool, async (client) => {
      const result = await add(client, entry, bounds);
      return { result, commit: typeof result === 'object' };
    });
  }

  async takeBack(entryId: string): Promise<boolean> {
    const sql = `DELETE FROM boxoffice.waitlist_entries WHERE id = $1 AND state = 'waiting'`;
    return await this.#changed(sql, [entryId]);
  }

  async find(entryId: string): Promise<Entry | undefined> {
    const sql = `SELECT ${COLUMNS} FROM boxoffice.waitlist_entries WHERE id = $1`;
    const { rows } = await this.#pool.query<Row>(sql, [entryId]);
    return rows[0] && entryOf(rows[0]);
  }

  async line(showtimeId: string): Promise<readonly Entry[]> {
    return await lineOf(this.#pool, showtimeId);
  }

  async offered({ id, holdId, seats, expiresAt }: OfferView): Promise<boolean> {
    const sql = `WITH offered AS (
        UPDATE boxoffice.waitlist_entries
           SET state = 'offered', hold_id = $2, seats = $3, offered_at = clock_timestamp(), offer_until = to_timestamp($4 / 1000.0)
         WHERE id = $1 AND state = 'waiting' RETURNING id)
      INSERT INTO boxoffice.outbox (topic, subject, payload)
      SELECT 'waitlist.offered', 'waitlist:' || id, jsonb_build_object('offerId', id) FROM offered`;
    return await this.#changed(sql, [id, holdId, seats, expiresAt]);
  }

  async ended(entryId: string, end: EntryState): Promise<boolean> {
    const sql = `UPDATE boxoffice.waitlist_entries SET state = $2, ended_at = clock_timestamp()
                  WHERE id = $1 AND state IN ('waiting', 'offered')`;
    return await this.#changed(sql, [entryId, end]);
  }

  async left(entryId: string): Promise<boolean> {
    const sql = `UPDATE boxoffice.waitlist_entries SET state = 'left', ended_at = clock_timestamp()
                  WHERE id = $1 AND state = 'waiting'`;
    return await this.#changed(sql, [entryId]);
  }

  async close(showtimeId: string): Promise<number> {
    const sql = `UPDATE boxoffice.waitlist_entries SET state = 'closed', ended_at = clock_timestamp()
                  WHERE showtime_id = $1 AND state = 'waiting'`;
    return (await this.#pool.query(sql, [showtimeId])).rowCount ?? 0;
  }

  async toCheck(everyMs: number, max: number): Promise<readonly string[]> {
    const sql = `UPDATE boxoffice.waitlists SET checked_at = clock_timestamp()
                  WHERE showtime_id IN (
                    SELECT showtime_id FROM boxoffice.waitlists
                     WHERE is_open AND checked_at < clock_timestamp() - $1 * interval '1 millisecond'
                     ORDER BY checked_at LIMIT $2 FOR UPDATE SKIP LOCKED)
                  RETURNING showtime_id`;
    const { rows } = await this.#pool.query<{ showtime_id: string }>(sql, [everyMs, max]);
    return rows.map(({ showtime_id }) => showtime_id);
  }

  settle(showtimeId: string): Promise<void> {
    return inTransaction(this.#pool, async (client) => {
      // A join at the same time waits for this, and opens the line again.
      await client.query('SELECT FROM boxoffice.waitlists WHERE showtime_id = $1 FOR UPDATE', [showtimeId]);
      await client.query(
        `UPDATE boxoffice.waitlists w SET is_open = false
          WHERE showtime_id = $1 AND NOT EXISTS (
            SELECT FROM boxoffice.waitlist_entries e WHERE e.showtime_id = w.showtime_id AND e.state IN ('waiting', 'offered'))`,
        [showtimeId],
      );
      return { result: undefined, commit: true };
    });
  }

  async #changed(sql: string, values: readonly unknown[]): Promise<boolean> {
    return (await this.#pool.query(sql, [...values])).rowCount === 1;
  }
}

/** Those who wait and those with an offer, in the order of the line. */
export async function lineOf(db: Pick<Pool | PoolClient, 'query'>, showtimeId: string): Promise<readonly Entry[]> {
  const { rows } = await db.query<Row>(
    `SELECT ${COLUMNS} FROM boxoffice.waitlist_entries
      WHERE showtime_id = $1 AND state IN ('waiting', 'offered') ORDER BY place`,
    [showtimeId],
  );
  return rows.map(entryOf);
}

async function add(client: PoolClient, entry: NewEntry, bounds: Bounds): Promise<Entry | NotAdded> {
  const { id, showtimeId, holder, accountId, email, locale, wish, holdId } = entry;
  // Locks the line: bounds are counted, and places given, one after the other.
  const { rowCount } = await client.query(
    `INSERT INTO boxoffice.waitlists (showtime_id) SELECT id FROM boxoffice.showtimes WHERE id = $1
     ON CONFLICT (showtime_id) DO UPDATE SET is_open = true`,
    [showtimeId],
  );
  if (rowCount === 0) return 'unknown_showtime';
  const same = await client.query<Row>(
    `SELECT ${COLUMNS} FROM boxoffice.waitlist_entries
      WHERE showtime_id = $1 AND state IN ('waiting', 'offered') AND holder = $2 AND wish = $3::jsonb`,
    [showtimeId, holder, JSON.stringify(wish)],
  );
  if (same.rows[0]) return entryOf(same.rows[0]);
  const { rows } = await client.query<{ all: number; mine: number; mailed: number }>(
    `SELECT count(*)::int AS all, count(*) FILTER (WHERE holder = $2)::int AS mine, count(*) FILTER (WHERE email = $3)::int AS mailed
       FROM boxoffice.waitlist_entries WHERE showtime_id = $1 AND state IN ('waiting', 'offered')`,
    [showtimeId, holder, email],
  );
  const { all = 0, mine = 0, mailed = 0 } = rows[0] ?? {};
  if (Math.max(mine, mailed) >= bounds.entriesPerPerson) return 'too_many_of_person';
  if (all >= bounds.entriesMax) return 'too_many';
  const added = await client.query<Row>(
    `WITH taken AS (UPDATE boxoffice.waitlists SET places = places + 1 WHERE showtime_id = $2 RETURNING places)
     INSERT INTO boxoffice.waitlist_entries (id, showtime_id, holder, account_id, email, locale, wish, hold_id, place)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, places FROM taken RETURNING ${COLUMNS}`,
    [id, showtimeId, holder, accountId ?? null, email, locale, JSON.stringify(wish), holdId],
  );
  const [row] = added.rows;
  if (!row) throw new Error('An entry was inserted and did not come back.');
  return entryOf(row);
}
