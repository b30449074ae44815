import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openSale } from '../../bench/rush/showtime.js';
import { createDatabase } from '../integration/database.js';
import { LiveClient } from '../integration/gateway/live-client.js';
import { startRedis, whyNoRedis } from '../redis/redis.js';
import { startServer } from '../server-process.js';
import { claimsOf, forge } from './forged-tokens.js';
import { readLog } from './log-lines.js';
import { outputOf } from './server-output.js';

/** A word that is nowhere else, so that finding it is proof. */
const unheard = (what: string) => `hush-${what}-${randomBytes(16).toString('hex')}`;

const why = await whyNoRedis();

/** Postgres and Redis that ask for a password, and the URLs with it. */
async function openStores() {
  const password = unheard('postgres');
  const role = `abuse_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  await admin.query(`CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD '${password}'`);
  const database = await createDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  const url = new URL(database.url);
  url.username = role;
  url.password = password;
  const redisPassword = unheard('redis');
  const redis = await startRedis('--requirepass', redisPassword);
  return {
    pool,
    password,
    redisPassword,
    databaseUrl: url.href,
    redisUrl: redis.url.replace('redis://', `redis://:${redisPassword}@`),
    /** Both cut their connections. Redis is gone; Postgres is there, and takes the password no longer. */
    fail: async () => {
      await admin.query(`ALTER ROLE ${role} PASSWORD 'another'`);
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [role]);
      await redis.kill();
    },
    recover: async () => {
      await admin.query(`ALTER ROLE ${role} PASSWORD '${password}'`);
      await redis.restart();
    },
    close: async () => {
      await redis.stop();
      await pool.end();
      await database.drop();
      await admin.query(`DROP ROLE ${role}`);
      await admin.end();
    },
  };
}

describe.skipIf(why)(`what a server writes at its most talkative${why ? ` (skipped: ${why})` : ''}`, () => {
  let stores: Awaited<ReturnType<typeof openStores>>;
  beforeAll(async () => {
    stores = await openStores();
  });
  afterAll(() => stores.close());

  test('contains no secret, session, password or payment, and neither do the answers, through a whole life with outages', async () => {
    const tokenSecret = unheard('secret');
    const payment = unheard('payment');
    const showtimeId = await openSale(stores.pool, 60, 60_000);
    const server = await startServer({
      LOG_LEVEL: 'trace',
      DATABASE_URL: stores.databaseUrl,
      REDIS_URL: stores.redisUrl,
      TOKEN_SECRET: tokenSecret,
      COMMIT_WAIT_MS_MAX: '300',
      CLUSTER_BEAT_MS: '100',
      CLUSTER_DETECTION_MS: '600',
    });
    const answers: string[] = [];
    const read = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(`${server.url}${path}`, init);
      const headers = JSON.stringify([...answer.headers]);
      const text = await answer.text();
      if (path !== '/v1/sessions') answers.push(headers + text);
      return text;
    };
    const session = (JSON.parse(await read('/v1/sessions', { method: 'POST' })) as { session: string }).session;
    const forged = forge(claimsOf(), { alg: 'HS256' }, { secret: 'another secret, long enough to be one' });
    const liveUrl = `${server.url.replace('http', 'ws')}/v1/showtimes/${showtimeId}/live`;
    const client = await LiveClient.join(liveUrl, { token: session });
    const seats = JSON.parse((await read(`/v1/seat-maps/${client.welcome?.seatMap.hash}`)).toString()) as {
      seats: { label: string[] };
    };
    const hold = (n: number) => client.call({ type: 'hold', seats: [seats.seats.label[n]] });
    const pay = async (n: number, token: string) => {
      const held = await hold(n);
      return await client.call({
        type: 'book',
        holdId: held.ok ? held.hold?.id : randomUUID(),
        payment: { method: 'test', token },
      });
    };
    expect(await pay(0, payment)).toMatchObject({ ok: true });
    expect(await pay(2, 'decline')).toMatchObject({ ok: false });
    await client.call({ type: 'book', holdId: randomUUID(), payment: { method: payment, token: payment } });
    client.socket.send(`{"type":"hold","token":"${payment}`);
    for (const token of [session, forged, payment]) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', cookie: `a=${payment}` };
      const path = `/v1/showtimes/${showtimeId}`;
      await read(`${path}/own`, { headers });
      await read(`${path}/bookings`, { method: 'POST', headers, body: `{"payment":{"token":"${payment}"}}` });
      await read(`${path}/own?token=${session}&password=${payment}`, { headers });
      await read('/v1/movies', { headers: { ...headers, 'x-forwarded-for': payment } });
    }
    const pages = async () => {
      for (const path of ['/healthz', '/readyz', '/metrics', '/status', '/debug', '/v1/movies', '/v1/showtimes']) {
        await read(path);
      }
    };
    await pages();
    await stores.fail();
    await Promise.all([hold(4).catch(() => {}), pages()]);
    await expect.poll(server.log, { timeout: 5_000 }).toMatch(/password authentication failed/);
    await expect.poll(server.log, { timeout: 5_000 }).toMatch(/redis.away/);
    await pages();
    await stores.recover();
    await expect.poll(() => read('/readyz'), { timeout: 8_000 }).toContain('"ready"');
    await expect.poll(server.log, { timeout: 8_000 }).toMatch(/redis.back/);
    await client.close();
    expect(await server.kill('SIGTERM')).toBe(0);
    const log = server.log();
    // It did talk of what went wrong: an empty log would have nothing in it either.
    const said = readLog(log).map(({ msg }) => msg);
    expect(said.join()).toMatch(/Postgres does not accept commits/);
    const secrets = [
      tokenSecret,
      session,
      session.split('.')[2],
      forged,
      payment,
      stores.password,
      stores.redisPassword,
    ];
    for (const secret of secrets) {
      expect(log).not.toContain(secret);
      for (const answer of answers) expect(answer).not.toContain(secret);
    }
    // Nor does Postgres learn how somebody paid.
    const { rows } = await stores.pool.query('SELECT to_jsonb(b)::text AS text FROM usher.bookings b');
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(payment);
  });

  test.concurrent.each([
    ['a Postgres that refuses the password', () => ({ DATABASE_URL: swapped(stores.databaseUrl, stores.password) })],
    [
      'a Postgres at a name that there is not',
      () => ({ DATABASE_URL: `postgres://usher:${SWAPPED}@no.invalid/usher` }),
    ],
    [
      'a URL of Postgres with a broken escape',
      () => ({ DATABASE_URL: `postgres://usher:%zz${SWAPPED}@127.0.0.1:9/x` }),
    ],
    ['a password where the port should be', () => ({ DATABASE_URL: `postgres://usher:${SWAPPED}/usher` })],
    ['a URL of Redis that is none', () => ({ REDIS_URL: `redis://a:${SWAPPED}@[::1`, ...SHARED })],
    ['a URL of Redis without its @', () => ({ REDIS_URL: `redis://:${SWAPPED}/0`, ...SHARED })],
  ])('has no password in it where the server cannot start for %s', async (_what, environment) => {
    const { code, output } = await outputOf({ LOG_LEVEL: 'trace', DATA_DIR: '/nonexistent/usher', ...environment() });
    expect(code).toBe(1);
    expect(output).toMatch(/Usher cannot start\./);
    expect(output).not.toContain(SWAPPED.slice(0, 12));
    expect(output).not.toContain(stores.password);
  });

  test('has no password in it where Redis refuses it, which is told', async () => {
    const { code, output } = await outputOf(
      {
        LOG_LEVEL: 'trace',
        DATABASE_URL: stores.databaseUrl,
        REDIS_URL: swapped(stores.redisUrl, stores.redisPassword),
        TOKEN_SECRET: unheard('secret'),
      },
      /redis.away[\s\S]*Usher is ready|"event":"node.ready"/,
    );
    expect(code).toBe('SIGKILL');
    expect(output).toMatch(/WRONGPASS|redis.away/);
    for (const secret of [SWAPPED, stores.password, stores.redisPassword]) expect(output).not.toContain(secret);
  });
});

const SWAPPED = 'hush-swapped-0123456789abcdef-and-more';
const SHARED = { DATABASE_URL: 'postgres://127.0.0.1:9/usher', TOKEN_SECRET: 'a secret that is long enough to be one' };
const swapped = (url: string, password: string) => url.replace(password, SWAPPED);
