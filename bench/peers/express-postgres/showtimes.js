/** The programme and the seats, as they are read. */
const SHOWTIMES_LISTED_MAX = 500;

const listShowtimes = {
  name: 'list-showtimes',
  text: `
    SELECT s.id, s.movie_id, m.title, v.id AS venue_id, v.name AS venue, v.city, s.hall_id, h.name AS hall,
           s.starts_at, s.seat_map_hash, s.seats, s.prices
      FROM showtimes s
      JOIN movies m ON m.id = s.movie_id
      JOIN halls h ON h.id = s.hall_id
      JOIN venues v ON v.id = h.venue_id
     WHERE s.starts_at >= date_trunc('day', now(), 'UTC')
     ORDER BY s.starts_at, s.id
     LIMIT $1`,
};
/** Those that are taken: the others are free, and say nothing. */
const takenSeats = {
  name: 'taken-seats',
  text: `
    SELECT seat_index, booking_id IS NOT NULL AS booked
      FROM seats
     WHERE showtime_id = $1 AND (booking_id IS NOT NULL OR held_until > now())
     ORDER BY seat_index`,
};

export async function list(pool) {
  const { rows } = await pool.query({ ...listShowtimes, values: [SHOWTIMES_LISTED_MAX] });
  return rows.map((row) => ({
    id: row.id,
    movie: { id: row.movie_id, title: row.title },
    venue: { id: row.venue_id, name: row.venue, city: row.city },
    hall: { id: row.hall_id, name: row.hall },
    startsAt: row.starts_at,
    seatMap: { hash: row.seat_map_hash, url: `/seat-maps/${row.seat_map_hash}`, seats: row.seats },
    prices: row.prices,
    live: { url: `/showtimes/${row.id}/seats` },
  }));
}

export async function statuses(pool, showtimeId) {
  const { rows } = await pool.query({ ...takenSeats, values: [showtimeId] });
  const held = [];
  const booked = [];
  for (const row of rows) (row.booked ? booked : held).push(row.seat_index);
  return { held, booked };
}

/** Puts a showtime on sale. Its movie and hall are made up: only its seats matter here. */
export async function add(pool, showtimeId, seats) {
  await pool.query(`INSERT INTO movies VALUES ('premiere-rush', 'Premiere Rush') ON CONFLICT DO NOTHING`);
  await pool.query(`INSERT INTO venues VALUES ('premiere-rush', 'Premiere Rush', 'Nowhere') ON CONFLICT DO NOTHING`);
  await pool.query(`INSERT INTO halls VALUES ($1, 'premiere-rush', $2) ON CONFLICT DO NOTHING`, [
    `premiere-rush-${seats}`,
    `Hall of ${seats}`,
  ]);
  await pool.query(
    `INSERT INTO showtimes VALUES ($1, 'premiere-rush', $2, now() + interval '1 day', md5($2) || md5($2), $3, $4)`,
    [
      showtimeId,
      `premiere-rush-${seats}`,
      seats,
      JSON.stringify([{ category: 'Seat', price: { amount: 1200, currency: 'EUR' } }]),
    ],
  );
  await pool.query(
    'INSERT INTO seats (showtime_id, seat_index) SELECT $1, seat FROM generate_series(0, $2::integer - 1) AS seat',
    [showtimeId, seats],
  );
}
