import { randomUUID } from 'node:crypto';
import { generateSync } from 'otplib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecretBox } from '../../../src/boxoffice/access/secret-box.js';
import { inTransaction } from '../../../src/boxoffice/halls/hall-store.js';
import { renewRecoveryCodes } from '../../../src/boxoffice/second-factor/recovery-codes.js';
import { secondFactor } from '../../../src/boxoffice/second-factor/second-factor.js';
import { makeTotpSecret } from '../../../src/boxoffice/second-factor/totp.js';
import { recordingLog } from '../../unit/boxoffice/recording-log.js';
import { createDatabase, type TestDatabase } from '../database.js';

const SECRET = 'a secret of the tests, long enough to be taken';
const STEP_MS = 30_000;

let database: TestDatabase;
/** As of two nodes. */
let pools: [pg.Pool, pg.Pool];
let nowMs = Date.UTC(2026, 10, 29, 20, 0, 10);
const log = recordingLog();
const box = new SecretBox(SECRET, 'usher totp secrets 1');
const factor = secondFactor({ box, now: () => nowMs, log });

beforeAll(async () => {
  database = await createDatabase();
  const open = () => new pg.Pool({ connectionString: database.url, max: 4 });
  pools = [open(), open()];
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await database.drop();
});

async function addAccount(isEnrolled = true) {
  const id = randomUUID();
  const secret = makeTotpSecret();
  await pools[0].query(
    `INSERT INTO boxoffice.accounts (id, email, role, holder, totp_secret, totp_since)
     VALUES ($1, $2, 'staff', $3, $4, $5)`,
    [id, `${id}@a.example`, `account:${id}`, box.seal(Buffer.from(secret), id), isEnrolled ? new Date() : null],
  );
  const codeAt = (ms: number) => generateSync({ secret, epoch: Math.floor(ms / 1000) });
  /** Of another step than those that are right now. */
  const wrongCode = () => codeAt(nowMs + 50 * STEP_MS);
  return { id, codeAt, wrongCode };
}

/** As an endpoint does it: the transaction ends well whether the code is right or not. */
function use(id: string, code: string, pool = pools[0]) {
  return inTransaction(pool, async (client) => {
    // Whatever a transaction of the other node sees, it has seen before this one writes.
    await client.query('SELECT FROM boxoffice.accounts');
    return { result: (await factor.spend(client, id, code))?.code ?? 'accepted', commit: true };
  });
}

describe('a TOTP code', () => {
  it('is taken once', async () => {
    const { id, codeAt } = await addAccount();
    expect(await use(id, codeAt(nowMs))).toBe('accepted');
    expect(await use(id, codeAt(nowMs))).toBe('invalid_code');
    expect(await use(id, codeAt(nowMs - STEP_MS))).toBe('invalid_code');
    expect(await use(id, codeAt(nowMs + STEP_MS))).toBe('accepted');
    nowMs += STEP_MS;
    expect(await use(id, codeAt(nowMs))).toBe('invalid_code');
  });

  it('is taken by one of two nodes that get it at the same moment', async () => {
    for (let round = 0; round < 20; round++) {
      const { id, codeAt } = await addAccount();
      const outcomes = await Promise.all(
        pools.flatMap((pool) => [use(id, codeAt(nowMs), pool), use(id, codeAt(nowMs), pool)]),
      );
      expect(outcomes.sort()).toEqual(['accepted', 'invalid_code', 'invalid_code', 'invalid_code']);
    }
  });

  it('of an app that was not confirmed counts for the confirmation only', async () => {
    const { id, codeAt } = await addAccount(false);
    expect(await factor.isEnrolled(pools[0], id)).toBe(false);
    expect(await use(id, codeAt(nowMs))).toBe('invalid_code');
    expect(await factor.spendFirst(pools[0], id, codeAt(nowMs))).toBeUndefined();
    await pools[0].query('UPDATE boxoffice.accounts SET totp_since = now() WHERE id = $1', [id]);
    expect(await factor.isEnrolled(pools[0], id)).toBe(true);
    expect(await use(id, codeAt(nowMs)), 'the code that confirmed').toBe('invalid_code');
  });

  it('of another account is wrong, also where its encrypted secret was copied over', async () => {
    const [ann, bob] = [await addAccount(), await addAccount()];
    expect(await use(ann.id, bob.codeAt(nowMs))).toBe('invalid_code');
    const copy = `UPDATE boxoffice.accounts SET totp_secret = (SELECT totp_secret FROM boxoffice.accounts WHERE id = $2) WHERE id = $1`;
    await pools[0].query(copy, [ann.id, bob.id]);
    expect(await use(ann.id, bob.codeAt(nowMs))).toBe('invalid_code');
    expect(log.lines.at(-1)?.fields).toEqual({ event: 'second_factor.secret_unreadable', accountId: ann.id });
  });
});

describe('a recovery code', () => {
  it('is taken once, by one of two nodes, and not for another account', async () => {
    const [{ id }, other] = [await addAccount(), await addAccount()];
    const codes = await renewRecoveryCodes(pools[0], id);
    expect(new Set(codes).size).toBe(10);
    const [first = '', second = ''] = codes;
    expect(await use(other.id, first)).toBe('invalid_code');
    expect((await Promise.all(pools.map((pool) => use(id, first, pool)))).sort()).toEqual(['accepted', 'invalid_code']);
    expect(await use(id, first)).toBe('invalid_code');
    expect(await use(id, second.toUpperCase().replaceAll('-', ' '))).toBe('accepted');
  });

  it('is worth nothing once there are new ones', async () => {
    const { id } = await addAccount();
    const [old = ''] = await renewRecoveryCodes(pools[0], id);
    const [fresh = ''] = await renewRecoveryCodes(pools[0], id);
    expect(await use(id, old)).toBe('invalid_code');
    expect(await use(id, fresh)).toBe('accepted');
  });

  it('is not in the database', async () => {
    const { id } = await addAccount();
    const [code = ''] = await renewRecoveryCodes(pools[0], id);
    const { rows } = await pools[0].query('SELECT r::text FROM boxoffice.recovery_codes r WHERE account_id = $1', [id]);
    expect(rows).toHaveLength(10);
    const kept = JSON.stringify(rows);
    for (const form of [code, code.replaceAll('-', '')]) {
      expect(kept).not.toContain(form);
      expect(kept).not.toContain(Buffer.from(form).toString('hex'));
    }
  });
});

describe('wrong codes', () => {
  it('are ten an hour: then the right one is not taken either, and of others it is', async () => {
    const [ann, bob] = [await addAccount(), await addAccount()];
    for (let i = 0; i < 10; i++) expect(await use(ann.id, ann.wrongCode())).toBe('invalid_code');
    expect(await use(ann.id, ann.codeAt(nowMs))).toBe('rate_limited');
    const [code = ''] = await renewRecoveryCodes(pools[0], ann.id);
    expect(await use(ann.id, code)).toBe('rate_limited');
    expect(await use(bob.id, bob.codeAt(nowMs))).toBe('accepted');
    const error = await factor.spend(pools[0], ann.id, ann.codeAt(nowMs));
    expect(error?.retryAfterMs).toBeGreaterThan(3_500_000);
    expect(error?.retryAfterMs).toBeLessThanOrEqual(3_600_000);
    await pools[0].query("UPDATE boxoffice.attempts SET window_ends_at = now() - interval '1 second'");
    expect(await use(ann.id, ann.codeAt(nowMs))).toBe('accepted');
  });

  it('are ten an hour also when all are sent at once to two nodes', async () => {
    const { id, wrongCode } = await addAccount();
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, i) => use(id, wrongCode(), pools[i % 2])));
    expect(outcomes.filter((outcome) => outcome === 'invalid_code')).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === 'rate_limited')).toHaveLength(30);
  });

  it('stay counted when a right one comes between', async () => {
    const { id, codeAt, wrongCode } = await addAccount();
    for (let i = 0; i < 9; i++) await use(id, wrongCode());
    expect(await use(id, codeAt(nowMs))).toBe('accepted');
    expect(await use(id, wrongCode())).toBe('invalid_code');
    expect(await use(id, codeAt(nowMs + STEP_MS))).toBe('rate_limited');
  });

  it('of any form are counted', async () => {
    const { id, codeAt } = await addAccount();
    for (let i = 0; i < 10; i++) expect(await use(id, 'nonsense')).toBe('invalid_code');
    expect(await use(id, codeAt(nowMs))).toBe('rate_limited');
  });
});
