import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { addMovie } from '../../../src/boxoffice/catalogue/movies.js';
import { addSeatMap } from '../../../src/boxoffice/catalogue/seat-maps.js';
import { addShowtime } from '../../../src/boxoffice/catalogue/showtimes.js';
import { addHall, addVenue } from '../../../src/boxoffice/catalogue/venues.js';
import { hall } from '../../integration/gateway/hall.js';

export interface Cinema {
  readonly venueId: string;
  readonly timeZone: string;
  readonly cutoffHour: number;
  readonly hallId: string;
}

/** A movie `movie-1`, and a venue `venue-1`, `venue-2`, … with a hall of 80 seats in each of these zones. */
export async function addCinemas(
  pool: pg.Pool,
  zones: readonly { readonly timeZone: string; readonly cutoffHour: number }[],
): Promise<readonly Cinema[]> {
  const hash = await addSeatMap(pool, hall(4, 20));
  const movie = { title: 'A movie', year: 2001, runtimeMinutes: 90, director: 'D', genres: [], synopsis: '' };
  await addMovie(pool, { id: 'movie-1', ...movie });
  const cinemas: Cinema[] = [];
  for (const [n, { timeZone, cutoffHour }] of zones.entries()) {
    const [venueId, hallId] = [`venue-${n + 1}`, `hall-${n + 1}`];
    await addVenue(pool, { id: venueId, name: venueId, city: 'C', timeZone });
    await pool.query('UPDATE boxoffice.venues SET day_cutoff_hour = $2 WHERE id = $1', [venueId, cutoffHour]);
    await addHall(pool, { id: hallId, venueId, name: hallId, seatMapHash: hash });
    cinemas.push({ venueId, timeZone, cutoffHour, hallId });
  }
  return cinemas;
}

export async function addShowtimeOf(pool: pg.Pool, cinema: Cinema, startsAt: Date, currency = 'EUR'): Promise<string> {
  const id = randomUUID();
  const prices = { Front: 1_200, Back: 900 };
  await addShowtime(pool, { id, movieId: 'movie-1', hallId: cinema.hallId, startsAt, currency, prices });
  return id;
}
