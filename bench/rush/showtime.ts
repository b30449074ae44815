import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { addMovie } from '../../src/boxoffice/catalogue/movies.js';
import { addSeatMap } from '../../src/boxoffice/catalogue/seat-maps.js';
import { addShowtime } from '../../src/boxoffice/catalogue/showtimes.js';
import { addHall, addVenue } from '../../src/boxoffice/catalogue/venues.js';
import { rushHall, SEAT_PRICE } from './hall.js';

const MOVIE = {
  id: 'premiere-rush',
  title: 'Premiere Rush',
  year: 2025,
  runtimeMinutes: 90,
  director: 'Nobody',
  genres: ['Test'],
  synopsis: 'Everybody wants the same seats at the same moment.',
};
const DAY_MS = 86_400_000;

/**
 * Puts a new showtime on sale in a hall of so many seats.
 * @returns its id.
 */
export async function openSale(pool: Pool, seats: number, holdTtlMs: number): Promise<string> {
  const id = randomUUID();
  const hallId = `premiere-rush-${seats}`;
  await addMovie(pool, MOVIE);
  await addVenue(pool, { id: 'premiere-rush', name: 'Premiere Rush', city: 'Nowhere', timeZone: 'Etc/UTC' });
  const seatMapHash = await addSeatMap(pool, rushHall(seats));
  await addHall(pool, { id: hallId, venueId: 'premiere-rush', name: `Hall of ${seats}`, seatMapHash });
  await addShowtime(pool, {
    id,
    movieId: MOVIE.id,
    hallId,
    startsAt: new Date(Date.now() + DAY_MS),
    currency: 'EUR',
    prices: { Seat: SEAT_PRICE },
    // Races are to be won or lost by time alone: a rule that refuses free seats would hide how many are lost.
    rules: { holdTtlMs, singleGap: 'off' },
  });
  return id;
}
