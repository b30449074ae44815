import type { OfferEnd, Wish } from '../../core/waitlist/waiting.js';
import type { Reads } from '../catalogue/reads.js';

type State = 'waiting' | 'offered' | OfferEnd | 'left' | 'closed';

/** An entry as people read it. `ahead`: open entries before it; null where it does not wait. */
export interface ListedEntry {
  readonly id: string;
  readonly showtime_id: string;
  readonly holder: string;
  readonly email: string;
  readonly locale: string;
  readonly wish: Wish;
  readonly state: State;
  readonly hold_id: string;
  readonly seats: readonly string[];
  readonly place: number;
  readonly joined_at: Date;
  readonly offer_until: Date | null;
  readonly ended_at: Date | null;
  readonly ahead: number | null;
}

const AHEAD = `CASE WHEN e.state = 'waiting' THEN (
    SELECT count(*)::int FROM boxoffice.waitlist_entries o
     WHERE o.showtime_id = e.showtime_id AND o.state = 'waiting' AND o.place < e.place) END AS ahead`;
const COLUMNS = `e.id, e.showtime_id, e.holder, e.email, e.locale, e.wish, e.state, e.hold_id, e.seats, e.place, e.joined_at, e.offer_until,
  e.ended_at, ${AHEAD}`;

/** Of one person, the newest first. */
export async function entriesOf(
  db: Reads,
  { holder, accountId }: { readonly holder: string; readonly accountId?: string | undefined },
  max: number,
): Promise<readonly ListedEntry[]> {
  const { rows } = await db.query<ListedEntry>(
    `SELECT ${COLUMNS} FROM boxoffice.waitlist_entries e
      WHERE e.holder = $1 OR e.account_id = $2 ORDER BY e.joined_at DESC, e.id DESC LIMIT $3`,
    [holder, accountId ?? null, max],
  );
  return rows;
}

/** Of one showtime, in the order of the line, behind that place. */
export async function entriesOfShowtime(
  db: Reads,
  showtimeId: string,
  after: number,
  max: number,
): Promise<readonly ListedEntry[]> {
  const { rows } = await db.query<ListedEntry>(
    `SELECT ${COLUMNS} FROM boxoffice.waitlist_entries e
      WHERE e.showtime_id = $1 AND e.place > $2 ORDER BY e.place LIMIT $3`,
    [showtimeId, after, max + 1],
  );
  return rows;
}

/** How many entries of a showtime are in each state; undefined where there is no such showtime. */
export async function countEntries(db: Reads, showtimeId: string): Promise<ReadonlyMap<string, number> | undefined> {
  const { rows } = await db.query<{ state: string | null; count: number }>(
    `SELECT e.state, count(e.id)::int AS count FROM boxoffice.showtimes s
       LEFT JOIN boxoffice.waitlist_entries e ON e.showtime_id = s.id WHERE s.id = $1 GROUP BY e.state`,
    [showtimeId],
  );
  if (rows.length === 0) return undefined;
  return new Map(rows.flatMap(({ state, count }) => (state === null ? [] : [[state, count]])));
}

export async function emailOfAccount(db: Reads, accountId: string): Promise<string | undefined> {
  const sql = 'SELECT email FROM boxoffice.accounts WHERE id = $1';
  return (await db.query<{ email: string }>(sql, [accountId])).rows[0]?.email;
}
