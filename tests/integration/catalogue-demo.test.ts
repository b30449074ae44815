import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listMovies } from '../../src/boxoffice/catalogue/movies.js';
import { seatMapData } from '../../src/boxoffice/catalogue/seat-maps.js';
import { listShowtimes } from '../../src/boxoffice/catalogue/showtime-list.js';
import { showtimeTerms } from '../../src/boxoffice/catalogue/showtimes.js';
import { seedDemo } from '../../src/boxoffice/demo/seed-demo.js';
import { createDatabase, type TestDatabase } from './database.js';

const NOW = new Date('2026-06-10T09:00:00Z');
const DAY_MS = 86_400_000;

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 8 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const everything = async () => (await listShowtimes(pool, { from: new Date(NOW.getTime() - DAY_MS) })).items;

it('seeds the same cinema once, however many nodes start at once', async () => {
  await Promise.all([seedDemo(pool, NOW), seedDemo(pool, NOW), seedDemo(pool, NOW)]);
  const first = await everything();
  expect((await listMovies(pool)).items).toHaveLength(12);
  expect(new Set(first.map((showtime) => showtime.hall.name))).toEqual(new Set(['Studio', 'Grand Hall', 'Arena']));
  await seedDemo(pool, new Date(NOW.getTime() + 3_600_000));
  expect(await everything()).toEqual(first);
});

it('adds the day after and leaves what was there, a day later', async () => {
  const before = await everything();
  await seedDemo(pool, new Date(NOW.getTime() + DAY_MS));
  const after = await everything();
  expect(after.length).toBeGreaterThan(before.length);
  expect(after.slice(0, before.length)).toEqual(before);
  // By the day of the cinema, which lasts until four in the morning: at one o'clock UTC it is three in Hamburg.
  const days = new Set(
    after.map(({ startsAt }) => new Date(Date.parse(startsAt) - 2 * 3_600_000).toISOString().slice(0, 10)),
  );
  expect([...days].sort()).toEqual(['2026-06-10', '2026-06-11', '2026-06-12']);
});

it('has terms that can be sold under in every hall', async () => {
  for (const showtime of await everything()) {
    const terms = await showtimeTerms(pool, showtime.id);
    const map = await seatMapData(pool, terms?.seatMapHash ?? '');
    for (const category of map?.categories ?? []) expect(terms?.prices[category.name]).toBeGreaterThan(0);
    expect(map?.seats.label).toHaveLength(showtime.seatMap.seats);
  }
});
