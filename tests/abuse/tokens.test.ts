import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveClient } from '../integration/gateway/live-client.js';
import { lines, talk } from '../integration/gateway/raw-http.js';
import { SECRET, sign } from '../integration/gateway/sign.js';
import { openStage, type Stage } from '../integration/gateway/stage.js';
import { claimsOf, FORGERIES, forge, part } from './forged-tokens.js';
import { ask } from './web-buyer.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ SINGLE_GAP: 'off' });
});
afterAll(() => stage.close());

/** The words by which a refusal may be told, whatever was wrong: none names the claim, the key or the algorithm. */
const SAID = [
  'The token has expired.',
  'The token has no known role.',
  'The token is not valid here.',
  'The token names no usable holder.',
  // What has no letters of a token at all is not even taken for one.
  'Send a session as `Authorization: Bearer …`.',
];

/** What becomes of a token on a socket: the code it is closed with, or that it is let in. */
async function knock(token: string): Promise<{ code: number | 'welcome'; said: string }> {
  const client = await LiveClient.open(stage.liveUrl());
  client.send({ type: 'hello', token });
  const end = await Promise.race([client.closed, client.next('welcome')]);
  const fault = client.messages.find((message) => message.type === 'error');
  await client.close();
  return { code: 'code' in end ? end.code : 'welcome', said: fault?.error.message ?? '' };
}

describe('a token with', () => {
  it.each(Object.entries(FORGERIES))('%s is let in nowhere, and told nothing that helps', async (_what, token) => {
    const live = await knock(token);
    expect(live.code).toBe(4001);
    const web = await ask(stage, 'POST', '/blocks', token, { seats: ['R1-1'] });
    expect(web.status).toBe(401);
    for (const said of [live.said, web.body.detail]) expect(SAID).toContain(said);
    expect(live.said + web.text).not.toContain(SECRET);
  });

  it('more text than a token may have is refused before it is looked at', async () => {
    expect((await knock(forge(claimsOf({ padding: 'x'.repeat(4_096) })))).code).toBe(4000);
    const long = forge(claimsOf({ padding: 'x'.repeat(200_000) }));
    const request = lines('GET /v1/movies HTTP/1.1', 'Host: x', `Authorization: Bearer ${long}`);
    expect(await talk(stage.port, request)).toMatch(/^HTTP\/1\.1 431 /);
    expect((await fetch(`http://127.0.0.1:${stage.port}/healthz`)).status).toBe(200);
  });

  it('our signature, and an end in the year 100,000 or never, is what its signer wanted', async () => {
    for (const exp of ['4070908800000', '1e300', '1e999']) {
      const claims = JSON.stringify(claimsOf({ exp: 7 })).replace('"exp":7', `"exp":${exp}`);
      expect((await knock(forge(claims))).code).toBe('welcome');
    }
  });

  it('a claim twice says what the last of them says, to us as to all who read JSON', async () => {
    const twice = (first: string, last: string) =>
      forge(JSON.stringify(claimsOf()).replace('"role":"staff"', `"role":"${first}","role":"${last}"`));
    const block = (token: string) => ask(stage, 'POST', '/blocks', token, { seats: ['R4-20'] });
    expect((await block(twice('staff', 'guest'))).body.code).toBe('forbidden');
    expect((await block(twice('guest', 'staff'))).status).toBe(200);
  });
});

describe('a guest', () => {
  it('who writes another role or holder into their own session has no session', async () => {
    const client = await LiveClient.join(stage.liveUrl());
    const [header = '', claims = '', signature = ''] = client.token.split('.');
    const mine = JSON.parse(Buffer.from(claims, 'base64url').toString()) as object;
    for (const change of [{ role: 'staff' }, { sub: 'user:victim' }, { exp: 4_070_908_800 }]) {
      expect((await knock(`${header}.${part({ ...mine, ...change })}.${signature}`)).code).toBe(4001);
    }
    await client.close();
  });

  it('is refused what only staff may do, over both ways in, and nothing is done', async () => {
    const client = await LiveClient.join(stage.liveUrl());
    for (const type of ['block', 'unblock']) {
      expect(await client.call({ type, seats: ['R3-1'] })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    }
    for (const [path, token] of [
      ['/blocks', client.token],
      ['/blocks/remove', client.token],
      ['/blocks', await sign('user:1')],
    ] as const) {
      expect((await ask(stage, 'POST', path, token, { seats: ['R3-1'] })).body.code).toBe('forbidden');
    }
    expect(client.statuses[40]).toBe(0);
    await client.close();
  });
});

describe('a session', () => {
  it('that is used in two places at once is one holder with one allowance, and each place is told of the other', async () => {
    const token = await sign('user:twice');
    const [here, there] = await Promise.all([1, 2].map(() => LiveClient.join(stage.liveUrl(), { token })));
    const held = await here?.call({ type: 'hold', seats: ['R2-1'] });
    const { holds } = (await there?.next('own')) ?? { holds: [] };
    expect(holds.map(({ seats }) => seats)).toEqual([['R2-1']]);
    const holdId = held?.ok ? held.hold?.id : undefined;
    expect(await there?.call({ type: 'release', holdId })).toMatchObject({ ok: true, seats: ['R2-1'] });
    await Promise.all([here?.close(), there?.close()]);
  });

  it('that ends while its socket is open goes on there, and is let in nowhere else: what SECURITY.md warns of', async () => {
    const token = await sign('user:short', { expiresAt: Date.now() / 1000 + 1.5 });
    const client = await LiveClient.join(stage.liveUrl(), { token });
    await expect.poll(async () => (await knock(token)).code, { timeout: 4_000, interval: 100 }).toBe(4001);
    expect(await client.call({ type: 'hold', seats: ['R2-9'] })).toMatchObject({ ok: true });
    expect((await ask(stage, 'GET', '/own', token)).status).toBe(401);
    await client.close();
  });

  it('is taken from the first frame and the Authorization header, and from no URL, body or other header', async () => {
    const token = await sign('user:elsewhere');
    for (const more of [
      { cookie: `session=${token}; token=${token}` },
      { 'x-access-token': token },
      { authorization: `Basic ${token}` },
      { authorization: token },
    ] as Record<string, string>[]) {
      expect((await ask(stage, 'GET', '/own', '', undefined, more)).status).toBe(401);
    }
    for (const query of [`?token=${token}`, `?access_token=${token}`, `?session=${token}`]) {
      expect((await ask(stage, 'GET', `/own${query}`, '')).status).toBe(401);
    }
    expect((await ask(stage, 'POST', '/holds', '', { seats: ['R1-5'], token, session: token })).status).toBe(401);
    const socket = await LiveClient.join(`${stage.liveUrl()}?token=${token}`);
    expect(socket.welcome?.holder).toMatch(/^guest:/);
    await socket.close();
  });
});
