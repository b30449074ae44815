import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { addMovie } from '../../src/boxoffice/catalogue/movies.js';
import { addSeatMap } from '../../src/boxoffice/catalogue/seat-maps.js';
import { addHall, addVenue } from '../../src/boxoffice/catalogue/venues.js';
import { growthHall } from './hall.js';

const MOVIE = {
  id: 'growth',
  title: 'Growth',
  year: 2025,
  runtimeMinutes: 90,
  director: 'Nobody',
  genres: ['Test'],
  synopsis: 'The same story in more and more halls.',
};
const DAY_MS = 86_400_000;

/**
 * Puts so many new showtimes on sale in a hall of so many seats, in one statement.
 * @returns their ids.
 */
export async function openShowtimes(pool: Pool, seats: number, count: number): Promise<string[]> {
  const hallId = `growth-${seats}`;
  await addMovie(pool, MOVIE);
  await addVenue(pool, { id: 'growth', name: 'Growth', city: 'Nowhere', timeZone: 'Etc/UTC' });
  const hash = await addSeatMap(pool, growthHall(seats));
  await addHall(pool, { id: hallId, venueId: 'growth', name: `Hall of ${seats}`, seatMapHash: hash });
  const ids = Array.from({ length: count }, () => randomUUID());
  const { rowCount } = await pool.query(
    `INSERT INTO boxoffice.showtimes (id, movie_id, hall_id, seat_map_hash, starts_at, currency, prices, rules)
     SELECT id, $2, $3, $4, $5, 'EUR', $6, $7 FROM unnest($1::uuid[]) AS id`,
    [
      ids,
      MOVIE.id,
      hallId,
      hash,
      new Date(Date.now() + DAY_MS),
      JSON.stringify({ Front: 2_000, Back: 1_000 }),
      // A rule that refuses free seats would be measured instead of the hold.
      JSON.stringify({ singleGap: 'off' }),
    ],
  );
  if (rowCount !== count) throw new Error(`${rowCount} showtimes of ${count} were put on sale.`);
  return ids;
}
