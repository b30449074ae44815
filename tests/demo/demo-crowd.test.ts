import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { type ServerProcess, startServer } from '../server-process.js';

let database: TestDatabase;
let server: ServerProcess;

beforeAll(async () => {
  database = await createDatabase();
});

afterAll(async () => {
  await server?.kill('SIGTERM');
  await database?.drop();
});

const start = async () => {
  server = await startServer({ DATABASE_URL: database.url, DEMO: 'true', DEMO_CROWD: 'true' });
};
const get = async (path: string) => await (await fetch(server.url + path)).json();

/** The house that starts next, which the crowd fills first. */
async function nextHouse(): Promise<{ booked: number; held: number; available: number }> {
  const { showtimes } = (await get('/v1/showtimes')) as { showtimes: { id: string; startsAt: string }[] };
  const next = showtimes.find(({ startsAt }) => Date.parse(startsAt) > Date.now());
  const { counts } = (await get(`/v1/showtimes/${next?.id}/seats`)) as {
    counts: Awaited<ReturnType<typeof nextHouse>>;
  };
  return counts;
}

test('the demo house fills by itself, part sold and part held, and a restart does not sell it twice', async () => {
  await start();
  let sold = 0;
  await expect
    .poll(
      async () => {
        const { booked, held } = await nextHouse();
        const grew = booked > sold;
        sold = booked;
        return booked > 15 && held > 0 && !grew;
      },
      { timeout: 60_000, interval: 2_000 },
    )
    .toBe(true);
  const { available, held } = await nextHouse();
  expect(available / (available + held + sold)).toBeGreaterThan(0.3);
  await server.kill('SIGTERM');
  await start();
  // Longer than a party takes: whoever has a ticket buys no other one.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { booked } = await nextHouse();
  expect(booked).toBeGreaterThanOrEqual(sold);
  expect(booked).toBeLessThanOrEqual(sold + 10);
});
