import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Tokens } from '../../../src/gateway/tokens.js';

const SECRET = 'a secret of the tests, long enough to be taken';
const HOUR_MS = 3_600_000;
let now = 1_800_000_000_000;
const signer = new Tokens(
  SECRET,
  24 * HOUR_MS,
  () => 'id',
  () => now,
);
/** The identity, or the sentence of the refusal. */
const verify = async (token: string) => {
  const known = await signer.verify(token);
  return known.ok ? known.identity : known.error.message;
};

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** Any token at all, signed as ours are. */
function forge(claims: object, header: object = { alg: 'HS256' }, secret = SECRET, hash = 'sha256'): string {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}
const CLAIMS = { iss: 'usher', aud: 'usher', sub: 'user:1', role: 'user', exp: now / 1000 + 3_600 };

describe('a token', () => {
  it('of ours says who somebody is', async () => {
    const token = forge(CLAIMS);
    expect(await verify(token)).toEqual({
      holder: 'user:1',
      role: 'customer',
      session: token,
      expiresAt: CLAIMS.exp * 1000,
    });
    for (const role of ['customer', 'staff', 'manager', 'admin']) {
      expect(await verify(forge({ ...CLAIMS, role }))).toMatchObject({ role });
    }
    expect(await verify(forge({ ...CLAIMS, sub: 'ж'.repeat(128) }))).toMatchObject({ holder: 'ж'.repeat(128) });
  });

  it.each([
    ['nothing', ''],
    ['no token', 'token'],
    ['two dots', '..'],
    ['unsigned', `${part({ alg: 'none' })}.${part(CLAIMS)}.`],
    ['of another algorithm', forge(CLAIMS, { alg: 'HS512' }, SECRET, 'sha512')],
    ['of an unknown critical header', forge(CLAIMS, { alg: 'HS256', crit: ['x'], x: 1 })],
    ['of another secret', forge(CLAIMS, { alg: 'HS256' }, `${SECRET}!`)],
    ['for another audience', forge({ ...CLAIMS, aud: 'others' })],
    ['of another issuer', forge({ ...CLAIMS, iss: 'others' })],
    ['without an end', forge({ ...CLAIMS, exp: undefined })],
    ['with an end that is no number', forge({ ...CLAIMS, exp: 'never' })],
    ['that is not valid yet', forge({ ...CLAIMS, nbf: now / 1000 + 100 })],
    ['without a holder', forge({ ...CLAIMS, sub: undefined })],
    ['of nobody', forge({ ...CLAIMS, sub: '' })],
    ['of a holder that is too long', forge({ ...CLAIMS, sub: 'x'.repeat(129) })],
    ['of a holder that Postgres cannot write', forge({ ...CLAIMS, sub: 'a\u0000b' })],
    ['of a holder with half a character', forge({ ...CLAIMS, sub: '\ud800' })],
    ['of an unknown role', forge({ ...CLAIMS, role: 'root' })],
    ['of a role that every object has', forge({ ...CLAIMS, role: 'constructor' })],
    ['without a role', forge({ ...CLAIMS, role: undefined })],
    ['that is huge', forge({ ...CLAIMS, padding: 'x'.repeat(1_000_000) }, { alg: 'HS256' }, 'other')],
  ])('%s is refused with a sentence that gives nothing away', async (_what, token) => {
    const said = await verify(token);
    expect(said).toMatch(/^The token [\s\S]*\.$/);
    expect(said).not.toMatch(/signature|audience|issuer|claim|HS256|secret/i);
  });

  it('whose signed part was changed by one letter is refused', async () => {
    const token = forge(CLAIMS);
    for (let i = 0; i < token.length; i += 7) {
      // The last letter of a part carries bits that base64 does not use.
      if (token[i] === '.' || token[i + 1] === '.' || i === token.length - 1) continue;
      const changed = token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1);
      expect(await verify(changed), `letter ${i}`).toBeTypeOf('string');
    }
  });

  it('that has ended is told so, to the second', async () => {
    expect(await verify(forge({ ...CLAIMS, exp: now / 1000 }))).toBe('The token has expired.');
    expect(await verify(forge({ ...CLAIMS, exp: now / 1000 + 1 }))).toMatchObject({ holder: 'user:1' });
  });
});

describe('a guest', () => {
  it('[SESSION-2] has a session of the configured length, prolonged for the same holder in its last quarter only', async () => {
    const guest = await signer.guest();
    expect(guest).toMatchObject({ holder: 'guest:id', role: 'guest', expiresAt: now + 24 * HOUR_MS });
    now += 17 * HOUR_MS;
    expect(await verify(guest.session)).toEqual(guest);
    now += 2 * HOUR_MS;
    const longer = await verify(guest.session);
    expect(longer).toMatchObject({ holder: 'guest:id', role: 'guest', expiresAt: now + 24 * HOUR_MS });
    now += 6 * HOUR_MS;
    expect(await verify(guest.session)).toBe('The token has expired.');
    expect(await verify(typeof longer === 'string' ? '' : longer.session)).toMatchObject({ holder: 'guest:id' });
  });
});
