import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { addMovie } from '../../src/boxoffice/catalogue/movies.js';
import { addSeatMap } from '../../src/boxoffice/catalogue/seat-maps.js';
import { addShowtime } from '../../src/boxoffice/catalogue/showtimes.js';
import { addHall, addVenue } from '../../src/boxoffice/catalogue/venues.js';
import type { SeatMapData } from '../../src/core/seat-map.js';

const DAY_MS = 86_400_000;
const PRICE = 4_900;
/** Longer than any benchmark: no seat changes but by those who are told to change it. */
const HOLD_TTL_MS = 3_600_000;

/** Puts a showtime in that hall on sale; @returns its id. */
export async function openStadiumSale(pool: Pool, map: SeatMapData): Promise<string> {
  const id = randomUUID();
  await addMovie(pool, {
    id: 'cup-final',
    title: 'Cup Final',
    year: 2025,
    runtimeMinutes: 105,
    director: 'Nobody',
    genres: ['Test'],
    synopsis: 'Everybody watches the seats.',
  });
  await addVenue(pool, { id: 'bench-stadium', name: 'Stadium', city: 'Nowhere', timeZone: 'Etc/UTC' });
  const seatMapHash = await addSeatMap(pool, map);
  await addHall(pool, { id: 'bench-stadium', venueId: 'bench-stadium', name: map.name, seatMapHash });
  await addShowtime(pool, {
    id,
    movieId: 'cup-final',
    hallId: 'bench-stadium',
    startsAt: new Date(Date.now() + DAY_MS),
    currency: 'EUR',
    prices: Object.fromEntries(map.categories.map(({ name }) => [name, PRICE])),
    rules: { holdTtlMs: HOLD_TTL_MS, singleGap: 'off' },
  });
  return id;
}
