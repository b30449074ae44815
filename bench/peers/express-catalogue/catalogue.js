/** The programme as most read it: a join by a prepared statement, rows into objects, for every request. */
const PAGE_MAX = 500;

const SELECT = `
  SELECT s.id, s.movie_id, m.title, v.id AS venue_id, v.name AS venue, v.city, v.time_zone, v.day_cutoff_hour,
         s.hall_id, h.name AS hall, s.starts_at,
         to_char(s.starts_at AT TIME ZONE v.time_zone, 'YYYY-MM-DD"T"HH24:MI:SS') AS local,
         to_char(s.starts_at AT TIME ZONE v.time_zone - make_interval(hours => v.day_cutoff_hour), 'YYYY-MM-DD') AS day,
         s.seat_map_hash, p.seats, s.currency, s.prices
    FROM boxoffice.showtimes s
    JOIN boxoffice.movies m ON m.id = s.movie_id
    JOIN boxoffice.halls h ON h.id = s.hall_id
    JOIN boxoffice.venues v ON v.id = h.venue_id
    JOIN boxoffice.seat_maps p ON p.hash = s.seat_map_hash`;

/** The bounds of a day are made with the zone of the venue; the first two lines let the index on the start help. */
const ofDay = {
  name: 'showtimes-of-day',
  text: `${SELECT}
   WHERE s.starts_at >= $2::date - interval '1 day' AND s.starts_at < $2::date + interval '3 days'
     AND s.starts_at >= ($2::date + make_interval(hours => v.day_cutoff_hour)) AT TIME ZONE v.time_zone
     AND s.starts_at < ($2::date + 1 + make_interval(hours => v.day_cutoff_hour)) AT TIME ZONE v.time_zone
     AND lower(v.city) = lower($1) AND s.cancelled_at IS NULL
   ORDER BY s.starts_at, s.id
   LIMIT ${PAGE_MAX + 1}`,
};
const fromThenOn = {
  name: 'showtimes-from',
  text: `${SELECT}
   WHERE (s.starts_at, s.id) > ($1, $2::uuid) AND s.cancelled_at IS NULL
   ORDER BY s.starts_at, s.id
   LIMIT ${PAGE_MAX + 1}`,
};
const byId = { name: 'showtime', text: `${SELECT} WHERE s.id = $1` };
const movies = {
  name: 'movies',
  text: `
    SELECT id, title, original_title AS "originalTitle", year, runtime_minutes AS "runtimeMinutes", director, genres,
           languages, rating, release_date::text AS "releaseDate", poster_url AS "posterUrl", synopsis
      FROM boxoffice.movies
     ORDER BY lower(title), id`,
};
const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

export async function listDay(pool, city, date) {
  const { rows } = await pool.query({ ...ofDay, values: [city, date] });
  return page(rows);
}

/** @param cursor the `next` of the page before. */
export async function listFrom(pool, from, cursor) {
  const [startsAt, id] = cursor ? JSON.parse(Buffer.from(cursor, 'base64url').toString()) : [from, LOWEST_ID];
  const { rows } = await pool.query({ ...fromThenOn, values: [startsAt, id] });
  return page(rows);
}

export async function find(pool, id) {
  const { rows } = await pool.query({ ...byId, values: [id] });
  return rows[0] && view(rows[0]);
}

export async function listMovies(pool) {
  const { rows } = await pool.query(movies);
  return rows;
}

function page(rows) {
  const showtimes = rows.slice(0, PAGE_MAX).map(view);
  const last = rows.length > PAGE_MAX ? showtimes.at(-1) : undefined;
  const next = last && Buffer.from(JSON.stringify([last.startsAt, last.id])).toString('base64url');
  return { showtimes, next };
}

function view(row) {
  const prices = Object.entries(row.prices).map(([category, amount]) => {
    return { category, price: { amount, currency: row.currency } };
  });
  prices.sort((a, b) => b.price.amount - a.price.amount || a.category.localeCompare(b.category, 'en'));
  return {
    id: row.id,
    movie: { id: row.movie_id, title: row.title },
    venue: {
      id: row.venue_id,
      name: row.venue,
      city: row.city,
      timeZone: row.time_zone,
      dayCutoffHour: row.day_cutoff_hour,
    },
    hall: { id: row.hall_id, name: row.hall },
    startsAt: row.starts_at,
    startsAtLocal: row.local,
    day: row.day,
    seatMap: { hash: row.seat_map_hash, seats: row.seats, url: `/v1/seat-maps/${row.seat_map_hash}` },
    prices,
    live: { url: `/v1/showtimes/${row.id}/live` },
  };
}
