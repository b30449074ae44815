/** Administrators and staff at a real node, from the link to the last log-out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { offerSetupLink } from '../../../src/boxoffice/administration/setup-link.js';
import { type LoggedIn, openSite, PASSWORD, type Site, tokenIn } from '../accounts/people.js';
import { SECRET } from '../gateway/sign.js';

const STEP_MS = 30_000;
/** Every node reads revocations each second. */
const REVOKED_MS_MAX = 5_000;

let site: Site;
/** The access token of the administrator. */
let admin: string;
beforeAll(async () => {
  site = await openSite({ LOG_IN_FAILURES_PER_ACCOUNT: '1000', LOG_IN_FAILURES_PER_ADDRESS: '100000' });
  const token = (await offerSetupLink(site.stage.pool, SECRET))?.token;
  const person = { token, email: 'ann@cinema.example', name: 'Ann', password: PASSWORD };
  expect(await site.ask('POST', '/v1/setup', person)).toMatchObject({ status: 201 });
  const { json } = await site.logIn('ann@cinema.example');
  expect(json).toMatchObject({ role: 'admin', lacksSecondFactor: true });
  expect(await site.ask('GET', '/v1/admin/accounts', undefined, { token: json.accessToken })).toMatchObject({
    code: 'second_factor_missing',
  });
  admin = (await enrol(json.accessToken)).accessToken;
});
afterAll(() => site.close());

interface Account {
  readonly id: string;
  readonly role: string;
}

/** `codeOf(1)` is the code of the next step, which is taken after that of this one. */
async function enrol(token: string) {
  const { json } = await site.ask<{ secret: string }>('POST', '/v1/me/totp', {}, { token });
  const codeOf = (steps: number) =>
    generateSync({ secret: json.secret, epoch: Math.floor((Date.now() + steps * STEP_MS) / 1000) });
  const confirmed = await site.ask<{ accessToken: string; recoveryCodes: string[] }>(
    'POST',
    '/v1/me/totp/confirm',
    { code: codeOf(0) },
    { token },
  );
  return { ...confirmed.json, codeOf };
}

async function add(email: string, role: string, password: string | undefined = PASSWORD): Promise<Account> {
  const body = { email, name: 'B', role, ...(password === undefined ? {} : { password }) };
  const added = await site.ask<Account>('POST', '/v1/admin/accounts', body, { token: admin });
  expect(added.status).toBe(201);
  return added.json;
}

/** Waits until the node refuses an access token, and gives the error. */
async function refused(token: string): Promise<string | undefined> {
  const giveUpAt = performance.now() + REVOKED_MS_MAX;
  for (;;) {
    const { code } = await site.ask('GET', '/v1/me', undefined, { token });
    if (code !== undefined || performance.now() > giveUpAt) return code;
    await sleep(50);
  }
}

const refresh = ({ refreshToken }: LoggedIn) => site.ask<LoggedIn>('POST', '/v1/sessions/refresh', { refreshToken });
const forget = (email: string) =>
  site.stage.pool.query('UPDATE boxoffice.accounts SET totp_step = 0 WHERE email = $1', [email]);

describe('a log-in with a second factor', () => {
  it('needs a code after the password, each once, and then has the permissions of its role', async () => {
    await add('staff1@cinema.example', 'staff');
    const first = await site.logIn('staff1@cinema.example');
    const { codeOf } = await enrol(first.json.accessToken);
    expect(await site.logIn('staff1@cinema.example')).toMatchObject({ status: 401, code: 'code_required' });
    const code = codeOf(1);
    const second = await site.logIn('staff1@cinema.example', { code });
    expect(second).toMatchObject({ status: 201, json: { lacksSecondFactor: false } });
    expect((await site.logIn('staff1@cinema.example', { code })).code).toBe('invalid_code');
    expect((await refresh(second.json)).json).toMatchObject({ lacksSecondFactor: false });
  });

  it('takes a recovery code once', async () => {
    await add('staff2@cinema.example', 'staff');
    const { json } = await site.logIn('staff2@cinema.example');
    const { recoveryCodes } = await enrol(json.accessToken);
    const [code] = recoveryCodes;
    expect(await site.logIn('staff2@cinema.example', { code })).toMatchObject({ json: { lacksSecondFactor: false } });
    expect((await site.logIn('staff2@cinema.example', { code })).code).toBe('invalid_code');
  });

  it('is refused after ten wrong codes, sent one by one or at once, also with the right one', async () => {
    await add('staff3@cinema.example', 'staff');
    const { json } = await site.logIn('staff3@cinema.example');
    const { codeOf } = await enrol(json.accessToken);
    const wrong = { code: codeOf(90) };
    const all = await Promise.all(Array.from({ length: 16 }, () => site.logIn('staff3@cinema.example', wrong)));
    expect(all.filter(({ code }) => code === 'invalid_code')).toHaveLength(10);
    expect(all.filter(({ status }) => status === 429)).toHaveLength(6);
    await forget('staff3@cinema.example');
    expect((await site.logIn('staff3@cinema.example', { code: codeOf(0) })).status).toBe(429);
  });

  it('that was reset by an administrator needs none, and loses the permissions until there is another', async () => {
    const { id } = await add('staff4@cinema.example', 'manager');
    const { json } = await site.logIn('staff4@cinema.example');
    const { accessToken, codeOf } = await enrol(json.accessToken);
    for (let i = 0; i < 11; i++) await site.logIn('staff4@cinema.example', { code: codeOf(90) });
    expect((await site.ask('POST', `/v1/admin/accounts/${id}/totp/reset`, {}, { token: admin })).status).toBe(200);
    expect(await refused(accessToken)).toBe('unauthorized');
    expect((await refresh(json)).json).toMatchObject({ lacksSecondFactor: true });
    const again = await site.logIn('staff4@cinema.example');
    expect(again).toMatchObject({ status: 201, json: { lacksSecondFactor: true } });
    // The count of wrong codes is forgotten with the app that they were for.
    expect((await enrol(again.json.accessToken)).recoveryCodes).toHaveLength(10);
  });
});

describe('an administrator', () => {
  it('makes an account whose owner sets the password by the mailed link', async () => {
    await site.ask(
      'POST',
      '/v1/admin/accounts',
      { email: 'mailed@cinema.example', name: 'M', role: 'customer' },
      { token: admin },
    );
    const token = tokenIn(await site.mail('mailed@cinema.example'));
    const set = await site.ask('POST', '/v1/password-resets/confirm', { token, password: PASSWORD });
    expect([set.status, set.code]).toEqual([expect.any(Number), undefined]);
    expect((await site.logIn('mailed@cinema.example')).status).toBe(201);
  });

  it('lists accounts in the order in which they were made', async () => {
    const emails = Array.from({ length: 4 }, (_, i) => `listed-${i}@cinema.example`);
    for (const email of emails) await add(email, 'customer');
    const { json } = await site.ask<{ accounts: { email: string }[] }>(
      'GET',
      '/v1/admin/accounts?email=listed-',
      undefined,
      { token: admin },
    );
    expect(json.accounts.map(({ email }) => email)).toEqual(emails);
  });

  it('refuses a NUL in a query, which Postgres takes in no text', async () => {
    for (const [path, field] of [
      ['/v1/admin/accounts?email=a%00', 'email'],
      ['/v1/audit-log?subject=%00', 'subject'],
      ['/v1/audit-log?action=%00', 'action'],
      [`/v1/movies?cursor=${Buffer.from('"\\u0000"').toString('base64url')}`, 'cursor'],
      [`/v1/venues?cursor=${Buffer.from('"\\u0000"').toString('base64url')}`, 'cursor'],
      [`/v1/movies?cursor=${Buffer.from('["\\u0000","\\u0000"]').toString('base64url')}`, 'cursor'],
    ] as const) {
      const answer = await site.ask('GET', path, undefined, { token: admin });
      expect(answer, path).toMatchObject({ status: 400, code: 'invalid_field', json: { field } });
    }
  });

  it('finds all of the audit log since the year 0, which Postgres does not read as a text', async () => {
    const list = async (query: string) => {
      const { status, json } = await site.ask<{ entries: object[] }>('GET', `/v1/audit-log${query}`, undefined, {
        token: admin,
      });
      expect(status, query).toBe(200);
      return json.entries.length;
    };
    const all = await list('');
    expect(all).toBeGreaterThan(0);
    expect(await list('?from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59-14:00')).toBe(all);
    expect(await list('?to=0000-01-01T00:00:00Z')).toBe(0);
  });

  it('gives another role: the old access token is refused, and the next has the new role', async () => {
    const { id } = await add('role@cinema.example', 'customer');
    const { json } = await site.logIn('role@cinema.example');
    const { etag } = await site.ask('GET', `/v1/admin/accounts/${id}`, undefined, { token: admin });
    const path = `/v1/admin/accounts/${id}`;
    expect((await site.ask('PATCH', path, { role: 'staff' }, { token: admin })).code).toBe('precondition_required');
    expect((await site.ask('PATCH', path, { role: 'staff' }, { token: admin, ifMatch: etag })).status).toBe(200);
    expect(await refused(json.accessToken)).toBe('unauthorized');
    expect((await refresh(json)).json).toMatchObject({ role: 'staff', lacksSecondFactor: true });
  });

  it('disables an account: its log-ins end, and the password is not enough until it is enabled', async () => {
    const { id } = await add('off@cinema.example', 'customer');
    const { json } = await site.logIn('off@cinema.example');
    await site.ask('POST', `/v1/admin/accounts/${id}/disable`, {}, { token: admin });
    expect(await refused(json.accessToken)).toBe('unauthorized');
    expect((await refresh(json)).status).toBe(401);
    expect((await site.logIn('off@cinema.example')).code).toBe('account_disabled');
    await site.ask('POST', `/v1/admin/accounts/${id}/enable`, {}, { token: admin });
    expect((await site.logIn('off@cinema.example')).status).toBe(201);
  });

  it('logs somebody out everywhere', async () => {
    const { id } = await add('out@cinema.example', 'customer');
    const sessions = [await site.logIn('out@cinema.example'), await site.logIn('out@cinema.example')];
    await site.ask('POST', `/v1/admin/accounts/${id}/end-sessions`, {}, { token: admin });
    for (const { json } of sessions) {
      expect(await refused(json.accessToken)).toBe('unauthorized');
      expect((await refresh(json)).status).toBe(401);
    }
  });

  it.each(['customer', 'staff', 'manager'])('is not a %s: these neither see nor change accounts', async (role) => {
    const email = `low-${role}@cinema.example`;
    const { id } = await add(email, role);
    const { json } = await site.logIn(email);
    const { accessToken: token } = await enrol(json.accessToken);
    for (const [method, path] of [
      ['GET', '/v1/admin/accounts'],
      ['GET', `/v1/admin/accounts/${id}`],
      ['PATCH', `/v1/admin/accounts/${id}`],
      ['POST', `/v1/admin/accounts/${id}/disable`],
      ['POST', `/v1/admin/accounts/${id}/totp/reset`],
    ] as const) {
      const body = method === 'GET' ? undefined : {};
      expect((await site.ask(method, path, body, { token, ifMatch: '*' })).code, path).toBe('forbidden');
    }
  });
});
