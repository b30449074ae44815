import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ExternalIssuer } from '../../../src/boxoffice/access/external-issuer.js';
import { readConfig } from '../../../src/config.js';
import { silentLog } from '../../silent-log.js';
import { readProblem } from '../gateway/askers.js';
import { LiveClient } from '../gateway/live-client.js';
import { openStage, type Stage } from '../gateway/stage.js';

const ISSUER = 'https://login.example';
const AWAY = 'https://away.example';

interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

async function makeKey(kid: string, alg = 'RS256'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** The log-in of somebody else: its key set, over HTTP. */
let server: Server;
let published: JWK[] = [];
let answer: 'keys' | 'failure' | 'nothing' | 'rubbish' | 'endless' | 'redirect' = 'keys';
let asked = 0;
let first: Key;
let jwksUrl: string;
beforeAll(async () => {
  first = await makeKey('first');
  server = createServer((request, response) => {
    asked++;
    if (answer === 'nothing') return;
    if (answer === 'redirect' && request.url === '/keys') response.writeHead(302, { location: '/elsewhere' }).end();
    else if (answer === 'failure') response.writeHead(503).end();
    else if (answer === 'rubbish') response.end('<html>');
    else if (answer === 'endless') response.end(`{"keys":[],"x":"${'x'.repeat(300_000)}"}`);
    else response.end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
});
beforeEach(() => {
  published = [first.jwk];
  answer = 'keys';
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const setting = () => ({
  issuer: ISSUER,
  jwksUrl,
  audience: 'cinema',
  roles: { claim: 'realm_access.roles', map: { 'box-office': 'staff', boss: 'manager' } as const },
});

async function sign(key: Key, claims: object = {}, alg = 'RS256'): Promise<string> {
  const seconds = Math.floor(Date.now() / 1000);
  return await new SignJWT({ iss: ISSUER, aud: 'cinema', sub: 'ann', exp: seconds + 600, ...claims })
    .setProtectedHeader({ alg, kid: key.kid })
    .sign(key.privateKey);
}

describe('at a node that trusts an issuer', () => {
  let stage: Stage;
  beforeAll(async () => {
    const away = { ...setting(), issuer: AWAY, jwksUrl: 'http://127.0.0.1:1/keys' };
    stage = await openStage({ EXTERNAL_ISSUERS: JSON.stringify([setting(), away]) });
  });
  afterAll(() => stage.close());

  const own = (token: string) => fetch(stage.httpUrl('/own'), { headers: { authorization: `Bearer ${token}` } });
  const block = (token: string) =>
    fetch(stage.httpUrl('/blocks'), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
      },
      body: '{"seats":["R4-20"]}',
    });

  it('its customers hold seats, over HTTP and sockets, as holders of their own', async () => {
    const socket = await LiveClient.join(stage.liveUrl(), { token: await sign(first) });
    expect(socket.welcome?.holder).toMatch(/^ext:[\w-]{16}:ann$/);
    expect(await socket.call({ type: 'hold', seats: ['R2-1'] })).toMatchObject({ ok: true });
    const answered = (await (await own(await sign(first, { iat: 1 }))).json()) as { holds: object[] };
    expect(answered.holds).toHaveLength(1);
    await socket.close();
    expect((await readProblem(await block(await sign(first)))).code).toBe('forbidden');
    const me = await fetch(`http://127.0.0.1:${stage.port}/v1/me`, {
      headers: { authorization: `Bearer ${await sign(first)}` },
    });
    expect((await readProblem(me)).code, 'they have no account here').toBe('forbidden');
  });

  it('its roles are ours by the setting, the highest counts, and what is not named is a customer', async () => {
    const as = async (roles: unknown) => (await block(await sign(first, { realm_access: { roles } }))).status;
    expect(await as(['box-office'])).toBe(200);
    const edit = async (roles: unknown) => {
      const headers = {
        authorization: `Bearer ${await sign(first, { realm_access: { roles } })}`,
        'content-type': 'application/json',
      };
      return (await fetch(`http://127.0.0.1:${stage.port}/v1/movies`, { method: 'POST', headers, body: '{}' })).status;
    };
    expect(await edit(['box-office'])).toBe(403);
    expect(await edit(['other', 'boss', 'box-office']), 'allowed, and told what is missing').toBe(400);
    for (const roles of [['other'], ['admin'], ['constructor'], [], 'manager', 7, null, { boss: 1 }]) {
      expect(await as(roles), JSON.stringify(roles)).toBe(403);
    }
  });

  it('its tokens are not called forged while its keys cannot be had', async () => {
    const token = await sign(first, { iss: AWAY });
    const error = await readProblem(await own(token));
    expect(error).toMatchObject({ code: 'unavailable', retryable: true, retryAfterMs: 1_000 });
    const socket = await LiveClient.open(stage.liveUrl());
    socket.send({ type: 'hello', token });
    expect(await socket.closed).toEqual({ code: 4101, reason: 'unavailable' });
  });

  it('what it did not sign, or not for here and now, is refused', async () => {
    const seconds = Math.floor(Date.now() / 1000);
    const other = await makeKey('first');
    const cases: Record<string, string> = {
      'another key of the same name': await sign(other),
      'another audience': await sign(first, { aud: 'shop' }),
      'no audience': await sign(first, { aud: undefined }),
      'an issuer that is not trusted': await sign(first, { iss: 'https://login.example.evil' }),
      'our own issuer': await sign(first, { iss: 'usher', aud: 'usher', role: 'admin' }),
      'an end in the past': await sign(first, { exp: seconds - 60 }),
      'no end': await sign(first, { exp: undefined }),
      'a beginning in the future': await sign(first, { nbf: seconds + 60 }),
      'no holder': await sign(first, { sub: undefined }),
      'an empty holder': await sign(first, { sub: '' }),
      'a holder of an escape': await sign(first, { sub: '\u001b[2J' }),
      'a holder that is too long': await sign(first, { sub: 'x'.repeat(120) }),
    };
    for (const [what, token] of Object.entries(cases)) expect((await own(token)).status, what).toBe(401);
    const secret = new TextEncoder().encode(JSON.stringify(first.jwk));
    const confused = await new SignJWT({ iss: ISSUER, aud: 'cinema', sub: 'ann', exp: seconds + 600 })
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .sign(secret);
    expect((await own(confused)).status, 'a public key as the secret of an HMAC').toBe(401);
  });
});

describe('the keys of an issuer', () => {
  let now = Date.now();
  const open = () => new ExternalIssuer(setting(), () => now, silentLog);
  const code = async (issuer: ExternalIssuer, token: string) => {
    const known = await issuer.verify(token);
    return known.ok ? 'let in' : known.error.code;
  };
  beforeEach(() => {
    now = Date.now();
  });

  it('that cannot be fetched make an error that may be tried again, and the issuer is asked once a second', async () => {
    for (const failure of ['failure', 'rubbish', 'endless', 'redirect'] as const) {
      const issuer = open();
      answer = failure;
      const before = asked;
      const token = await sign(first);
      for (let i = 0; i < 20; i++) expect(await code(issuer, token), failure).toBe('unavailable');
      expect(asked - before, failure).toBe(1);
      answer = 'keys';
      now += 1_000;
      expect(await code(issuer, token), failure).toBe('let in');
    }
  });

  it('that do not come are waited for in bounded time', async () => {
    answer = 'nothing';
    const issuer = open();
    const since = performance.now();
    const token = await sign(first);
    expect(await Promise.all([code(issuer, token), code(issuer, token)])).toEqual(['unavailable', 'unavailable']);
    expect(performance.now() - since).toBeLessThan(5_000);
  });

  it('that are known let people in while the issuer is away, for a day', async () => {
    const issuer = open();
    const token = async () => await sign(first, { exp: Math.floor(now / 1000) + 600 });
    expect(await code(issuer, await token())).toBe('let in');
    answer = 'failure';
    now += 23 * 3_600_000;
    expect(await code(issuer, await token())).toBe('let in');
    now += 2 * 3_600_000;
    expect(await code(issuer, await token())).toBe('unavailable');
    answer = 'keys';
    now += 2_000;
    expect(await code(issuer, await token())).toBe('let in');
  });

  it('are fetched again when a token names a new one, and an old one that was removed counts no more', async () => {
    const issuer = open();
    expect(await code(issuer, await sign(first))).toBe('let in');
    const second = await makeKey('second', 'ES256');
    published = [second.jwk];
    const token = await sign(second, {}, 'ES256');
    // Asked a moment ago: whoever makes names up makes no requests.
    expect(await code(issuer, token)).toBe('unauthorized');
    await expect.poll(() => code(issuer, token), { timeout: 5_000, interval: 250 }).toBe('let in');
    expect(await code(issuer, await sign(first))).toBe('unauthorized');
  });

  it('are fetched again in the background after ten minutes', async () => {
    const issuer = open();
    const token = async () => await sign(first, { exp: Math.floor(now / 1000) + 600 });
    expect(await code(issuer, await token())).toBe('let in');
    const before = asked;
    now += 9 * 60_000;
    expect(await code(issuer, await token())).toBe('let in');
    expect(asked).toBe(before);
    published = [];
    now += 60_000;
    await code(issuer, await token());
    await expect.poll(() => code(issuer, 'x')).toBe('unauthorized');
    await expect.poll(async () => await code(issuer, await token())).toBe('unauthorized');
  });
});

describe('the setting EXTERNAL_ISSUERS', () => {
  const read = (value: unknown, more: Record<string, string> = {}) =>
    readConfig({ EXTERNAL_ISSUERS: typeof value === 'string' ? value : JSON.stringify(value), ...more });

  it('takes http in development only', () => {
    const production = { NODE_ENV: 'production', TOKEN_SECRET: 'fK9vQ2xLm8RtY4wZp7NcJ3hBd6GsA1eU' };
    const plain = { issuer: ISSUER, jwksUrl: 'http://login.example/keys', audience: 'a' };
    expect(read([plain]).access.issuers).toEqual([plain]);
    expect(() => read([plain], production)).toThrow('without https');
    expect(() => read([{ ...plain, jwksUrl: 'https://login.example/keys' }], production)).not.toThrow();
  });

  it.each([
    ['no JSON', '{'],
    ['no list', {}],
    ['an unknown member', [{ issuer: 'a', jwksUrl: 'https://a.example', audience: 'a', jwks: 1 }]],
    ['no audience', [{ issuer: 'a', jwksUrl: 'https://a.example' }]],
    ['a URL of another kind', [{ issuer: 'a', jwksUrl: 'file:///etc/passwd', audience: 'a' }]],
    ['a secret algorithm', [{ issuer: 'a', jwksUrl: 'https://a.example', audience: 'a', algorithms: ['HS256'] }]],
    ['ourselves', [{ issuer: 'usher', jwksUrl: 'https://a.example', audience: 'a' }]],
    ['one twice', [1, 2].map(() => ({ issuer: 'a', jwksUrl: 'https://a.example', audience: 'a' }))],
  ])('refuses %s', (_what, value) => {
    expect(() => read(value)).toThrow('EXTERNAL_ISSUERS');
  });
});
