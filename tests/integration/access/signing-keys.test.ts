import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Grant, SignedAccessTokens } from '../../../src/boxoffice/access/access-tokens.js';
import { SecretBox } from '../../../src/boxoffice/access/secret-box.js';
import { SigningKeys } from '../../../src/boxoffice/access/signing-keys.js';
import { silentLog } from '../../silent-log.js';
import { createDatabase, type TestDatabase } from '../database.js';
import { SECRET } from '../gateway/sign.js';

const DAY_MS = 86_400_000;
const TTL_MS = 600_000;
const GRANT: Grant = {
  accountId: randomUUID(),
  sessionId: randomUUID(),
  holder: 'account:1',
  role: 'manager',
  grants: 3,
  lacksSecondFactor: false,
};

let database: TestDatabase;
let pool: pg.Pool;
let elapsedMs = 0;
beforeEach(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 8 });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

/** The keys as one node has them. */
async function openNode(secret = SECRET) {
  const keys = await SigningKeys.open({
    pool,
    box: new SecretBox(secret, 'keys'),
    rotateEveryMs: 30 * DAY_MS,
    tokenTtlMs: TTL_MS,
    now: () => elapsedMs,
    log: silentLog,
  });
  const tokens = new SignedAccessTokens({ keys, ttlMs: TTL_MS, wallMs: Date.now });
  return { keys, tokens, kids: () => keys.published.map(({ kid }) => kid) };
}

/** All keys grow older by this. */
async function pass(ms: number): Promise<void> {
  elapsedMs += ms;
  await pool.query(
    'UPDATE boxoffice.signing_keys SET created_at = created_at - make_interval(secs => $1::float8 / 1000)',
    [ms],
  );
}

describe('the signing keys', () => {
  it('are one and the same for eight nodes that start at the same moment', async () => {
    const nodes = await Promise.all(Array.from({ length: 8 }, () => openNode()));
    const kids = new Set(nodes.map(({ keys }) => keys.signer.kid));
    expect(kids.size).toBe(1);
    const { rows } = await pool.query<{ private_key: Buffer }>('SELECT private_key FROM boxoffice.signing_keys');
    expect(rows).toHaveLength(1);
    const der = nodes[0]!.keys.signer.privateKey.export({ format: 'der', type: 'pkcs8' });
    expect(rows[0]!.private_key.includes(der.subarray(-32)), 'in Postgres it is encrypted').toBe(false);
  });

  it('are published before they sign, and until the last token that they signed has expired', async () => {
    const [here, there] = [await openNode(), await openNode()];
    const first = here.keys.signer.kid;
    const early = await here.tokens.issue(GRANT);

    await pass(30 * DAY_MS - 15 * 60_000);
    await here.keys.renew();
    expect(here.kids()).toHaveLength(2);
    expect(here.keys.signer.kid, 'the new one is only published').toBe(first);
    await there.keys.renew();
    expect(there.kids(), 'the other node makes no third').toEqual(here.kids());

    await pass(15 * 60_000);
    await Promise.all([here.keys.renew(), there.keys.renew()]);
    const second = here.keys.signer.kid;
    expect(second).not.toBe(first);
    const late = await there.tokens.issue(GRANT);
    for (const { tokens } of [here, there]) {
      for (const { token } of [early, late]) expect(await tokens.verify(token)).toMatchObject({ ok: true });
    }

    await pass(TTL_MS);
    await here.keys.renew();
    expect(here.kids(), 'a token may have been signed at the very end').toEqual([second, first]);
    await pass(5 * 60_000);
    await here.keys.renew();
    await there.keys.renew();
    for (const { kids } of [here, there]) expect(kids()).toEqual([second]);
    expect(await there.tokens.verify(early.token)).toMatchObject({ ok: false });
  });

  it('that another node made are found by the first token that names one', async () => {
    const here = await openNode();
    await pool.query('DELETE FROM boxoffice.signing_keys');
    const there = await openNode();
    const { token } = await there.tokens.issue(GRANT);
    expect(await here.tokens.verify(token), 'the table was read within the last second').toMatchObject({ ok: false });
    elapsedMs += 1_000;
    expect(await here.tokens.verify(token)).toMatchObject({ ok: true });
  });

  it('that somebody deleted count no more once a node has read the table, and it signs with another', async () => {
    const here = await openNode();
    const { token } = await here.tokens.issue(GRANT);
    const stolen = here.keys.signer.kid;
    await pool.query('DELETE FROM boxoffice.signing_keys');
    await here.keys.renew();
    expect(here.keys.signer.kid).not.toBe(stolen);
    expect(await here.tokens.verify(token)).toMatchObject({ ok: false });
    expect(await here.tokens.verify((await here.tokens.issue(GRANT)).token)).toMatchObject({ ok: true });
  });

  it('of another TOKEN_SECRET are neither used nor published', async () => {
    const before = await openNode('the secret that was stolen last night');
    const after = await openNode();
    expect(after.kids()).not.toContain(before.keys.signer.kid);
    const { token } = await before.tokens.issue(GRANT);
    elapsedMs += 1_000;
    expect(await after.tokens.verify(token)).toMatchObject({ ok: false });
  });
});

describe('an access token', () => {
  it('says who it is for, to us and to everybody who has the published keys', async () => {
    const { keys, tokens } = await openNode();
    const { token, expiresAt } = await tokens.issue(GRANT);
    expect(await tokens.verify(token)).toEqual({ ok: true, grant: GRANT, expiresAt });
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet({ keys: [...keys.published] }), {
      issuer: 'usher',
      audience: 'usher',
      algorithms: ['EdDSA'],
    });
    expect(payload).toMatchObject({ sub: GRANT.holder, role: 'manager', account_id: GRANT.accountId, grants: 3 });
    expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: keys.signer.kid, typ: 'at+jwt' });
    expect(JSON.stringify(keys.published)).not.toContain('"d"');
  });
});
