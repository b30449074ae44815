/** Staff over HTTP, from the log-in without a second factor to the one with it. */
import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LoggedIn, openSite, type Site } from './people.js';

const STEP_MS = 30_000;
const MOVIE = { title: 'M', year: 2001, runtimeMinutes: 90 };

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

it('staff enrol an app at their first log-in, and then need its codes, each of which is taken once', async () => {
  const email = 'manager@example.org';
  await site.join(email);
  await site.stage.pool.query("UPDATE boxoffice.accounts SET role = 'manager' WHERE email = $1", [email]);
  const addMovie = (id: string, token: string) => site.ask('POST', '/v1/movies', { id, ...MOVIE }, { token });
  const without = (await site.logIn(email)).json;
  expect(without).toMatchObject({ role: 'manager', lacksSecondFactor: true });
  expect((await addMovie('one', without.accessToken)).code).toBe('second_factor_missing');

  const token = without.accessToken;
  const { secret } = (await site.ask<{ secret: string }>('POST', '/v1/me/totp', undefined, { token })).json;
  const codeIn = (steps: number) => generateSync({ secret, epoch: Math.floor((Date.now() + steps * STEP_MS) / 1_000) });
  const used = codeIn(0);
  const confirmed = await site.ask<{ accessToken: string; recoveryCodes: string[] }>(
    'POST',
    '/v1/me/totp/confirm',
    { code: used },
    { token },
  );
  expect(confirmed.status).toBe(200);
  expect((await addMovie('two', confirmed.json.accessToken)).status).toBe(201);
  // The log-in has its second factor from now on, also after it is refreshed.
  const refreshed = await site.ask<LoggedIn>('POST', '/v1/sessions/refresh', { refreshToken: without.refreshToken });
  expect(refreshed.json).toMatchObject({ lacksSecondFactor: false });

  expect((await site.logIn(email)).code).toBe('code_required');
  expect((await site.logIn(email, { code: used })).code).toBe('invalid_code');
  const code = codeIn(1);
  const both = await Promise.all([site.logIn(email, { code }), site.logIn(email, { code })]);
  expect(both.filter(({ status }) => status === 201)).toHaveLength(1);
  const { json } = both.find(({ status }) => status === 201) ?? both[0]!;
  expect(json).toMatchObject({ role: 'manager', lacksSecondFactor: false });
  expect((await addMovie('three', json.accessToken)).status).toBe(201);

  const [recovery = ''] = confirmed.json.recoveryCodes;
  expect((await site.logIn(email, { code: recovery })).status).toBe(201);
  expect((await site.logIn(email, { code: recovery })).code).toBe('invalid_code');
  const profile = await site.ask('GET', '/v1/me', undefined, { token: json.accessToken });
  expect(profile.json).toMatchObject({ hasSecondFactor: true });
});
