import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LiveClient } from '../gateway/live-client.js';
import { sign } from '../gateway/sign.js';
import { type LoggedIn, openSite, type Site } from './people.js';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

let people = 0;
const nextEmail = () => `own${people++}@example.org`;
const profile = (token: string) => site.ask('GET', '/v1/me', undefined, { token });
const refresh = (refreshToken: string) => site.ask<LoggedIn>('POST', '/v1/sessions/refresh', { refreshToken });
const logOut = (token: string, rest = '') => site.ask('POST', `/v1/log-out${rest}`, undefined, { token });
/** The node hears of a revocation within two seconds. */
const refusedSoon = (token: string) =>
  vi.waitFor(async () => expect((await profile(token)).status).toBe(401), { timeout: 4_000, interval: 50 });

describe('the profile', () => {
  it('is read and changed by whoever it is of, in the version that they saw', async () => {
    const email = nextEmail();
    const { accessToken: token, accountId } = await site.join(email, { name: 'Ada' });
    const read = await profile(token);
    expect(read).toMatchObject({
      status: 200,
      json: { id: accountId, email, name: 'Ada', role: 'customer', hasSecondFactor: false },
    });
    expect(JSON.stringify(read.json)).not.toContain('argon2');
    const change = (ifMatch: string | undefined) =>
      site.ask('PATCH', '/v1/me', { name: 'Ada L.' }, { token, ...(ifMatch === undefined ? {} : { ifMatch }) });
    expect((await change(undefined)).code).toBe('precondition_required');
    const changed = await change(read.etag);
    expect(changed).toMatchObject({ status: 200, json: { name: 'Ada L.' } });
    expect((await change(read.etag)).code).toBe('stale_version');
    expect((await profile(token)).etag).toBe(changed.etag);
  });

  it.each([{ role: 'admin' }, { email: 'b@example.org' }, { id: 'x' }, { name: 'a\u0007' }])(
    'takes no %j',
    async (wrong) => {
      const { accessToken: token } = await site.join(nextEmail());
      expect((await site.ask('PATCH', '/v1/me', wrong, { token, ifMatch: '*' })).code).toBe('invalid_field');
      expect((await profile(token)).json).toMatchObject({ role: 'customer', name: '' });
    },
  );

  it('is nobody’s who has no account', async () => {
    const guest = (await site.ask<{ session: string }>('POST', '/v1/sessions')).json.session;
    for (const token of [guest, await sign('user:1', { role: 'admin' })]) {
      for (const [method, path] of [
        ['GET', '/v1/me'],
        ['GET', '/v1/me/bookings'],
        ['POST', '/v1/log-out'],
      ] as const) {
        expect((await site.ask(method, path, undefined, { token })).code, path).toBe('forbidden');
      }
    }
  });
});

describe('logging out', () => {
  it('ends this session, its tokens and its sockets, and no other', async () => {
    const email = nextEmail();
    const one = await site.join(email);
    const other = (await site.logIn(email)).json;
    const socket = await LiveClient.join(site.stage.liveUrl(), { token: one.accessToken });
    expect((await logOut(one.accessToken)).status).toBe(204);
    expect((await refresh(one.refreshToken)).code).toBe('unauthorized');
    await refusedSoon(one.accessToken);
    expect(await socket.closed).toMatchObject({ code: 4002 });
    expect((await profile(other.accessToken)).status).toBe(200);
    expect((await refresh(other.refreshToken)).status).toBe(200);
  });

  it('everywhere ends all sessions of the account, and of nobody else', async () => {
    const email = nextEmail();
    const one = await site.join(email);
    const two = (await site.logIn(email)).json;
    const stranger = await site.join(nextEmail());
    expect((await logOut(one.accessToken, '/everywhere')).status).toBe(204);
    for (const { accessToken, refreshToken } of [one, two]) {
      expect((await refresh(refreshToken)).code).toBe('unauthorized');
      await refusedSoon(accessToken);
    }
    expect((await profile(stranger.accessToken)).status).toBe(200);
    const again = (await site.logIn(email)).json;
    expect((await profile(again.accessToken)).status).toBe(200);
  });
});
