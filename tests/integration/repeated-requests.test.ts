/** Requests that create something and come again with their Idempotency-Key. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { editOnce } from '../../src/boxoffice/repeated-requests.js';
import { sign } from './gateway/sign.js';
import { openStage, type Stage } from './gateway/stage.js';

let stage: Stage;
let manager: string;
beforeAll(async () => {
  stage = await openStage({ MESSAGES_PER_SECOND: '500' });
  manager = await sign('user:manager', { role: 'manager' });
});
afterAll(() => stage.close());

interface Post {
  readonly key?: string;
  readonly session?: string;
  readonly type?: string;
}

async function post(path: string, body: object | string, { key, session = manager, type }: Post = {}) {
  const answer = await fetch(`http://127.0.0.1:${stage.port}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${session}`,
      'content-type': type ?? 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const json = (await answer.json()) as { readonly code?: string; readonly field?: string };
  return { status: answer.status, etag: answer.headers.get('etag'), json, code: json.code, field: json.field };
}
const count = async (sql: string) => Number((await stage.pool.query(`SELECT count(*) AS n FROM ${sql}`)).rows[0].n);

const movie = (id: string) => ({ id, title: 'Metropolis', year: 1927, runtimeMinutes: 150 });
const venue = (id: string) => ({ id, name: 'Babylon', city: 'Berlin', timeZone: 'Europe/Berlin' });
const shows = (day: string) => ({
  ...{ movieId: 'm', hallId: 'h', currency: 'EUR', prices: { Front: 1_200, Back: 900 } },
  series: { firstDay: day, lastDay: day, times: ['14:00', '20:00'] },
});

it.each([
  ['/v1/movies', movie('one'), movie('two'), "boxoffice.movies WHERE id = 'one'", 1],
  ['/v1/venues', venue('one'), venue('two'), "boxoffice.venues WHERE id = 'one'", 1],
  [
    '/v1/showtimes',
    shows('2035-03-01'),
    shows('2035-03-02'),
    "boxoffice.showtimes WHERE starts_at::date = '2035-03-01'",
    2,
  ],
  ['/v1/venues/v/halls?name=Twice', 'A: 6\nB: 6', 'A: 7', "boxoffice.halls WHERE name = 'Twice'", 1],
  ['/v1/halls/h/seat-maps', 'A: 4\nB: 4', 'A: 5', "boxoffice.hall_versions WHERE hall_id = 'h'", 2],
])(
  'POST %s with the same key has one effect and the same answer, however often and how many at once',
  async (path, body, other, made, rows) => {
    const options = { key: randomUUID(), type: typeof body === 'string' ? 'text/plain' : 'application/json' };
    const acts = await count('boxoffice.audit_log');
    const answers = await Promise.all([1, 2, 3].map(() => post(path, body, options)));
    answers.push(await post(path, body, { ...options, key: options.key.toUpperCase() }));
    expect(answers[0]?.status).toBeLessThan(300);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await count(made)).toBe(rows);
    expect(await count('boxoffice.audit_log')).toBe(acts + 1);
    expect(await post(path, other, options)).toMatchObject({
      status: 422,
      code: 'command_reused',
      field: 'Idempotency-Key',
    });
    expect(await count('boxoffice.audit_log')).toBe(acts + 1);
  },
);

it('a key is its caller’s own', async () => {
  const key = randomUUID();
  expect((await post('/v1/movies', movie('mine'), { key })).status).toBe(201);
  const session = await sign('user:other', { role: 'manager' });
  expect(await post('/v1/movies', movie('mine'), { key, session })).toMatchObject({
    status: 409,
    code: 'already_exists',
  });
});

it('without a key each request is another one', async () => {
  expect((await post('/v1/movies', movie('plain'))).status).toBe(201);
  expect(await post('/v1/movies', movie('plain'))).toMatchObject({ status: 409, code: 'already_exists' });
});

it('a refusal is not kept, and a key that is no UUID is refused', async () => {
  const key = randomUUID();
  expect(await post('/v1/venues/late/halls?name=L', 'A: 6', { key, type: 'text/plain' })).toMatchObject({
    code: 'unknown_venue',
  });
  expect((await post('/v1/venues', venue('late'))).status).toBe(201);
  expect((await post('/v1/venues/late/halls?name=L', 'A: 6', { key, type: 'text/plain' })).status).toBe(200);
  expect(await post('/v1/movies', movie('x'), { key: 'again' })).toMatchObject({
    code: 'invalid_field',
    field: 'Idempotency-Key',
  });
});

it('a dry run takes a key and uses up none', async () => {
  const key = randomUUID();
  const path = '/v1/venues/v/halls?name=Dry';
  expect((await post(`${path}&dryRun=true`, 'A: 6', { key, type: 'text/plain' })).status).toBe(200);
  expect((await post(path, 'A: 6', { key, type: 'text/plain' })).status).toBe(200);
});

it('what a node that died had not committed is neither there nor remembered; what it had committed, another node repeats', async () => {
  const [dying, other] = [1, 2].map(() => new pg.Pool({ ...stage.pool.options }));
  const caller = { holder: 'user:manager', role: 'manager' } as const;
  const request = { caller, key: randomUUID(), asked: { add: 'thing' } };
  const insert = (id: string) => async (client: pg.PoolClient) => {
    await client.query("INSERT INTO boxoffice.venues (id, name, city) VALUES ($1, 'N', 'C')", [id]);
    return { ok: true, value: { id } } as const;
  };
  const death = async (client: pg.PoolClient) => {
    client.on('error', () => {});
    await insert('ghost')(client);
    await client.query('SELECT pg_terminate_backend(pg_backend_pid())');
    throw new Error('not reached');
  };
  dying!.on('error', () => {});
  await expect(editOnce(dying!, request, death)).rejects.toThrow();
  expect(await count("boxoffice.venues WHERE id = 'ghost'")).toBe(0);
  expect(await editOnce(other!, request, insert('first'))).toEqual({ ok: true, value: { id: 'first' } });
  expect(await editOnce(stage.pool, request, insert('second'))).toEqual({ ok: true, value: { id: 'first' } });
  expect(await count("boxoffice.venues WHERE id IN ('first', 'second')")).toBe(1);
  await Promise.all([dying!.end(), other!.end()]);
});
