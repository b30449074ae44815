import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeTimers } from '../../../src/adapters/node-timers.js';
import { RevocationWatch } from '../../../src/boxoffice/access/revocation-watch.js';
import { purgeRevocations, type Revocation, revoke } from '../../../src/boxoffice/access/revocations.js';
import type { Identity } from '../../../src/http/access.js';
import { silentLog } from '../../silent-log.js';
import { createDatabase, type TestDatabase } from '../database.js';

const TTL_MS = 600_000;

let database: TestDatabase;
let pool: pg.Pool;
let elapsedMs = 0;
beforeEach(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const openWatch = (db: Pick<pg.Pool, 'query'> = pool) =>
  RevocationWatch.open({
    pool: db,
    timers: nodeTimers,
    everyMs: 10,
    tokenTtlMs: TTL_MS,
    now: () => elapsedMs,
    log: silentLog,
  });

const of = (more: Partial<Identity>): Identity => ({
  holder: 'h',
  role: 'customer',
  session: 'token',
  expiresAt: 1,
  ...more,
});

describe('what was revoked', () => {
  it('is a log-in, an API key, or all access tokens of an account with fewer grants', async () => {
    const [session, account, gone, key] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await revoke(pool, { kind: 'session', subject: session });
    await revoke(pool, { kind: 'account', subject: account, grants: 4 });
    await revoke(pool, { kind: 'account', subject: account, grants: 3 });
    await revoke(pool, { kind: 'account', subject: gone });
    await revoke(pool, { kind: 'key', subject: key });
    const watch = await openWatch();
    expect(watch.covers(of({ accountId: randomUUID(), sessionId: session, grants: 9 }))).toBe(true);
    expect(watch.covers(of({ accountId: account, sessionId: randomUUID(), grants: 3 }))).toBe(true);
    expect(watch.covers(of({ accountId: account, sessionId: randomUUID(), grants: 4 }))).toBe(false);
    expect(watch.covers(of({ accountId: gone, sessionId: randomUUID(), grants: 1_000 }))).toBe(true);
    expect(watch.covers(of({ keyId: key }))).toBe(true);
    expect(watch.covers(of({ keyId: randomUUID() }))).toBe(false);
    // The id of one kind is not the id of another.
    expect(watch.covers(of({ accountId: session, sessionId: account, grants: 9 }))).toBe(false);
    expect(watch.covers(of({}))).toBe(false);
  });

  it('in a transaction that ends late is found all the same, after others that began later', async () => {
    const [late, early] = [randomUUID(), randomUUID()];
    const slow = await pool.connect();
    await slow.query('BEGIN');
    await revoke(slow, { kind: 'session', subject: late });
    await revoke(pool, { kind: 'session', subject: early });
    const watch = await openWatch();
    expect(watch.covers(of({ sessionId: early }))).toBe(true);
    await watch.look();
    expect(watch.covers(of({ sessionId: late }))).toBe(false);
    await slow.query('COMMIT');
    slow.release();
    await watch.look();
    expect(watch.covers(of({ sessionId: late }))).toBe(true);
  });

  it('is told in many pages, and none is missed or told again', async () => {
    const watch = await openWatch();
    const told: Revocation[] = [];
    const stop = watch.start((revocation) => told.push(revocation));
    await stop();
    await pool.query(
      `INSERT INTO boxoffice.revocations (kind, subject) SELECT 'session', gen_random_uuid() FROM generate_series(1, 12000)`,
    );
    const last = randomUUID();
    await revoke(pool, { kind: 'key', subject: last });
    await watch.look();
    expect(new Set(told.map(({ subject }) => subject)).size).toBe(12_001);
    expect(watch.covers(of({ keyId: last }))).toBe(true);
    // Rows come again while a transaction of any database of the server goes on.
    const other = await pool.connect();
    await other.query('BEGIN');
    await other.query('SELECT pg_current_xact_id()');
    for (let i = 0; i < 3; i++) await watch.look();
    await other.query('COMMIT');
    other.release();
    expect(told.length).toBe(12_001);
  });

  it('is remembered for as long as a token lives, and removed from the table long after', async () => {
    const subject = randomUUID();
    await revoke(pool, { kind: 'session', subject });
    const watch = await openWatch();
    elapsedMs += TTL_MS + 59_000;
    await watch.look();
    expect(watch.covers(of({ sessionId: subject }))).toBe(true);
    elapsedMs += 2_000;
    await watch.look();
    expect(watch.covers(of({ sessionId: subject }))).toBe(false);
    await purgeRevocations(pool, silentLog);
    const count = async () => (await pool.query('SELECT FROM boxoffice.revocations')).rowCount;
    expect(await count()).toBe(1);
    await pool.query(`UPDATE boxoffice.revocations SET revoked_at = revoked_at - interval '8 days'`);
    await purgeRevocations(pool, silentLog);
    expect(await count()).toBe(0);
  });

  it('while Postgres was away is found when it is back', async () => {
    let isAway = false;
    const query = (text: string, values?: unknown[]) =>
      isAway ? Promise.reject(new Error('away')) : pool.query(text, values);
    const watch = await openWatch({ query } as unknown as pg.Pool);
    isAway = true;
    const subject = randomUUID();
    await revoke(pool, { kind: 'session', subject });
    await watch.look();
    expect(watch.covers(of({ sessionId: subject }))).toBe(false);
    isAway = false;
    await watch.look();
    expect(watch.covers(of({ sessionId: subject }))).toBe(true);
  });

  it('is found in a database whose transactions are numbered anew, as after a failover that lost some', async () => {
    const { rows } = await pool.query<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid');
    let ahead = 1_000_000n;
    const query = async (text: string, values: unknown[]) => {
      const [from, ...rest] = values;
      const result = await pool.query(text, [String(BigInt(String(from)) > 0n ? BigInt(String(from)) : 0n), ...rest]);
      for (const row of result.rows) row.horizon = String(BigInt(row.horizon) + ahead);
      return result;
    };
    const watch = await openWatch({ query } as unknown as pg.Pool);
    ahead = 0n;
    const subject = randomUUID();
    await revoke(pool, { kind: 'session', subject });
    await watch.look();
    expect(Number(rows[0]!.xid)).toBeLessThan(1_000_000);
    expect(watch.covers(of({ sessionId: subject }))).toBe(true);
  });
});
