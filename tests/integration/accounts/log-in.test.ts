import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Passwords } from '../../../src/boxoffice/accounts/passwords.js';
import { type LoggedIn, openSite, PASSWORD, type Site } from './people.js';

let site: Site;
beforeAll(async () => {
  site = await openSite({
    LOG_IN_FAILURES_PER_ACCOUNT: '5',
    LOG_IN_FAILURES_PER_ADDRESS: '100000',
    MAILS_PER_ADDRESS: '10000',
  });
});
afterAll(() => site.close());

describe('logging in', () => {
  it('is the same for an unknown address and a wrong password', async () => {
    await site.join('ada@example.org');
    const wrong = await site.logIn('ada@example.org', { password: 'wrong horse battery' });
    const unknown = await site.logIn('eve@example.org', { password: 'wrong horse battery' });
    expect(wrong).toMatchObject({ status: 401, code: 'wrong_credentials' });
    expect(unknown).toEqual(wrong);
  });

  it('hashes for an unknown address as for a wrong password: neither is answered sooner than a hash takes', async () => {
    await site.join('slow@example.org');
    const fastest = async (times: number, work: (i: number) => Promise<unknown>) => {
      let best = Number.POSITIVE_INFINITY;
      for (let i = 0; i < times; i++) {
        const startedAt = performance.now();
        await work(i);
        best = Math.min(best, performance.now() - startedAt);
      }
      return best;
    };
    // Of many: what else the machine does only makes it slower.
    const passwords = new Passwords();
    const hashMs = await fastest(20, () => passwords.compare(null, 'wrong horse battery'));
    await passwords.close();
    const tryAt = (email: string) => site.logIn(email, { password: 'wrong horse battery' });
    expect(await fastest(4, () => tryAt('slow@example.org'))).toBeGreaterThan(hashMs / 2);
    expect(await fastest(4, (i) => tryAt(`${i}@example.org`))).toBeGreaterThan(hashMs / 2);
  });

  it('takes the address in any case, and the password as it looks', async () => {
    await site.join('case@example.org');
    expect((await site.logIn(' CASE@Example.org ')).status).toBe(201);
    expect((await site.logIn('case@example.org', { password: PASSWORD.toUpperCase() })).code).toBe('wrong_credentials');
  });

  it('tells somebody with the right password, and nobody else, that the account is disabled', async () => {
    await site.join('off@example.org');
    await site.stage.pool.query("UPDATE boxoffice.accounts SET disabled_at = now() WHERE email = 'off@example.org'");
    expect(await site.logIn('off@example.org')).toMatchObject({ status: 403, code: 'account_disabled' });
    const wrong = await site.logIn('off@example.org', { password: 'wrong horse battery' });
    expect(wrong.code).toBe('wrong_credentials');
  });

  it('needs no password where none was set yet: there is none that is right', async () => {
    await site.stage.pool.query(
      "INSERT INTO boxoffice.accounts (id, email, role, holder) VALUES ($1, 'unset@example.org', 'staff', 'account:unset')",
      [randomUUID()],
    );
    for (const password of ['null', 'undefined', PASSWORD]) {
      expect((await site.logIn('unset@example.org', { password })).code).toBe('wrong_credentials');
    }
  });
});

describe('failures', () => {
  it('of one account are counted, and the right password is then not looked at either', async () => {
    await site.join('guessed@example.org');
    const guess = () => site.logIn('guessed@example.org', { password: 'wrong horse battery' });
    const codes = (await Promise.all(Array.from({ length: 12 }, guess))).map(({ code }) => code);
    expect(codes.filter((code) => code === 'wrong_credentials')).toHaveLength(5);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(7);
    const right = await site.logIn('guessed@example.org');
    expect(right).toMatchObject({ status: 429, code: 'rate_limited' });
    const { retryAfterMs } = right.json as unknown as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(60_000);
    expect(retryAfterMs).toBeLessThanOrEqual(15 * 60_000);
  });

  it('of an address without an account are counted as well, so that the count tells nothing', async () => {
    const codes: unknown[] = [];
    for (let i = 0; i < 6; i++) codes.push((await site.logIn('nobody@example.org')).code);
    expect(codes).toEqual([...Array(5).fill('wrong_credentials'), 'rate_limited']);
  });

  it('are none where the password is right, however often', async () => {
    await site.join('right@example.org');
    for (let i = 0; i < 8; i++) expect((await site.logIn('right@example.org')).status).toBe(201);
  });

  it('of one client are counted over all accounts', async () => {
    const strict = await openSite({ LOG_IN_FAILURES_PER_ADDRESS: '4' });
    const codes: unknown[] = [];
    for (let i = 0; i < 5; i++) codes.push((await strict.logIn(`${i}@example.org`)).code);
    expect(codes).toEqual([...Array(4).fill('wrong_credentials'), 'rate_limited']);
    await strict.close();
  });
});

describe('many at once', () => {
  it('fifty people log in at the same time: each is logged in or told when to try again', async () => {
    await site.join('crowd@example.org');
    await site.stage.pool.query(
      `INSERT INTO boxoffice.accounts (id, email, password_hash, role, holder)
       SELECT gen_random_uuid(), n || '@crowd.example', password_hash, 'customer', 'account:crowd' || n
         FROM boxoffice.accounts, generate_series(1, 50) AS n WHERE email = 'crowd@example.org'`,
    );
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => site.logIn(`${i + 1}@crowd.example`)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status !== 201 && status !== 429)).toEqual([]);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(10);
    for (const { json } of answers.filter(({ status }) => status === 429)) {
      expect(json).toMatchObject({ code: 'rate_limited', retryAfterMs: 2_000 });
    }
    // Those who were told so try again, and get in.
    for (const [i, { status }] of answers.entries()) {
      if (status === 429) expect((await site.logIn(`${i + 1}@crowd.example`)).status).toBe(201);
    }
  }, 60_000);
});

describe('a second factor', () => {
  it('is asked for after the right password only', async () => {
    await site.join('totp@example.org');
    await site.stage.pool.query(
      "UPDATE boxoffice.accounts SET totp_secret = 'x', totp_since = now() WHERE email = 'totp@example.org'",
    );
    expect(await site.logIn('totp@example.org')).toMatchObject({ status: 401, code: 'code_required' });
    const wrong = await site.logIn('totp@example.org', { password: 'wrong horse battery', code: '123456' });
    expect(wrong.code).toBe('wrong_credentials');
    expect((await site.logIn('totp@example.org', { code: '123456' })).code).toBe('invalid_code');
  });

  it('is guessed as often as a password, and asking without a code takes nothing back', async () => {
    await site.join('guess@example.org');
    await site.stage.pool.query(
      "UPDATE boxoffice.accounts SET totp_secret = 'x', totp_since = now() WHERE email = 'guess@example.org'",
    );
    const codes: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      codes.push((await site.logIn('guess@example.org', { code: `00000${i}` })).code);
      codes.push((await site.logIn('guess@example.org')).code);
    }
    expect(codes.slice(0, 9).filter((_, i) => i % 2 === 0)).toEqual(Array(5).fill('invalid_code'));
    expect(codes.slice(10)).toEqual(['rate_limited', 'rate_limited']);
  });

  it('that a role needs and the log-in did not have is told', async () => {
    await site.join('staff@example.org');
    await site.stage.pool.query("UPDATE boxoffice.accounts SET role = 'staff' WHERE email = 'staff@example.org'");
    const { json } = await site.logIn('staff@example.org');
    expect(json).toMatchObject({ role: 'staff', lacksSecondFactor: true });
    // Twelve hours, and not thirty days.
    expect(json.refreshExpiresAt - Date.now()).toBeLessThanOrEqual(12 * 3_600_000);
    const { rows } = await site.stage.pool.query(
      'SELECT action, subject FROM boxoffice.audit_log WHERE account_id = $1',
      [(json as LoggedIn).accountId],
    );
    expect(rows).toEqual([{ action: 'account.log_in', subject: `account:${json.accountId}` }]);
  });
});
