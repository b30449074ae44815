import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { generateSync } from 'otplib';
import pg from 'pg';
import { afterEach, expect, inject, it } from 'vitest';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import { openSite, PASSWORD, type Site, tokenIn } from '../integration/accounts/people.js';
import { LiveClient } from '../integration/gateway/live-client.js';
import { sign } from '../integration/gateway/sign.js';
import { openStage, type Stage } from '../integration/gateway/stage.js';
import { silentLog } from '../silent-log.js';

/** What undoes a test, the last first. */
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/**
 * A role of no rights but these, and the URL by which it reaches the database; `$role` and `$database` stand for theirs.
 * It stays: the Postgres of the tests does not.
 */
function roleWith(grants: readonly string[]) {
  const role = `abuse_${randomBytes(5).toString('hex')}`;
  return async (databaseUrl: string): Promise<string> => {
    const database = new URL(databaseUrl).pathname.slice(1);
    const owner = new pg.Client({ connectionString: databaseUrl });
    await owner.connect();
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'of the tests' NOSUPERUSER NOCREATEDB NOCREATEROLE`);
    await owner.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
    for (const grant of [`GRANT CONNECT ON DATABASE ${database} TO ${role}`, ...grants]) {
      await owner.query(grant.replaceAll('$role', role).replaceAll('$database', database));
    }
    await owner.end();
    const url = new URL(databaseUrl);
    url.username = role;
    url.password = 'of the tests';
    return url.href;
  };
}

/** What SECURITY.md lists, word for word: to run on a schema that another role made. */
const LISTED = (/```sql\n(GRANT CONNECT[^`]*)```/.exec(readFileSync('SECURITY.md', 'utf8'))?.[1] ?? '')
  .replaceAll(/^--.*$/gm, '')
  .split(';')
  .map((sql) => sql.trim().replaceAll('usher_server', '$role').replace('DATABASE usher', 'DATABASE $database'))
  .filter((sql) => sql !== '');

async function sell(stage: Stage): Promise<void> {
  const client = await LiveClient.join(stage.liveUrl());
  const held = await client.call({ type: 'best_available', count: 2 });
  const holdId = held.ok ? held.hold?.id : undefined;
  expect(await client.call({ type: 'extend', holdId })).toMatchObject({ ok: true });
  const booked = await client.call({ type: 'book', holdId, payment: { method: 'test' } });
  expect(booked).toMatchObject({ ok: true });
  const bookingId = booked.ok ? booked.booking?.id : undefined;
  expect(await client.call({ type: 'cancel', bookingId })).toMatchObject({ ok: true });
  await client.close();
}

it('a server sells, is edited and has accounts with a role of the listed rights, and nothing else', async () => {
  let url = '';
  const grant = roleWith(LISTED);
  const site = await openSite({}, { through: async (databaseUrl) => (url = await grant(databaseUrl)) });
  undo.push(() => site.close());
  await sell(site.stage);
  await edit(site);
  await useAccounts(site);
  await administrate(site);
  // What somebody who has taken over such a server cannot do.
  const intruder = new pg.Client({ connectionString: url });
  await intruder.connect();
  for (const sql of [
    'DELETE FROM boxoffice.audit_log',
    "UPDATE boxoffice.audit_log SET action = 'nothing'",
    'TRUNCATE boxoffice.audit_log',
    "UPDATE boxoffice.seat_maps SET document = '{}'",
    'DELETE FROM boxoffice.seat_maps',
    'DELETE FROM boxoffice.hall_versions',
    "UPDATE boxoffice.idempotency_keys SET answer = '{}'",
    'DELETE FROM boxoffice.accounts',
    'DELETE FROM boxoffice.api_keys',
    'ALTER TABLE boxoffice.audit_log DISABLE TRIGGER ALL',
    'TRUNCATE usher.bookings',
    'DROP TABLE usher.booking_seats',
    'ALTER TABLE usher.booking_seats DROP CONSTRAINT booking_seats_pkey',
    'CREATE OR REPLACE FUNCTION usher.claim_showtime(showtime uuid, node_name text) RETURNS bigint LANGUAGE sql AS $$SELECT 1$$',
    "COPY boxoffice.movies TO '/tmp/usher-copy'",
    'CREATE ROLE another SUPERUSER',
    'SELECT rolpassword FROM pg_authid',
  ]) {
    await expect(intruder.query(sql), sql).rejects.toThrow(/permission denied|must be (owner|superuser)/);
  }
  await intruder.end();
});

async function edit({ stage, ask }: Site): Promise<void> {
  const token = await sign('user:manager', { role: 'manager' });
  const any = { token, ifMatch: '*' };
  const does = async (status: number, method: string, path: string, body?: object, options: object = { token }) => {
    const answer = await ask<{ readonly showtimes: { id: string }[] }>(method, path, body, options);
    expect(answer, `${method} ${path}`).toMatchObject({ status });
    return answer.json;
  };
  await does(201, 'POST', '/v1/movies', { id: 'new', title: 'New', year: 2000, runtimeMinutes: 90 });
  await does(200, 'PATCH', '/v1/movies/new', { title: 'Newer' }, any);
  await does(201, 'POST', '/v1/venues', { id: 'new', name: 'New', city: 'C', timeZone: 'Europe/Berlin' });
  await does(200, 'PATCH', '/v1/venues/new', { address: 'A 1' }, any);
  for (const path of ['/v1/venues/new/halls?name=One&id=new', '/v1/halls/new/seat-maps']) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/plain', 'idempotency-key': randomUUID() };
    const body = path.includes('seat-maps') ? 'A: 6' : 'A: 5';
    const made = await fetch(`http://127.0.0.1:${stage.port}${path}`, { method: 'POST', headers, body });
    expect(made.status, await made.text()).toBe(200);
  }
  await does(200, 'PATCH', '/v1/halls/new', { turnaroundMinutes: 30 }, any);
  const terms = { movieId: 'm', hallId: 'h', currency: 'EUR', prices: { Front: 1_200, Back: 900 } };
  const { showtimes } = await does(201, 'POST', '/v1/showtimes', {
    ...terms,
    series: { firstDay: '2035-03-01', lastDay: '2035-03-02', times: ['20:00'] },
  });
  const [one, other] = showtimes.map(({ id }) => `/v1/showtimes/${id}`);
  await does(200, 'PATCH', one ?? '', { prices: { Front: 1_300, Back: 900 }, salesOpen: false }, any);
  await does(200, 'POST', `${one}/cancel`, { reason: 'no film' }, any);
  await does(204, 'DELETE', other ?? '', undefined, any);
  for (const path of ['/v1/halls/new', '/v1/venues/new', '/v1/movies/new']) {
    await does(204, 'DELETE', path, undefined, any);
  }
}

async function administrate({ stage, ask, logIn }: Site): Promise<void> {
  const token = stage.node.firstStart.setupLink?.token;
  const admin = { email: 'boss@a.example', name: 'Boss', password: PASSWORD };
  expect(await ask('POST', '/v1/setup', { ...admin, token })).toMatchObject({ status: 201 });
  const first = (await logIn(admin.email)).json.accessToken;
  const begun = await ask<{ secret: string }>('POST', '/v1/me/totp', {}, { token: first });
  const code = generateSync({ secret: begun.json.secret });
  const confirmed = await ask<{ accessToken: string }>('POST', '/v1/me/totp/confirm', { code }, { token: first });
  const any = { token: confirmed.json.accessToken, ifMatch: '*' };
  const added = { email: 'bea@a.example', name: 'Bea', role: 'staff' };
  const { json } = await ask<{ id: string }>('POST', '/v1/admin/accounts', added, any);
  const path = `/v1/admin/accounts/${json.id}`;
  expect(await ask('PATCH', path, { role: 'manager' }, any)).toMatchObject({ status: 200 });
  for (const act of ['disable', 'enable', 'end-sessions']) {
    expect(await ask('POST', `${path}/${act}`, {}, any), act).toMatchObject({ status: 200 });
  }
}

async function useAccounts({ ask, join, logIn, mail }: Site): Promise<void> {
  const email = 'ann@a.example';
  const fine = async (path: string, body?: object, token = '') => {
    const answer = await ask<Record<string, string>>('POST', path, body, { token });
    expect(answer.status, `${path} ${answer.code}`).toBeLessThan(300);
    return answer.json;
  };
  const { accessToken: token, refreshToken } = await join(email);
  expect((await logIn(email, { password: 'not this one' })).status).toBe(401);
  await fine('/v1/sessions/refresh', { refreshToken });
  expect((await ask('PATCH', '/v1/me', { name: 'Ann' }, { token, ifMatch: '*' })).status).toBe(200);
  const { secret = '' } = await fine('/v1/me/totp', undefined, token);
  await fine('/v1/me/totp/confirm', { code: generateSync({ secret }) }, token);
  await fine('/v1/password-resets', { email });
  await fine('/v1/password-resets/confirm', {
    token: tokenIn(await mail(email, 2)),
    password: 'another long password',
  });
  const again = await logIn(email, { password: 'another long password' });
  expect(again.code).toBe('code_required');
  const admin = await sign('user:admin', { role: 'admin' });
  const { id } = await fine('/v1/api-keys', { name: 'Till', permissions: ['catalogue.edit'] }, admin);
  await fine(`/v1/api-keys/${id}/rotate`, {}, admin);
  expect((await ask('DELETE', `/v1/api-keys/${id}`, undefined, { token: admin })).status).toBeLessThan(300);
}

it.each([
  ['CREATE on the database', ', CREATE', /permission denied for database/],
  [
    'ownership of the list of migrations',
    'ALTER TABLE usher.migrations OWNER TO $role',
    /must be owner of table migrations/,
  ],
])('without %s it does not start, and says what is missing', async (_what, right, said) => {
  const without = LISTED.map((sql) => sql.replace(right, ''));
  await expect(openStage({}, { through: roleWith(without.filter((sql) => sql !== '')) })).rejects.toThrow(said);
});

it('a role with CREATE on a database, which is not its own, makes the schema; and again finds it made', async () => {
  const name = `abuse_${randomBytes(5).toString('hex')}`;
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const owned = new URL(inject('postgresUrl'));
  owned.pathname = `/${name}`;
  const url = await roleWith(['GRANT CREATE ON DATABASE $database TO $role'])(owned.href);
  await migrate(url, 'sql', silentLog);
  await migrate(url, 'sql', silentLog);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::int AS n FROM boxoffice.showtimes');
  await client.end();
  expect(rows).toEqual([{ n: 0 }]);
});
