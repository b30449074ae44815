import type { Reads } from '../catalogue/reads.js';
import { type Row, report } from './report.js';
import { FILTER, filterName, ROWS_MAX, SPAN, spanError, tooManyRows } from './report-query.js';
import { calendarsOf } from './revenue.js';

/** Each showtime has seats, which are counted one by one. */
const DAYS_MAX = 93;

interface Counted {
  readonly showtime: string;
  readonly startsAt: Date;
  readonly movie: string;
  readonly venue: string;
  readonly hall: string;
  readonly cancelled: boolean;
  readonly seats: number;
  readonly blocked: number;
  readonly sold: number;
}

export const occupancy = report({
  name: 'occupancy',
  summary: 'How full the showtimes are that begin on these days.',
  query: { ...SPAN, venue: FILTER.venue, movie: FILTER.movie },
  columns: [
    { name: 'showtime', kind: 'text' },
    { name: 'startsAt', kind: 'text' },
    { name: 'movie', kind: 'text', about: 'Its id.' },
    { name: 'venue', kind: 'text' },
    { name: 'hall', kind: 'text' },
    { name: 'cancelled', kind: 'flag' },
    { name: 'seats', kind: 'number' },
    { name: 'blocked', kind: 'number', about: 'Taken off sale by staff.' },
    { name: 'sold', kind: 'number' },
    { name: 'percent', kind: 'number', about: 'Sold of what is on sale, to a tenth.' },
  ],
  fileName: ({ from, to, venue, movie }) => `occupancy-${from}-${to}${filterName({ venue, movie })}`,
  read: async (db, { from, to, venue, movie }) => {
    const error = spanError({ from, to }, DAYS_MAX);
    if (error) return { ok: false, error };
    const rows = await count(db, { from, to }, venue, movie);
    return rows.length > ROWS_MAX ? { ok: false, error: tooManyRows() } : { ok: true, rows: rows.map(shown) };
  },
});

async function count(db: Reads, span: { from: string; to: string }, venue?: string, movie?: string) {
  const calendars = await calendarsOf(db, span, 'day');
  const { rows } = await db.query<Counted>(
    `SELECT t.id AS showtime, t.starts_at AS "startsAt", t.movie_id AS movie, h.venue_id AS venue, t.hall_id AS hall,
            t.cancelled_at IS NOT NULL AS cancelled, m.seats,
            (SELECT count(*)::int FROM usher.blocked_seats b WHERE b.showtime_id = t.id) AS blocked,
            (SELECT count(*)::int FROM usher.booking_seats b WHERE b.showtime_id = t.id) AS sold
       FROM unnest($1::text[], $2::int[], $3::timestamptz[], $4::timestamptz[]) AS day (zone, cutoff, since, until)
       JOIN boxoffice.venues v ON v.time_zone = day.zone AND v.day_cutoff_hour = day.cutoff
       JOIN boxoffice.halls h ON h.venue_id = v.id
       JOIN boxoffice.showtimes t ON t.hall_id = h.id AND t.starts_at >= day.since AND t.starts_at < day.until
       JOIN boxoffice.seat_maps m ON m.hash = t.seat_map_hash
      WHERE ($5::text IS NULL OR v.id = $5) AND ($6::text IS NULL OR t.movie_id = $6)
      ORDER BY t.starts_at, t.id LIMIT $7`,
    [
      calendars.map(({ timeZone }) => timeZone),
      calendars.map(({ dayCutoffHour }) => dayCutoffHour),
      calendars.map(({ bounds }) => new Date(bounds[0] ?? 0)),
      calendars.map(({ bounds }) => new Date(bounds.at(-1) ?? 0)),
      venue ?? null,
      movie ?? null,
      ROWS_MAX + 1,
    ],
  );
  return rows;
}

function shown({ startsAt, ...row }: Counted): Row {
  const onSale = row.seats - row.blocked;
  const percent = onSale > 0 ? Math.round((row.sold / onSale) * 1_000) / 10 : 0;
  return { ...row, startsAt: startsAt.toISOString(), percent };
}
