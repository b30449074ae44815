/** `ctl demo --chain` as people run it: the whole chain, against a server with its default rates. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCtl } from '../../src/ops/ctl/run-ctl.js';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { SECRET, sign } from '../integration/gateway/sign.js';
import { type ServerProcess, startServer } from '../server-process.js';

const HALLS = 60;
const MOVIES = 40;
const DAYS = 14;

interface Filled {
  readonly halls: { readonly added: number; readonly kept: number };
  readonly movies: { readonly added: number; readonly kept: number };
  readonly showtimes: { readonly added: number; readonly kept: number; readonly refused: number };
  readonly nearlySoldOut: { readonly showtimes: number; readonly bookings: number; readonly seats: number };
  readonly seconds: number;
}
interface Listed {
  readonly id: string;
  readonly day: string;
  readonly hall: { readonly id: string };
  readonly venue: { readonly city: string };
}

let database: TestDatabase;
let server: ServerProcess;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 1 });
  server = await startServer({ DATABASE_URL: database.url, TOKEN_SECRET: SECRET });
});
afterAll(async () => {
  await server?.kill('SIGTERM');
  await pool?.end();
  await database?.drop();
});

async function fillChain(): Promise<Filled> {
  const said = { out: '', err: '' };
  const code = await runCtl(['demo', '--chain', '--json'], {
    environment: { USHER_URL: server.url, USHER_API_KEY: await sign('user:manager', { role: 'manager' }) },
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  expect([code, said.err]).toEqual([0, '']);
  return JSON.parse(said.out) as Filled;
}

async function all<Item>(path: string, list: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor = ''; ; ) {
    const answer = await fetch(`${server.url}${path}${cursor && `?cursor=${encodeURIComponent(cursor)}`}`);
    const page = (await answer.json()) as Record<string, Item[]> & { next?: string };
    items.push(...page[list]!);
    if (page.next === undefined) return items;
    cursor = page.next;
  }
}

let showtimes: Listed[];

test('a chain is filled in under a minute, and the lists show all of it', async () => {
  const filled = await fillChain();
  expect(filled.halls).toEqual({ added: HALLS, kept: 0 });
  expect(filled.movies).toEqual({ added: MOVIES, kept: 0 });
  expect(filled.showtimes.refused).toBe(0);
  expect(filled.seconds).toBeLessThan(60);
  showtimes = await all<Listed>('/v1/showtimes', 'showtimes');
  expect(showtimes).toHaveLength(filled.showtimes.added);
  expect(showtimes.length).toBeGreaterThan(HALLS * DAYS * 3);
  expect(new Set(showtimes.map(({ hall }) => hall.id)).size).toBe(HALLS);
  expect(new Set(showtimes.map(({ venue }) => venue.city)).size).toBe(5);
  expect(new Set(showtimes.map(({ day }) => day)).size).toBeGreaterThanOrEqual(DAYS);
  expect(await all('/v1/halls', 'halls')).toHaveLength(HALLS);
  expect(await all('/v1/venues', 'venues')).toHaveLength(12);
  expect(await all('/v1/movies', 'movies')).toHaveLength(MOVIES);
  expect(filled.nearlySoldOut.showtimes).toBe(24);
  const { rows } = await pool.query<{ bookings: number; showtimes: number }>(
    'SELECT count(*)::integer AS bookings, count(DISTINCT showtime_id)::integer AS showtimes FROM usher.bookings',
  );
  expect(rows[0]).toEqual({ bookings: filled.nearlySoldOut.bookings, showtimes: 24 });
  expect(filled.nearlySoldOut.seats).toBeGreaterThan(2_000);
});

test('a second run changes nothing', async () => {
  const again = await fillChain();
  expect(again.halls).toEqual({ added: 0, kept: HALLS });
  expect(again.movies).toEqual({ added: 0, kept: MOVIES });
  expect(again.showtimes.added + again.showtimes.refused).toBe(0);
  expect(again.nearlySoldOut).toMatchObject({ bookings: 0, seats: 0 });
  const listed = await all<Listed>('/v1/showtimes', 'showtimes');
  expect(listed.map(({ id }) => id)).toEqual(showtimes.map(({ id }) => id));
});
