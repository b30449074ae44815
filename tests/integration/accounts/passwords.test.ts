import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type LoggedIn, openSite, PASSWORD, type Site, tokenIn } from './people.js';

const NEW = 'another horse battery';

let site: Site;
beforeAll(async () => {
  site = await openSite({ LOG_IN_FAILURES_PER_ACCOUNT: '4', MAILS_PER_ACCOUNT: '4', MAILS_PER_ADDRESS: '1000' });
});
afterAll(() => site.close());

let people = 0;
const nextEmail = () => `pass${people++}@example.org`;
const change = (token: string, body: object) => site.ask<LoggedIn>('POST', '/v1/me/password', body, { token });
const reset = (email: string) => site.ask('POST', '/v1/password-resets', { email });
const set = (body: object) => site.ask('POST', '/v1/password-resets/confirm', body);
const refresh = (refreshToken: string) => site.ask<LoggedIn>('POST', '/v1/sessions/refresh', { refreshToken });
const profile = (token: string) => site.ask('GET', '/v1/me', undefined, { token });

describe('changing the password', () => {
  it('needs the old one, ends the other sessions, and goes on with a new one for the caller', async () => {
    const email = nextEmail();
    const one = await site.join(email);
    const other = (await site.logIn(email)).json;
    const wrong = await change(one.accessToken, { oldPassword: NEW, password: NEW });
    expect(wrong).toMatchObject({ status: 401, code: 'wrong_credentials', json: { field: 'oldPassword' } });
    const changed = await change(one.accessToken, { oldPassword: PASSWORD, password: NEW });
    expect(changed).toMatchObject({ status: 200, json: { accountId: one.accountId, holder: one.holder } });
    expect((await profile(changed.json.accessToken)).status).toBe(200);
    expect((await refresh(changed.json.refreshToken)).status).toBe(200);
    for (const { accessToken, refreshToken } of [one, other]) {
      expect((await refresh(refreshToken)).code).toBe('unauthorized');
      await vi.waitFor(async () => expect((await profile(accessToken)).status).toBe(401), { timeout: 4_000 });
    }
    expect((await site.logIn(email)).code).toBe('wrong_credentials');
    expect((await site.logIn(email, { password: NEW })).status).toBe(201);
    expect(await site.mail(email, 2)).toContain('Your password was changed');
  });

  it('refuses a weak one, and changes nothing', async () => {
    const email = nextEmail();
    const { accessToken } = await site.join(email);
    const refused = await change(accessToken, { oldPassword: PASSWORD, password: 'password123' });
    expect(refused).toMatchObject({ status: 422, code: 'weak_password', json: { field: 'password' } });
    expect((await site.logIn(email)).status).toBe(201);
  });

  it('is no way to guess the old one', async () => {
    const { accessToken } = await site.join(nextEmail());
    const codes: unknown[] = [];
    for (let i = 0; i < 5; i++) codes.push((await change(accessToken, { oldPassword: `${i}`, password: NEW })).code);
    expect(codes).toEqual([...Array(4).fill('wrong_credentials'), 'rate_limited']);
  });

  it('by two at the same time is done once', async () => {
    const email = nextEmail();
    const { accessToken } = await site.join(email);
    const both = await Promise.all(
      [NEW, `${NEW}!`].map((password) => change(accessToken, { oldPassword: PASSWORD, password })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
  });
});

describe('a reset', () => {
  it('by a mailed link sets a password, once, and ends all sessions', async () => {
    const email = nextEmail();
    const before = await site.join(email);
    expect(await reset(email)).toMatchObject({ status: 202, json: { email } });
    const token = tokenIn(await site.mail(email, 2));
    expect((await set({ token, password: 'short' })).code).toBe('weak_password');
    const answers = await Promise.all(Array.from({ length: 4 }, () => set({ token, password: NEW })));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 410, 410, 410]);
    expect((await refresh(before.refreshToken)).code).toBe('unauthorized');
    await vi.waitFor(async () => expect((await profile(before.accessToken)).status).toBe(401), { timeout: 4_000 });
    expect((await site.logIn(email)).code).toBe('wrong_credentials');
    expect((await site.logIn(email, { password: NEW })).status).toBe(201);
  });

  it('is answered the same for an address without an account, whose owner is told so', async () => {
    const [known, unknown] = [nextEmail(), nextEmail()];
    await site.join(known);
    const answers = await Promise.all([reset(known), reset(unknown)]);
    expect(JSON.stringify(answers[0]).replaceAll(known, '')).toBe(JSON.stringify(answers[1]).replaceAll(unknown, ''));
    const mail = await site.mail(unknown);
    expect(mail).toContain('no account with this address');
    expect(tokenIn(mail)).toBe('');
  });

  it('lets somebody in again whom others have locked out by guessing', async () => {
    const email = nextEmail();
    await site.join(email);
    for (let i = 0; i < 5; i++) await site.logIn(email, { password: `${i}` });
    expect((await site.logIn(email)).code).toBe('rate_limited');
    await reset(email);
    expect((await set({ token: tokenIn(await site.mail(email, 2)), password: NEW })).status).toBe(204);
    expect((await site.logIn(email, { password: NEW })).status).toBe(201);
  });

  it('ends the links before it, and none of them confirms a sign-up', async () => {
    const email = nextEmail();
    await site.join(email);
    await reset(email);
    await reset(email);
    const [first, second] = [tokenIn(await site.mail(email, 2)), tokenIn(await site.mail(email, 3))];
    const confirm = { token: first, password: PASSWORD };
    expect((await site.ask('POST', '/v1/accounts/confirm', confirm)).code).toBe('invalid_link');
    expect((await set({ token: second, password: NEW })).status).toBe(204);
    expect((await set({ token: first, password: `${NEW}!` })).code).toBe('invalid_link');
  });

  it('does not let in whom an administrator has disabled', async () => {
    const email = nextEmail();
    await site.join(email);
    await reset(email);
    const token = tokenIn(await site.mail(email, 2));
    await site.stage.pool.query('UPDATE boxoffice.accounts SET disabled_at = now() WHERE email = $1', [email]);
    expect((await set({ token, password: NEW })).code).toBe('invalid_link');
  });
});
