import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AccountParts } from '../../../src/boxoffice/accounts/account-parts.js';
import { insertAccount } from '../../../src/boxoffice/accounts/account-store.js';
import { logInEndpoints } from '../../../src/boxoffice/accounts/log-in-endpoints.js';
import { MailedLinks } from '../../../src/boxoffice/accounts/mailed-links.js';
import { passwordEndpoints } from '../../../src/boxoffice/accounts/password-endpoints.js';
import { signUpEndpoints } from '../../../src/boxoffice/accounts/sign-up-endpoints.js';
import { wireError } from '../../../src/protocol/errors.js';
import { call } from '../administration/call.js';
import { createDatabase, type TestDatabase } from '../database.js';

const PASSWORD = 'correct horse battery';
const limit = { max: 3, windowMs: 60_000 };

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

it('a password that was not looked at, since too many others wait, is counted as no failure', async () => {
  const links = new MailedLinks({
    siteUrl: 'https://cinema.example',
    tokenSecret: 'of the tests',
    signUpTtlMs: 60_000,
    passwordTtlMs: 60_000,
  });
  const busy = { ok: false, error: wireError('rate_limited', 'Busy.', { retryAfterMs: 2_000 }) } as const;
  const parts = {
    ...{ pool, links, passwords: { compare: async () => busy, hash: async () => busy } },
    limits: { accountFailures: { what: 'account', ...limit }, addressFailures: { what: 'address', ...limit } },
  } as unknown as AccountParts;
  const endpoints = [...logInEndpoints(parts), ...passwordEndpoints(parts), ...signUpEndpoints(parts)];
  const id = randomUUID();
  await insertAccount(pool, { id, email: 'a@a.example', name: 'A', passwordHash: 'hash', role: 'customer' });
  const signUp = { email: 'b@a.example', name: '', passwordHash: 'hash', holder: undefined };
  const token = links.urlOf('sign-up', await links.keepSignUp(pool, signUp)).split('=')[1];
  const caller = { holder: `account:${id}`, role: 'customer', accountId: id, sessionId: randomUUID() } as const;
  for (const [name, body] of [
    ['logIn', { email: 'a@a.example', password: PASSWORD }],
    ['changePassword', { oldPassword: PASSWORD, password: `${PASSWORD}!` }],
    ['confirmSignUp', { token, password: PASSWORD }],
  ] as const) {
    expect(await call(endpoints, name, { caller, body }), name).toMatchObject({ code: 'rate_limited' });
    const { rows } = await pool.query('SELECT coalesce(sum(count), 0)::int AS counted FROM boxoffice.attempts');
    expect(rows, name).toEqual([{ counted: 0 }]);
  }
});
