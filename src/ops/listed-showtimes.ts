import type { Pool } from 'pg';

export interface ListedShowtime {
  readonly id: string;
  readonly title: string;
  readonly hall: string;
  readonly startsAt: Date;
  /** Undefined: nobody ever opened it. */
  readonly owner: ShowtimeOwner | undefined;
}

export interface ShowtimeOwner {
  /** The name of the node that claimed it last; it may be gone, or have let go of it since. */
  readonly node: string;
  readonly epoch: number;
}

export interface ShowtimeList {
  /** Today's (UTC) and later ones, in the order in which they start. */
  readonly showtimes: readonly ListedShowtime[];
  /** How many there are, whether listed or not. */
  readonly total: number;
}

interface ShowtimeRow {
  readonly id: string;
  readonly title: string;
  readonly hall: string;
  readonly starts_at: Date;
  readonly node: string | null;
  readonly epoch: string | null;
  readonly total: number;
}

/** `owned`: only those that a node has claimed, and with a name only those of that node. */
export async function listShowtimesWithOwners(
  pool: Pool,
  limit: number,
  owned: boolean | string = false,
): Promise<ShowtimeList> {
  const { rows } = await pool.query<ShowtimeRow>(
    `SELECT s.id, m.title, h.name AS hall, s.starts_at, o.node, o.epoch, count(*) OVER ()::int AS total
       FROM boxoffice.showtimes s
       JOIN boxoffice.movies m ON m.id = s.movie_id
       JOIN boxoffice.halls h ON h.id = s.hall_id
       LEFT JOIN usher.showtime_owners o ON o.showtime_id = s.id
      WHERE s.starts_at >= date_trunc('day', now(), 'UTC')
        AND (NOT $1::boolean OR o.node IS NOT NULL)
        AND ($2::text IS NULL OR o.node = $2)
      ORDER BY s.starts_at, s.id
      LIMIT $3`,
    [owned !== false, typeof owned === 'string' ? owned : null, limit],
  );
  const showtimes = rows.map(({ id, title, hall, starts_at: startsAt, node, epoch }) => ({
    ...{ id, title, hall, startsAt },
    owner: node === null ? undefined : { node, epoch: Number(epoch) },
  }));
  return { showtimes, total: rows[0]?.total ?? 0 };
}

/** Undefined: there is no such showtime. `owner` undefined: nobody ever opened it. */
export async function findOwner(
  pool: Pool,
  showtimeId: string,
): Promise<{ readonly owner: ShowtimeOwner | undefined } | undefined> {
  const { rows } = await pool.query<Pick<ShowtimeRow, 'node' | 'epoch'>>(
    `SELECT o.node, o.epoch FROM boxoffice.showtimes s LEFT JOIN usher.showtime_owners o ON o.showtime_id = s.id
      WHERE s.id = $1`,
    [showtimeId],
  );
  const row = rows[0];
  return row && { owner: row.node === null ? undefined : { node: row.node, epoch: Number(row.epoch) } };
}
