import { randomUUID } from 'node:crypto';
import { generateSync } from 'otplib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Grant } from '../../../src/boxoffice/access/access-tokens.js';
import { SecretBox } from '../../../src/boxoffice/access/secret-box.js';
import { insertAccount, lockAccount } from '../../../src/boxoffice/accounts/account-store.js';
import { Passwords } from '../../../src/boxoffice/accounts/passwords.js';
import { endAllSessions } from '../../../src/boxoffice/accounts/sessions.js';
import { postgresAudit } from '../../../src/boxoffice/audit/audit.js';
import { secondFactor } from '../../../src/boxoffice/second-factor/second-factor.js';
import { totpEndpoints } from '../../../src/boxoffice/second-factor/totp-endpoints.js';
import type { AccountRole } from '../../../src/http/access.js';
import type { Endpoint } from '../../../src/http/endpoint.js';
import { silentLog } from '../../silent-log.js';
import { createDatabase, type TestDatabase } from '../database.js';
import { call } from './call.js';

const PASSWORD = 'three green bottles';
const STEP_MS = 30_000;
const nowMs = Date.UTC(2026, 10, 29, 20, 0, 10);

let database: TestDatabase;
let pool: pg.Pool;
let endpoints: readonly Endpoint[];
let passwordHash: string;
const issued: Grant[] = [];

beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
  const passwords = new Passwords();
  const hashed = await passwords.hash(PASSWORD);
  passwordHash = hashed.ok ? hashed.hash : '';
  const box = new SecretBox('a secret of the tests, long enough to be taken', 'totp');
  const accessTokens = {
    issue: async (grant: Grant) => ({ token: `token ${issued.push(grant)}`, expiresAt: nowMs + 600_000 }),
  };
  const factor = secondFactor({ box, now: () => nowMs, log: silentLog });
  endpoints = totpEndpoints({ pool, audit: postgresAudit, box, secondFactor: factor, passwords, accessTokens });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function addSession(accountId: string, role: AccountRole) {
  const sessionId = randomUUID();
  await pool.query(
    `INSERT INTO boxoffice.sessions (id, account_id, holder, second_factor, address, expires_at)
     VALUES ($1, $2, $3, false, '10.0.0.1', now() + interval '1 day')`,
    [sessionId, accountId, `account:${accountId}`],
  );
  return { accountId, sessionId, holder: `account:${accountId}`, role, address: '10.0.0.1' };
}

async function logIn(role: AccountRole = 'staff') {
  const id = randomUUID();
  await insertAccount(pool, { id, email: `${id}@a.example`, name: 'A', passwordHash, role });
  return await addSession(id, role);
}
type LoggedIn = Awaited<ReturnType<typeof logIn>>;

async function begin(caller: LoggedIn) {
  const { body } = await call<{ secret: string; uri: string }>(endpoints, 'beginTotp', { caller });
  return (steps: number) => generateSync({ secret: body.secret, epoch: Math.floor((nowMs + steps * STEP_MS) / 1000) });
}

async function enrolled(role: AccountRole = 'staff') {
  const caller = await logIn(role);
  const codeOf = await begin(caller);
  const { body } = await call<{ recoveryCodes: string[] }>(endpoints, 'confirmTotp', {
    caller,
    body: { code: codeOf(-1) },
  });
  return { caller, codeOf, recoveryCodes: body.recoveryCodes };
}

const ask = async (id: string, caller: LoggedIn, body: object = {}) => await call(endpoints, id, { caller, body });

async function actions({ accountId }: LoggedIn): Promise<string[]> {
  const { rows } = await pool.query<{ action: string }>(
    'SELECT action FROM boxoffice.audit_log WHERE subject = $1 ORDER BY id',
    [`account:${accountId}`],
  );
  return rows.map(({ action }) => action);
}

describe('an app', () => {
  it('is in use once a code of it was sent; then the log-in has its second factor, and recovery codes are shown', async () => {
    const caller = await logIn();
    const codeOf = await begin(caller);
    expect(await ask('confirmTotp', caller, { code: codeOf(7) })).toMatchObject({
      code: 'invalid_code',
      field: 'code',
    });
    const confirmed = await call<{ recoveryCodes: string[]; accessToken: string }>(endpoints, 'confirmTotp', {
      caller,
      body: { code: codeOf(0) },
    });
    expect(confirmed.body.recoveryCodes).toHaveLength(10);
    expect(confirmed.body.accessToken).toBe(`token ${issued.length}`);
    const { accountId, sessionId, holder } = caller;
    expect(issued.at(-1)).toEqual({
      ...{ accountId, sessionId, holder, role: 'staff', grants: 1, lacksSecondFactor: false },
    });
    const { rows } = await pool.query('SELECT second_factor FROM boxoffice.sessions WHERE id = $1', [sessionId]);
    expect(rows).toEqual([{ second_factor: true }]);
    expect(await actions(caller)).toEqual(['second_factor.enrol']);
  });

  it('that was begun twice is the second one', async () => {
    const caller = await logIn();
    const [first, second] = [await begin(caller), await begin(caller)];
    expect((await ask('confirmTotp', caller, { code: first(0) })).code).toBe('invalid_code');
    expect((await ask('confirmTotp', caller, { code: second(0) })).code).toBe('ok');
  });

  it('that is in use is neither replaced nor confirmed again, so that nobody takes it over', async () => {
    const { caller, codeOf } = await enrolled();
    expect((await ask('beginTotp', caller)).code).toBe('already_exists');
    expect((await ask('confirmTotp', caller, { code: codeOf(0) })).code).toBe('already_exists');
  });

  it('cannot be confirmed before it was begun', async () => {
    expect((await ask('confirmTotp', await logIn(), { code: '123456' })).code).toBe('invalid_code');
  });

  it('is set up soon after the password was given, or not in that log-in', async () => {
    const caller = await logIn();
    const age = async (minutes: number) =>
      await pool.query(`UPDATE boxoffice.sessions SET created_at = now() - $2 * interval '1 minute' WHERE id = $1`, [
        caller.sessionId,
        minutes,
      ]);
    await age(16);
    expect((await ask('beginTotp', caller)).code).toBe('forbidden');
    await age(14);
    expect((await ask('beginTotp', caller)).code).toBe('ok');
  });

  it.each([
    ['was ended', 'UPDATE boxoffice.sessions SET revoked_at = now() WHERE id = $1'],
    ['has expired', 'UPDATE boxoffice.sessions SET expires_at = now() WHERE id = $1'],
    [
      'is of a disabled account',
      'UPDATE boxoffice.accounts SET disabled_at = now() WHERE id = (SELECT account_id FROM boxoffice.sessions WHERE id = $1)',
    ],
  ])('is not set up by a log-in that %s', async (_, statement) => {
    const caller = await logIn();
    await pool.query(statement, [caller.sessionId]);
    for (const id of ['beginTotp', 'confirmTotp', 'removeTotp', 'renewRecoveryCodes']) {
      expect((await ask(id, caller, id === 'beginTotp' ? {} : { code: '123456' })).code, id).toBe('unauthorized');
    }
  });

  it('is confirmed by one of many requests at once with the same code', async () => {
    const caller = await logIn();
    const codeOf = await begin(caller);
    const all = await Promise.all(Array.from({ length: 6 }, () => ask('confirmTotp', caller, { code: codeOf(0) })));
    expect(all.map(({ code }) => code).sort()).toEqual([...Array(5).fill('already_exists'), 'ok']);
    const { rows } = await pool.query('SELECT FROM boxoffice.recovery_codes WHERE account_id = $1', [caller.accountId]);
    expect(rows).toHaveLength(10);
  });

  it.each(['beginTotp', 'confirmTotp', 'removeTotp', 'renewRecoveryCodes'])(
    'while all sessions are ended: %s waits without holding what that needs, and is then refused',
    async (id) => {
      const { caller } = await enrolled();
      const other = await pool.connect();
      await other.query('BEGIN');
      await lockAccount(other, caller.accountId);
      const asked = ask(id, caller, id === 'beginTotp' ? {} : { code: '123456' });
      const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await vi.waitFor(async () => expect((await pool.query(waiting)).rowCount).toBe(1), { timeout: 4_000 });
      await endAllSessions(other, caller.accountId, 'logged out everywhere');
      await other.query('COMMIT');
      other.release();
      expect((await asked).code).toBe('unauthorized');
    },
  );
});

describe('an app is removed', () => {
  it('by a code, once: log-ins stay without a second factor, and older access tokens are revoked', async () => {
    const { caller, codeOf, recoveryCodes } = await enrolled();
    expect((await ask('removeTotp', caller, { code: codeOf(0) })).code).toBe('ok');
    expect(issued.at(-1)).toMatchObject({ sessionId: caller.sessionId, grants: 2, lacksSecondFactor: true });
    const { rows } = await pool.query('SELECT kind, grants FROM boxoffice.revocations WHERE subject = $1', [
      caller.accountId,
    ]);
    expect(rows).toEqual([{ kind: 'account', grants: '2' }]);
    expect((await ask('removeTotp', caller, { code: codeOf(1) })).code).toBe('not_found');
    const again = await begin(caller);
    expect((await ask('confirmTotp', caller, { code: again(0) })).code).toBe('ok');
    expect((await ask('removeTotp', caller, { code: recoveryCodes[0] })).code, 'an old recovery code').toBe(
      'invalid_code',
    );
    expect(await actions(caller)).toEqual(['second_factor.enrol', 'second_factor.remove', 'second_factor.enrol']);
  });

  it('by the password where the log-in had a second factor, and not where it had none', async () => {
    const { caller } = await enrolled();
    const other = await addSession(caller.accountId, 'staff');
    expect(await ask('removeTotp', other, { password: PASSWORD })).toMatchObject({
      code: 'invalid_code',
      field: 'code',
    });
    expect(await ask('removeTotp', caller, { password: 'three green bottle' })).toMatchObject({
      ...{ code: 'invalid_code', field: 'password' },
    });
    expect((await ask('removeTotp', caller, { password: PASSWORD })).code).toBe('ok');
  });

  it('by nothing else, and wrong proofs of either kind are counted together', async () => {
    const { caller, codeOf } = await enrolled();
    for (const body of [{}, { code: '1', password: 'x' }, { code: '' }, { password: '' }, { code: '1', sure: true }]) {
      expect((await ask('removeTotp', caller, body)).code).toBe('invalid_field');
    }
    for (let i = 0; i < 5; i++) {
      expect((await ask('removeTotp', caller, { password: 'a wrong one' })).code).toBe('invalid_code');
      expect((await ask('renewRecoveryCodes', caller, { code: codeOf(9) })).code).toBe('invalid_code');
    }
    const refused = await ask('removeTotp', caller, { password: PASSWORD });
    expect(refused.code).toBe('rate_limited');
    expect(refused.retryAfterMs).toBeGreaterThan(3_000_000);
    expect((await ask('removeTotp', caller, { code: codeOf(0) })).code).toBe('rate_limited');
  });

  it('of a customer without making their log-in worth less', async () => {
    const { caller, codeOf } = await enrolled('customer');
    expect((await ask('removeTotp', caller, { code: codeOf(0) })).code).toBe('ok');
    expect(issued.at(-1)).toMatchObject({ lacksSecondFactor: false });
  });
});

it('recovery codes are renewed by a code, and the entries of the audit log have none of them', async () => {
  const { caller, codeOf, recoveryCodes } = await enrolled();
  const renewed = await call<{ recoveryCodes: string[] }>(endpoints, 'renewRecoveryCodes', {
    caller,
    body: { code: codeOf(0) },
  });
  expect(renewed.body.recoveryCodes).toHaveLength(10);
  expect(renewed.body.recoveryCodes.filter((code) => recoveryCodes.includes(code))).toEqual([]);
  expect((await ask('removeTotp', caller, { code: recoveryCodes[1] })).code).toBe('invalid_code');
  const { rows } = await pool.query('SELECT a::text AS entry FROM boxoffice.audit_log a WHERE subject = $1', [
    `account:${caller.accountId}`,
  ]);
  expect(rows).toHaveLength(2);
  for (const code of renewed.body.recoveryCodes) expect(JSON.stringify(rows)).not.toContain(code);
  expect((await ask('removeTotp', caller, { code: renewed.body.recoveryCodes[1] })).code).toBe('ok');
});
