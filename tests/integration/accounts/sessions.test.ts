import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoggedIn, openSite, type Site } from './people.js';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

let people = 0;
const newcomer = async (): Promise<LoggedIn> => site.join(`person${people++}@example.org`);
const refresh = (refreshToken: string) => site.ask<LoggedIn>('POST', '/v1/sessions/refresh', { refreshToken });
/** As if all tokens had been used a minute earlier than they were. */
const aMinutePasses = () =>
  site.stage.pool.query("UPDATE boxoffice.refresh_tokens SET used_at = used_at - interval '1 minute'");
const sessionsOf = async ({ accountId }: LoggedIn) =>
  (
    await site.stage.pool.query(
      'SELECT revoked_because AS because FROM boxoffice.sessions WHERE account_id = $1 ORDER BY created_at, id',
      [accountId],
    )
  ).rows.map(({ because }) => because);

describe('a refresh token', () => {
  it('makes the next pair of tokens, time after time, for the same person', async () => {
    const first = await newcomer();
    const second = await refresh(first.refreshToken);
    expect(second.status).toBe(200);
    const { accountId, holder, role, refreshExpiresAt } = first;
    expect(second.json).toMatchObject({ accountId, holder, role, refreshExpiresAt });
    expect(second.json.refreshToken).not.toBe(first.refreshToken);
    await aMinutePasses();
    const third = await refresh(second.json.refreshToken);
    expect(third.status).toBe(200);
  });

  it('that is sent a second time ends the session, so that none of its tokens works', async () => {
    const first = await newcomer();
    const thief = await refresh(first.refreshToken);
    await aMinutePasses();
    expect(await refresh(first.refreshToken)).toMatchObject({ status: 401, code: 'unauthorized' });
    expect(await refresh(thief.json.refreshToken)).toMatchObject({ status: 401, code: 'unauthorized' });
    expect(await sessionsOf(first)).toEqual(['a refresh token was used twice']);
    const { rows } = await site.stage.pool.query(
      `SELECT r.kind FROM boxoffice.revocations r JOIN boxoffice.sessions s ON s.id = r.subject WHERE s.account_id = $1`,
      [first.accountId],
    );
    expect(rows).toEqual([{ kind: 'session' }]);
  });

  it('that is sent again because the answer was lost gives the same next token, and the chain never forks', async () => {
    const first = await newcomer();
    const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(first.refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(new Set(answers.map(({ json }) => json.refreshToken)).size).toBe(1);
    await aMinutePasses();
    expect((await refresh(answers[0]!.json.refreshToken)).status).toBe(200);
    expect(await sessionsOf(first)).toEqual([null]);
  });

  it('that is sent again at once, but after its next one was used, ends the session', async () => {
    const first = await newcomer();
    const second = await refresh(first.refreshToken);
    await refresh(second.json.refreshToken);
    expect((await refresh(first.refreshToken)).code).toBe('unauthorized');
    expect(await sessionsOf(first)).toEqual(['a refresh token was used twice']);
  });

  it('of long ago is still known for one that was used', async () => {
    const first = await newcomer();
    let { refreshToken } = first;
    for (let i = 0; i < 5; i++) ({ refreshToken } = (await refresh(refreshToken)).json);
    await aMinutePasses();
    expect((await refresh(first.refreshToken)).code).toBe('unauthorized');
    expect((await refresh(refreshToken)).code).toBe('unauthorized');
  });

  it('of a session that has ended by time, of a disabled account, or of nobody, is refused', async () => {
    const late = await newcomer();
    await site.stage.pool.query('UPDATE boxoffice.sessions SET expires_at = now() WHERE account_id = $1', [
      late.accountId,
    ]);
    const disabled = await newcomer();
    await site.stage.pool.query('UPDATE boxoffice.accounts SET disabled_at = now() WHERE id = $1', [
      disabled.accountId,
    ]);
    for (const token of [late.refreshToken, disabled.refreshToken, `usr_${'A'.repeat(43)}`, 'x']) {
      expect(await refresh(token)).toMatchObject({ status: 401, code: 'unauthorized' });
    }
    expect((await refresh('')).code).toBe('invalid_field');
  });

  it('is not in the database as it is', async () => {
    const { refreshToken } = await newcomer();
    const { rows } = await site.stage.pool.query('SELECT token_hash FROM boxoffice.refresh_tokens');
    const stored = rows.map(({ token_hash: hash }) => (hash as Buffer).toString('base64url')).join('\n');
    expect(stored).not.toContain(refreshToken.slice(4));
  });

  it('brings a role that was given meanwhile', async () => {
    const first = await newcomer();
    await site.stage.pool.query("UPDATE boxoffice.accounts SET role = 'manager' WHERE id = $1", [first.accountId]);
    expect((await refresh(first.refreshToken)).json).toMatchObject({ role: 'manager', lacksSecondFactor: true });
  });

  it('of somebody who was given a role with permissions ends as early as if they had logged in with it', async () => {
    const promote = ({ accountId }: LoggedIn) =>
      site.stage.pool.query("UPDATE boxoffice.accounts SET role = 'staff' WHERE id = $1", [accountId]);
    const [early, late] = [await newcomer(), await newcomer()];
    await site.stage.pool.query(
      "UPDATE boxoffice.sessions SET created_at = created_at - interval '13 hours' WHERE account_id = $1",
      [late.accountId],
    );
    expect((await refresh(late.refreshToken)).status, 'of a customer').toBe(200);
    await promote(early);
    await promote(late);
    expect((await refresh(late.refreshToken)).code).toBe('unauthorized');
    const lasting = await refresh(early.refreshToken);
    expect(lasting).toMatchObject({ status: 200, json: { role: 'staff' } });
    const HOURS_12 = 12 * 3_600_000;
    expect(lasting.json.refreshExpiresAt).toBeLessThanOrEqual(Date.now() + HOURS_12);
    expect(lasting.json.refreshExpiresAt).toBeGreaterThan(Date.now() + HOURS_12 - 60_000);
  });
});
