import { describe, expect, it } from 'vitest';
import { authenticator } from '../../../../src/boxoffice/access/authenticator.js';
import { KeyRing } from '../../../../src/boxoffice/access/key-ring.js';
import type { Authenticate, Identity } from '../../../../src/http/access.js';
import { silentLog } from '../../../silent-log.js';

const SECRET = `usk_live_${'a'.repeat(43)}`;
const GRANT = { keyId: 'k', permissions: ['bookings.read', 'of.tomorrow'], keyExpiresAt: null, secretExpiresAt: null };

/** Postgres as far as API keys need it. `state.rows` is what it says, and `state.isAway` that it says nothing. */
function openRing() {
  const state = { now: 0, reads: 0, writes: 0, isAway: false, rows: [{ ...GRANT, isUseDue: false }] as object[] };
  const query = async (text: string) => {
    if (state.isAway) throw new Error('Postgres is away.');
    if (text.startsWith('UPDATE')) state.writes++;
    else state.reads++;
    return { rows: state.rows };
  };
  const ring = new KeyRing({ pool: { query } as never, wallMs: () => state.now, log: silentLog });
  return { state, ring };
}

const session: Authenticate = async (token) => ({
  ok: true,
  identity: { holder: 'guest:1', role: 'guest', session: token, expiresAt: 1 },
});

function open(isRevoked: (identity: Identity) => boolean = () => false) {
  const { state, ring } = openRing();
  const verify = async () => {
    throw new Error('The keys cannot be read.');
  };
  const issuers = new Map();
  const authenticate = authenticator({
    sessions: session,
    accessTokens: { verify },
    keyRing: ring,
    issuers,
    isRevoked,
    log: silentLog,
  });
  return { state, authenticate };
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token whose check needs what is away', () => {
  it('gets an error that may be tried again, be it an API key or an access token', async () => {
    const { state, authenticate } = open();
    state.isAway = true;
    for (const token of [SECRET, `${part({ alg: 'EdDSA', kid: 'x' })}.${part({})}.x`]) {
      expect(await authenticate(token)).toMatchObject({
        ok: false,
        error: { code: 'unavailable', retryable: true, retryAfterMs: 1_000 },
      });
    }
    expect(await authenticate(`${part({ alg: 'HS256' })}.${part({})}.x`)).toMatchObject({ ok: true });
  });
});

describe('an API key', () => {
  it('has the permissions that it was given, without those that this version does not know', async () => {
    const { authenticate } = open();
    expect(await authenticate(SECRET)).toEqual({
      ok: true,
      identity: {
        holder: 'key:k',
        role: 'key',
        keyId: 'k',
        permissions: ['bookings.read'],
        session: SECRET,
        expiresAt: Number.POSITIVE_INFINITY,
      },
    });
  });

  it('is read once in three seconds, however many ask at once', async () => {
    const { state, authenticate } = open();
    await Promise.all(Array.from({ length: 50 }, () => authenticate(SECRET)));
    state.now = 2_999;
    await authenticate(SECRET);
    expect(state.reads).toBe(1);
    state.now = 3_000;
    await authenticate(SECRET);
    expect(state.reads).toBe(2);
  });

  it('that is known is refused at once when it is revoked', async () => {
    const revoked = new Set<string>();
    const { authenticate } = open(({ keyId = '' }) => revoked.has(keyId));
    expect((await authenticate(SECRET)).ok).toBe(true);
    revoked.add('k');
    expect(await authenticate(SECRET)).toMatchObject({ ok: false, error: { code: 'unauthorized' } });
  });

  it('that is unknown, or could not be asked for, is asked for again', async () => {
    const { state, authenticate } = open();
    state.rows = [];
    expect((await authenticate(SECRET)).ok).toBe(false);
    state.rows = [{ ...GRANT, isUseDue: false }];
    state.isAway = true;
    expect((await authenticate(SECRET)).ok).toBe(false);
    state.isAway = false;
    expect((await authenticate(SECRET)).ok).toBe(true);
  });

  it('whose secret expires is refused to the millisecond, and its sockets are closed with the key only', async () => {
    const { state, ring } = openRing();
    state.rows = [{ ...GRANT, secretExpiresAt: 1_000, keyExpiresAt: 2_000, isUseDue: false }];
    expect((await ring.authenticate(SECRET)).ok).toBe(true);
    state.now = 1_000;
    expect((await ring.authenticate(SECRET)).ok).toBe(false);
    expect(ring.takeExpired()).toEqual([]);
    state.now = 2_000;
    expect(ring.takeExpired()).toEqual(['k']);
    expect(ring.takeExpired()).toEqual([]);
  });

  it('has its use written where that is due, and works where it cannot be written', async () => {
    const { state, ring } = openRing();
    state.rows = [{ ...GRANT, isUseDue: true }];
    expect((await ring.authenticate(SECRET)).ok).toBe(true);
    expect(state.writes).toBe(1);
  });

  it('of the wrong length or letters is refused without a look at Postgres', async () => {
    const { state, ring } = openRing();
    for (const secret of ['usk_live_', `${SECRET}a`, SECRET.slice(1), `usk_live_${'ä'.repeat(43)}`, `${SECRET}\n`]) {
      expect((await ring.authenticate(secret)).ok, secret).toBe(false);
    }
    expect(state.reads).toBe(0);
  });
});
