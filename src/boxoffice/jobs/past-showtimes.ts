import type { ScheduledJob } from './job.js';

const ROWS = 200;

/**
 * Cleans up what began so many days ago. A showtime that nobody booked or ordered is deleted, and with it its movie where that
 * has no other showtime and is out. One with sales is kept for the books and not listed any more; nor is a movie that has no others.
 */
export function pastShowtimes(days: number, changed: () => void): ScheduledJob {
  return {
    name: 'past_showtimes',
    everyMs: 3_600_000,
    committed: changed,
    batch: async (client) => {
      const { rows } = await client.query<{ id: string; movie: string; isSold: boolean }>(
        `SELECT t.id, t.movie_id AS movie,
                EXISTS (SELECT FROM usher.bookings b WHERE b.showtime_id = t.id)
                OR EXISTS (SELECT FROM boxoffice.order_bookings b WHERE b.showtime_id = t.id)
                OR EXISTS (SELECT FROM boxoffice.archived_entries e WHERE e.showtime = t.id) AS "isSold"
           FROM boxoffice.showtimes t
          WHERE t.unlisted_at IS NULL AND t.starts_at < clock_timestamp() - make_interval(days => $1)
          ORDER BY t.starts_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED`,
        [days, ROWS],
      );
      const unsold = rows.filter(({ isSold }) => !isSold).map(({ id }) => id);
      const sold = rows.filter(({ isSold }) => isSold).map(({ id }) => id);
      const movies = [...new Set(rows.map(({ movie }) => movie))];
      await client.query('DELETE FROM boxoffice.showtimes WHERE id = ANY ($1::uuid[])', [unsold]);
      await client.query('UPDATE boxoffice.showtimes SET unlisted_at = clock_timestamp() WHERE id = ANY ($1::uuid[])', [
        sold,
      ]);
      await client.query(
        `DELETE FROM boxoffice.movies m
          WHERE m.id = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM boxoffice.showtimes t WHERE t.movie_id = m.id)
            AND coalesce(m.release_date < current_date - $2::int, true)`,
        [movies, days],
      );
      await client.query(
        `UPDATE boxoffice.movies m SET unlisted_at = clock_timestamp()
          WHERE m.id = ANY ($1::text[]) AND m.unlisted_at IS NULL
            AND EXISTS (SELECT FROM boxoffice.showtimes t WHERE t.movie_id = m.id)
            AND NOT EXISTS (SELECT FROM boxoffice.showtimes t WHERE t.movie_id = m.id AND t.unlisted_at IS NULL)`,
        [movies],
      );
      return { done: rows.length, isMore: rows.length === ROWS };
    },
  };
}
