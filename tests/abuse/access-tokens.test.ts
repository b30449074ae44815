import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecretBox } from '../../src/boxoffice/access/secret-box.js';
import { SigningKeys } from '../../src/boxoffice/access/signing-keys.js';
import { LiveClient } from '../integration/gateway/live-client.js';
import { SECRET, sign as signSession } from '../integration/gateway/sign.js';
import { openStage, type Stage } from '../integration/gateway/stage.js';
import { silentLog } from '../silent-log.js';
import { part } from './forged-tokens.js';
import { ask } from './web-buyer.js';

let stage: Stage;
let kid: string;
/** The key that signs at this server, which no attacker has: for tokens that are wrong in one thing only. */
let ours: KeyObject;
beforeAll(async () => {
  stage = await openStage({ SINGLE_GAP: 'off' });
  const keys = await SigningKeys.open({
    pool: stage.pool,
    box: new SecretBox(SECRET, 'usher signing keys 1'),
    rotateEveryMs: 86_400_000,
    tokenTtlMs: 600_000,
    now: () => performance.now(),
    log: silentLog,
  });
  kid = keys.signer.kid;
  ours = keys.signer.privateKey;
});
afterAll(() => stage.close());

const SAID = ['The token has expired.', 'The token has no known role.', 'The token is not valid here.'];

const seconds = () => Math.floor(Date.now() / 1000);
const claimsOf = (more: object = {}) => ({
  iss: 'usher',
  aud: 'usher',
  sub: 'account:mallory',
  account_id: randomUUID(),
  sid: randomUUID(),
  role: 'admin',
  grants: 1,
  lacks_second_factor: false,
  iat: seconds(),
  exp: seconds() + 600,
  ...more,
});
const headerOf = (more: object = {}) => ({ alg: 'EdDSA', kid, typ: 'at+jwt', ...more });
function forge(key: KeyObject, claims: object = claimsOf(), header: object = headerOf()): string {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}
function hmac(secret: string | Buffer, claims: object, header: object): string {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

const theirs = generateKeyPairSync('ed25519');
const theirJwk = theirs.publicKey.export({ format: 'jwk' });
const block = (token: string) => ask(stage, 'POST', '/blocks', token, { seats: ['R1-1'] });

/** What an attacker can make without our key. */
const FORGED: Record<string, () => string> = {
  'a key of their own under our kid': () => forge(theirs.privateKey),
  'a key of their own and no kid': () => forge(theirs.privateKey, claimsOf(), headerOf({ kid: undefined })),
  'an unknown kid': () => forge(theirs.privateKey, claimsOf(), headerOf({ kid: 'mallory' })),
  'a kid that is SQL': () => forge(theirs.privateKey, claimsOf(), headerOf({ kid: "' OR true --" })),
  'a kid that is a list': () => forge(theirs.privateKey, claimsOf(), headerOf({ kid: [kid] })),
  'their own key in jwk': () => forge(theirs.privateKey, claimsOf(), headerOf({ jwk: theirJwk })),
  'their own keys at jku': () => forge(theirs.privateKey, claimsOf(), headerOf({ jku: 'http://127.0.0.1:9/jwks' })),
  'no signature': () => `${part(headerOf())}.${part(claimsOf())}.`,
  'no algorithm': () => `${part(headerOf({ alg: 'none' }))}.${part(claimsOf())}.`,
  'a signature of zeros': () => `${part(headerOf())}.${part(claimsOf())}.${Buffer.alloc(64).toString('base64url')}`,
  'our public key as the secret of an HMAC, as raw bytes': () => {
    const { x = '' } = createPublicKey(ours).export({ format: 'jwk' });
    return hmac(Buffer.from(x, 'base64url'), claimsOf(), headerOf({ alg: 'HS256' }));
  },
  'our public key as the secret of an HMAC, as PEM': () => {
    const pem = createPublicKey(ours).export({ format: 'pem', type: 'spki' });
    return hmac(String(pem), claimsOf(), headerOf({ alg: 'HS256' }));
  },
  'our public key as the secret of an HMAC, as the JWK': () =>
    hmac(JSON.stringify(createPublicKey(ours).export({ format: 'jwk' })), claimsOf(), headerOf({ alg: 'HS256' })),
  'an HMAC said to be EdDSA': () => hmac(SECRET, claimsOf(), headerOf()),
};

/** What our own key must not be taken to have said. */
const WRONG: Record<string, () => string> = {
  'another audience': () => forge(ours, claimsOf({ aud: 'others' })),
  'no audience': () => forge(ours, claimsOf({ aud: undefined })),
  'another issuer': () => forge(ours, claimsOf({ iss: 'https://usher.evil.example' })),
  'an end in the past': () => forge(ours, claimsOf({ exp: seconds() - 1 })),
  'no end': () => forge(ours, claimsOf({ exp: undefined })),
  'an end that is text': () => forge(ours, claimsOf({ exp: '9999999999' })),
  'a beginning in the future': () => forge(ours, claimsOf({ nbf: seconds() + 60 })),
  'another type of token': () => forge(ours, claimsOf(), headerOf({ typ: 'JWT' })),
  'no type': () => forge(ours, claimsOf(), headerOf({ typ: undefined })),
  'a critical header': () => forge(ours, claimsOf(), headerOf({ crit: ['x'], x: 1 })),
  'the role of a key': () => forge(ours, claimsOf({ role: 'key' })),
  'an unknown role': () => forge(ours, claimsOf({ role: 'root' })),
  'several roles': () => forge(ours, claimsOf({ role: ['admin'] })),
  'no grants': () => forge(ours, claimsOf({ grants: undefined })),
  'grants that are text': () => forge(ours, claimsOf({ grants: '9' })),
  'no session': () => forge(ours, claimsOf({ sid: undefined })),
  'an account that is no id': () => forge(ours, claimsOf({ account_id: 'x' })),
  'nothing of the second factor': () => forge(ours, claimsOf({ lacks_second_factor: undefined })),
  'a holder that is a number': () => forge(ours, claimsOf({ sub: 7 })),
  'a holder of a line break': () => forge(ours, claimsOf({ sub: 'a\nb' })),
};

describe('an access token with', () => {
  it('nothing wrong is let in: else none of these tests would mean anything', async () => {
    expect((await block(forge(ours))).status).toBe(200);
  });

  it.each([...Object.entries(FORGED), ...Object.entries(WRONG)])('%s is let in nowhere', async (_what, make) => {
    const token = make();
    const client = await LiveClient.open(stage.liveUrl());
    client.send({ type: 'hello', token });
    expect((await client.closed).code).toBe(4001);
    const web = await block(token);
    expect(web.status).toBe(401);
    expect(SAID).toContain(web.body.detail);
  });

  it('other claims under the signature of a genuine one is refused', async () => {
    const [header, claims = '', signature] = forge(ours, claimsOf({ role: 'customer' })).split('.');
    const mine = JSON.parse(Buffer.from(claims, 'base64url').toString()) as object;
    for (const change of [{ role: 'admin' }, { grants: 99 }, { exp: 4_070_908_800 }, { lacks_second_factor: false }]) {
      const changed = part({ ...mine, ...change, x: 1 });
      expect((await block(`${header}.${changed}.${signature}`)).status).toBe(401);
    }
  });
});

describe('a token of one kind', () => {
  it('is not taken for one of another: a session has no account, whatever it claims', async () => {
    const session = hmac(SECRET, claimsOf({ role: 'customer' }), { alg: 'HS256', typ: 'at+jwt', kid });
    const me = await fetch(`http://127.0.0.1:${stage.port}/v1/me`, { headers: { authorization: `Bearer ${session}` } });
    expect(((await me.json()) as { code: string }).code).toBe('forbidden');
  });

  it('is refused where it only looks like an API key', async () => {
    for (const token of [
      'usk_live_',
      `usk_live_${'A'.repeat(43)}`,
      `usk_live_${'A'.repeat(42)}`,
      `usk_live_${await signSession('staff:1', { role: 'staff' })}`,
      `USK_LIVE_${'A'.repeat(43)}`,
    ]) {
      expect((await block(token)).status, token).toBe(401);
    }
  });

  it('says nothing of its key: a flood of unknown kids is answered, and others are served meanwhile', async () => {
    const flood = Array.from({ length: 100 }, (_, i) =>
      block(forge(theirs.privateKey, claimsOf(), headerOf({ kid: `k${i}` }))),
    );
    const guest = await LiveClient.join(stage.liveUrl());
    expect((await Promise.all(flood)).map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 401));
    expect(await guest.call({ type: 'hold', seats: ['R3-3'] })).toMatchObject({ ok: true });
    await guest.close();
  });
});
