import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { purgeLater } from '../../src/adapters/postgres/purge.js';
import { silentLog } from '../silent-log.js';
import { createDatabase, type TestDatabase } from './database.js';

const WINDOW_MS = 60_000;
const KEPT = { replayWindowMs: WINDOW_MS, seatHistoryDays: 400 };
let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
afterEach(() => void vi.useRealTimers());

const addResults = (count: number, ageMs: number) =>
  pool.query(
    `INSERT INTO usher.command_results (showtime_id, command_ids, results, created_at)
     SELECT $1, ARRAY[gen_random_uuid()], '[]', clock_timestamp() - make_interval(secs => $3::float8 / 1000)
       FROM generate_series(1, $2::int)`,
    [randomUUID(), count, ageMs],
  );
const addWriter = (id: string, age: string) =>
  pool.query('INSERT INTO usher.writers VALUES ($1, 1, clock_timestamp() - $2::interval)', [id, age]);
const count = async (table: string) => (await pool.query(`SELECT count(*)::int AS n FROM usher.${table}`)).rows[0].n;

it('forgets all results of twice the window ago, however many, and writers of past lives; nothing newer', async () => {
  const living = randomUUID();
  await addResults(25_000, 2 * WINDOW_MS + 1_000);
  await addResults(7, 2 * WINDOW_MS - 10_000);
  await addWriter(randomUUID(), '8 days');
  await addWriter(living, '6 days');
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const stop = purgeLater(pool, KEPT, silentLog);
  vi.advanceTimersByTime(60_000);
  await vi.waitFor(async () => expect(await count('writers')).toBe(1), { timeout: 10_000 });
  expect(await count('command_results')).toBe(7);
  expect((await pool.query('SELECT id FROM usher.writers')).rows).toEqual([{ id: living }]);
  stop();
});

it('leaves to another node what that one forgets just now, and goes on with the rest', async () => {
  await pool.query('TRUNCATE usher.command_results');
  await addResults(5_000, 2 * WINDOW_MS + 1_000);
  await addWriter(randomUUID(), '8 days');
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  await other.query('BEGIN');
  await other.query(
    'DELETE FROM usher.command_results WHERE ctid = ANY (ARRAY(SELECT ctid FROM usher.command_results LIMIT 500))',
  );
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const stop = purgeLater(pool, KEPT, silentLog);
  vi.advanceTimersByTime(60_000);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await other.query('COMMIT');
  await other.end();
  await vi.waitFor(async () => expect(await count('writers')).toBe(1), { timeout: 10_000 });
  expect(await count('command_results')).toBe(0);
  stop();
});

it('does nothing any more once it was stopped', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const query = vi.spyOn(pool, 'query');
  const stop = purgeLater(pool, KEPT, silentLog);
  stop();
  vi.advanceTimersByTime(600_000);
  expect(query).not.toHaveBeenCalled();
  query.mockRestore();
});

it('forgets sessions with their refresh tokens, mailed links and counts of failures that have ended; nothing that has not', async () => {
  const account = randomUUID();
  await pool.query("INSERT INTO boxoffice.accounts (id, email, role, holder) VALUES ($1, 'a@b.org', 'customer', 'a')", [
    account,
  ]);
  for (const [age, mark] of [
    ['-1 second', '01'],
    ['1 hour', '02'],
  ] as const) {
    const session = randomUUID();
    await pool.query(
      `INSERT INTO boxoffice.sessions (id, account_id, holder, second_factor, address, expires_at)
       VALUES ($1, $2, 'a', false, '', clock_timestamp() + $3::interval)`,
      [session, account, age],
    );
    const hash = Buffer.from(mark, 'hex');
    await pool.query('INSERT INTO boxoffice.refresh_tokens (token_hash, session_id) VALUES ($1, $2)', [hash, session]);
    await pool.query(
      "INSERT INTO boxoffice.mailed_links (token_hash, purpose, email, expires_at) VALUES ($1, 'sign_up', 'a@b.org', clock_timestamp() + $2::interval)",
      [hash, age],
    );
    await pool.query('INSERT INTO boxoffice.attempts VALUES ($1, 1, clock_timestamp() + $2::interval)', [hash, age]);
  }
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const stop = purgeLater(pool, KEPT, silentLog);
  vi.advanceTimersByTime(60_000);
  const sessions = async () => (await pool.query('SELECT count(*)::int AS n FROM boxoffice.sessions')).rows[0].n;
  await vi.waitFor(async () => expect(await sessions()).toBe(1), { timeout: 10_000 });
  const { rows } = await pool.query(
    `SELECT encode(token_hash, 'hex') AS left FROM boxoffice.refresh_tokens
     UNION ALL SELECT encode(token_hash, 'hex') FROM boxoffice.mailed_links
     UNION ALL SELECT encode(subject, 'hex') FROM boxoffice.attempts`,
  );
  expect(rows.map(({ left }) => left)).toEqual(['02', '02', '02']);
  stop();
});

it('forgets keys of requests after a day', async () => {
  const add = (age: string) =>
    pool.query(
      `INSERT INTO boxoffice.idempotency_keys (holder, key, request, answer, created_at)
       VALUES ('user:a', gen_random_uuid(), repeat('0', 64), '{}', clock_timestamp() - $1::interval)`,
      [age],
    );
  await add('25 hours');
  await add('23 hours');
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const stop = purgeLater(pool, KEPT, silentLog);
  vi.advanceTimersByTime(60_000);
  await vi.waitFor(
    async () => {
      const { rows } = await pool.query('SELECT count(*)::int AS n FROM boxoffice.idempotency_keys');
      expect(rows[0].n).toBe(1);
    },
    { timeout: 10_000 },
  );
  stop();
});

it('forgets what happened to seats after so many days, and nothing newer', async () => {
  const addActs = (age: string) =>
    pool.query(
      `INSERT INTO usher.seat_acts (showtime_id, epoch, number, created_at, seats, acts)
       SELECT $1, 1, i, clock_timestamp() - $2::interval, '{1}', '[]' FROM generate_series(1, 1_500) AS i`,
      [randomUUID(), age],
    );
  await addActs('401 days');
  await addActs('399 days');
  await addWriter(randomUUID(), '8 days');
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const stop = purgeLater(pool, KEPT, silentLog);
  vi.advanceTimersByTime(60_000);
  await vi.waitFor(async () => expect(await count('seat_acts')).toBe(1_500), { timeout: 10_000 });
  stop();
});
