import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addMovie, listMovies } from '../../src/boxoffice/catalogue/movies.js';
import { readCursor } from '../../src/boxoffice/catalogue/page.js';
import { addSeatMap, seatMapData, seatMapDocument } from '../../src/boxoffice/catalogue/seat-maps.js';
import {
  findShowtime,
  listShowtimes,
  SHOWTIMES_LISTED_MAX,
  showtimePosition,
} from '../../src/boxoffice/catalogue/showtime-list.js';
import { addShowtime, type NewShowtime, showtimeTerms } from '../../src/boxoffice/catalogue/showtimes.js';
import { dayOf, localTime } from '../../src/boxoffice/catalogue/venue-time.js';
import { addHall, addVenue } from '../../src/boxoffice/catalogue/venues.js';
import type { SeatMapData } from '../../src/core/seat-map.js';
import type { MovieView, ShowtimeView } from '../../src/protocol/http.js';
import { createDatabase, type TestDatabase } from './database.js';

const MOVIE: MovieView = {
  id: 'first-light',
  title: "Robert'); DROP TABLE boxoffice.movies;--",
  originalTitle: 'Première lumière',
  year: 2001,
  runtimeMinutes: 100,
  director: 'Nobody',
  genres: ['Drama', 'with, comma'],
  languages: ['fr', 'de-CH'],
  rating: 'FSK 12',
  releaseDate: '2001-05-04',
  posterUrl: 'https://example.test/poster.jpg',
  synopsis: 'A test.',
};
const MAP: SeatMapData = {
  name: 'Tiny',
  size: { width: 100, height: 100 },
  focalPoint: { x: 50, y: 0 },
  categories: [
    { name: 'Front', color: '#123456' },
    { name: 'Back', color: '#654321' },
  ],
  zones: [{ name: 'Main' }],
  rows: [{ label: 'A', zone: 0 }],
  seats: { label: ['A-1', 'A-2'], x: [10, 40], y: [50, 50], category: [0, 1], row: [0, 0] },
  wheelchair: [],
  companions: [],
  pairs: [],
  areas: [],
  decorations: [],
};

let database: TestDatabase;
let pool: pg.Pool;
let hash: string;

const showtime = (startsAt: Date, more: Partial<NewShowtime> = {}): NewShowtime => ({
  id: randomUUID(),
  movieId: MOVIE.id,
  hallId: 'one',
  startsAt,
  currency: 'EUR',
  prices: { Back: 1_000, Front: 1_250 },
  ...more,
});
const hoursFromNow = (hours: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + hours * 3_600_000);

beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
  await addMovie(pool, MOVIE);
  await addMovie(pool, { ...MOVIE, id: 'another', title: 'Another' });
  await addVenue(pool, { id: 'house', name: 'House', city: 'Ghent', timeZone: 'Europe/Brussels' });
  hash = await addSeatMap(pool, MAP);
  await addHall(pool, { id: 'one', venueId: 'house', name: 'One', seatMapHash: hash });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('movies', () => {
  it('come back as they were put in, by title, whatever their text says', async () => {
    const { items: movies } = await listMovies(pool);
    expect(movies.map((movie) => movie.id)).toEqual(['another', 'first-light']);
    expect(movies[1]).toEqual(MOVIE);
  });

  it('keep what they are when added twice', async () => {
    expect(await addMovie(pool, { ...MOVIE, title: 'Changed' })).toBe(false);
    expect((await listMovies(pool)).items.map((movie) => movie.title)).not.toContain('Changed');
  });
});

describe('seat maps', () => {
  it('are filed under the hash of the very text that is served', async () => {
    const document = await seatMapDocument(pool, hash);
    expect(
      createHash('sha256')
        .update(document ?? '')
        .digest('hex'),
    ).toBe(hash);
    expect(JSON.parse(document ?? '')).toEqual(MAP);
  });

  it('are one row however often and in whatever order of members they come', async () => {
    const { name, ...rest } = MAP;
    expect(await addSeatMap(pool, { ...rest, name })).toBe(hash);
    const { rows } = await pool.query('SELECT count(*)::int AS n FROM boxoffice.seat_maps');
    expect(rows[0].n).toBe(1);
  });

  it('are undefined under a hash that nobody filed', async () => {
    expect(await seatMapDocument(pool, '0'.repeat(64))).toBeUndefined();
  });
});

describe('showtimes', () => {
  it('are found with everything that people choose by, dearest price first', async () => {
    const added = showtime(hoursFromNow(30));
    expect(await addShowtime(pool, added)).toBe(true);
    const found: Omit<ShowtimeView, 'seatMap' | 'live'> | undefined = await findShowtime(pool, added.id);
    expect(found).toEqual({
      id: added.id,
      movie: { id: MOVIE.id, title: MOVIE.title },
      venue: { id: 'house', name: 'House', city: 'Ghent', timeZone: 'Europe/Brussels', dayCutoffHour: 6 },
      hall: { id: 'one', name: 'One' },
      startsAt: added.startsAt.toISOString(),
      startsAtLocal: localTime(added.startsAt.getTime(), 'Europe/Brussels'),
      day: dayOf(added.startsAt.getTime(), { timeZone: 'Europe/Brussels', dayCutoffHour: 6 }),
      seatMap: { hash, seats: 2 },
      prices: [
        { category: 'Front', price: { amount: 1_250, currency: 'EUR' } },
        { category: 'Back', price: { amount: 1_000, currency: 'EUR' } },
      ],
    });
    expect(await findShowtime(pool, randomUUID())).toBeUndefined();
  });

  it('are listed from the start of today in order, or within the span that was asked for', async () => {
    const [past, soon, later] = [hoursFromNow(-49), hoursFromNow(100), hoursFromNow(101)].map((at) => showtime(at));
    for (const each of [later, past, soon]) await addShowtime(pool, each!);
    const all = (await listShowtimes(pool)).items.map((each) => each.id);
    expect(all).not.toContain(past!.id);
    expect(all.indexOf(soon!.id)).toBeLessThan(all.indexOf(later!.id));
    const { items: span } = await listShowtimes(pool, { from: past!.startsAt, until: later!.startsAt });
    expect(span.map((each) => each.id)).toContain(past!.id);
    expect(span.map((each) => each.id)).not.toContain(later!.id);
    expect((await listShowtimes(pool, { from: later!.startsAt })).items.map((each) => each.id)).toEqual([later!.id]);
  });

  it('are listed for a day of their venues, each by its own clock, small hours under the evening before', async () => {
    await addMovie(pool, { ...MOVIE, id: 'everywhere' });
    await addVenue(pool, { id: 'far', name: 'Far', city: 'Tokyo', timeZone: 'Asia/Tokyo' });
    await addHall(pool, { id: 'far-one', venueId: 'far', name: 'One', seatMapHash: hash });
    const on = (text: string, hallId = 'one') => showtime(new Date(text), { movieId: 'everywhere', hallId });
    // In Ghent 18:00 and 00:30 of the next day; the day before, and after. In Tokyo 10:00 and 05:59 of the next day.
    const all = [
      on('2031-06-01T16:00:00Z'),
      on('2031-06-01T22:30:00Z'),
      on('2031-06-01T03:59:00Z'),
      on('2031-06-02T04:00:00Z'),
      on('2031-06-01T01:00:00Z', 'far-one'),
      on('2031-06-01T20:59:00Z', 'far-one'),
      on('2031-06-01T21:00:00Z', 'far-one'),
    ];
    for (const each of all) await addShowtime(pool, each);
    const { items: listed } = await listShowtimes(pool, { movieId: 'everywhere', day: '2031-06-01' });
    expect(listed.map(({ id }) => id)).toEqual([all[4]!.id, all[0]!.id, all[5]!.id, all[1]!.id]);
    expect(listed.map(({ startsAtLocal, day }) => [startsAtLocal.slice(5, 16), day])).toEqual([
      ['06-01T10:00', '2031-06-01'],
      ['06-01T18:00', '2031-06-01'],
      ['06-02T05:59', '2031-06-01'],
      ['06-02T00:30', '2031-06-01'],
    ]);
    // Without a day they begin with the venue's today: an hour before its cut-off that is still yesterday.
    const { items: night } = await listShowtimes(pool, { movieId: 'everywhere' }, Date.parse('2031-06-02T03:00:00Z'));
    expect(night.map(({ id }) => id)).toContain(all[0]!.id);
    expect(night.map(({ id }) => id)).not.toContain(all[5]!.id);
  });

  it.each(['CET', 'EET', 'Europe/Nowhere'])('have no venue in %s', async (timeZone) => {
    const venue = { id: 'wrong', name: 'W', city: 'C', timeZone };
    await expect(addVenue(pool, venue)).rejects.toThrow('no time zone');
  });

  it('are listed for one movie only where it was asked for', async () => {
    const other = showtime(hoursFromNow(60), { movieId: 'another' });
    await addShowtime(pool, other);
    expect((await listShowtimes(pool, { movieId: 'another' })).items.map((each) => each.id)).toEqual([other.id]);
  });

  it('come a page at a time, and say where the list goes on: each once, in order', async () => {
    await pool.query(
      `INSERT INTO boxoffice.showtimes (id, movie_id, hall_id, seat_map_hash, starts_at, currency, prices)
       SELECT gen_random_uuid(), $1, 'one', $2, now() + interval '1 year', 'EUR', '{"Front":1,"Back":1}'
         FROM generate_series(1, $3::int)`,
      [MOVIE.id, hash, SHOWTIMES_LISTED_MAX + 1],
    );
    const seen: string[] = [];
    let page = await listShowtimes(pool);
    expect(page.items).toHaveLength(SHOWTIMES_LISTED_MAX);
    for (let pages = 1; ; pages++) {
      seen.push(...page.items.map((each) => each.id));
      if (page.next === undefined || pages > 5) break;
      // As a client goes on: by the cursor.
      page = await listShowtimes(pool, { after: readCursor(page.next, showtimePosition)! });
    }
    const { rows } = await pool.query<{ id: string }>(
      `SELECT id FROM boxoffice.showtimes WHERE starts_at >= date_trunc('day', now(), 'UTC') ORDER BY starts_at, id`,
    );
    expect(seen).toEqual(rows.map(({ id }) => id));
  });

  it('are refused where a category could not be sold for want of a price, and in no hall', async () => {
    await expect(addShowtime(pool, showtime(hoursFromNow(1), { prices: { Front: 1 } }))).rejects.toThrow('Back');
    await expect(addShowtime(pool, showtime(hoursFromNow(1), { hallId: 'none' }))).rejects.toThrow('no hall none');
  });

  it.each(['HRK', 'eur', 'ABC'])('are refused in %s, in which nobody can pay', async (currency) => {
    await expect(addShowtime(pool, showtime(hoursFromNow(1), { currency }))).rejects.toThrow('no currency');
  });

  it('keep the seat map that they were made with when the hall gets another', async () => {
    const added = showtime(hoursFromNow(40));
    await addShowtime(pool, added);
    const rebuilt = await addSeatMap(pool, { ...MAP, name: 'Rebuilt' });
    await pool.query("UPDATE boxoffice.halls SET seat_map_hash = $1 WHERE id = 'one'", [rebuilt]);
    expect((await showtimeTerms(pool, added.id))?.seatMapHash).toBe(hash);
    await pool.query("UPDATE boxoffice.halls SET seat_map_hash = $1 WHERE id = 'one'", [hash]);
  });
});

describe('terms', () => {
  it('are all that an actor needs', async () => {
    const added = showtime(hoursFromNow(50), { rules: { holdTtlMs: 120_000, singleGap: 'strict' } });
    await addShowtime(pool, added);
    expect(await showtimeTerms(pool, added.id)).toEqual({
      seatMapHash: hash,
      prices: { Front: 1_250, Back: 1_000 },
      currency: 'EUR',
      rules: { holdTtlMs: 120_000, singleGap: 'strict' },
      salesOpen: true,
      cancelled: false,
      channels: [],
      ticketTypes: [],
      salesOpenAt: undefined,
      startsAt: added.startsAt,
      version: 1,
    });
    expect(await seatMapData(pool, hash)).toEqual(MAP);
    expect(await showtimeTerms(pool, randomUUID())).toBeUndefined();
    expect(await seatMapData(pool, '0'.repeat(64))).toBeUndefined();
  });

  it('are refused, not guessed, where somebody wrote rules that nobody knows', async () => {
    const added = showtime(hoursFromNow(51));
    await addShowtime(pool, added);
    await pool.query(`UPDATE boxoffice.showtimes SET rules = '{"singleGap":"sometimes"}' WHERE id = $1`, [added.id]);
    await expect(showtimeTerms(pool, added.id)).rejects.toThrow('singleGap');
  });

  it('are refused where somebody wrote a currency that is none, since nobody knows its minor units', async () => {
    const id = randomUUID();
    await pool.query(
      `INSERT INTO boxoffice.showtimes (id, movie_id, hall_id, seat_map_hash, starts_at, currency, prices)
       VALUES ($1, $2, 'one', $3, now(), 'HRK', '{"Front":1,"Back":1}')`,
      [id, MOVIE.id, hash],
    );
    await expect(showtimeTerms(pool, id)).rejects.toThrow('no currency of ISO 4217');
  });
});
