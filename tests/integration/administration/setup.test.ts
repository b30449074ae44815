import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { offerSetupLink } from '../../../src/boxoffice/administration/setup-link.js';
import { openAdminStage } from './admin-stage.js';

const SECRET = 'a secret of the tests, long enough to be taken';
const PERSON = { email: 'Ann@Cinema.example', name: 'Ann', password: 'three green bottles' };

let stage: Awaited<ReturnType<typeof openAdminStage>>;
beforeAll(async () => {
  stage = await openAdminStage();
});
afterAll(() => stage.close());
beforeEach(() => stage.forget());

const offer = async (node = 0, secret = SECRET) => (await offerSetupLink(stage.pools[node]!, secret))?.token ?? '';
const setUp = (token: string, changed: object = {}, node = 0) =>
  stage.ask('setUp', { body: { ...PERSON, token, ...changed } }, node);
const expire = () => stage.pool.query("UPDATE boxoffice.setup_link SET expires_at = now() - interval '1 millisecond'");

async function administrators(): Promise<string[]> {
  const { rows } = await stage.pool.query<{ email: string }>(
    "SELECT email FROM boxoffice.accounts WHERE role = 'admin'",
  );
  return rows.map(({ email }) => email);
}

describe('the link for the first administrator', () => {
  it('is the same from every node, after a restart, and where nodes start at once', async () => {
    const tokens = await Promise.all([offer(0), offer(1), offer(0), offer(1)]);
    expect(new Set([...tokens, await offer(0)]).size).toBe(1);
    expect(tokens[0]).toMatch(/^[\w-]{43}$/);
  });

  it('lasts for a day; then there is a new one', async () => {
    const token = await offer();
    const { rows } = await stage.pool.query(
      "SELECT expires_at - now() BETWEEN interval '23 hours 59 minutes' AND interval '1 day' AS is_day FROM boxoffice.setup_link",
    );
    expect(rows).toEqual([{ is_day: true }]);
    await expire();
    expect((await setUp(token)).code).toBe('invalid_link');
    const next = await offer();
    expect(next).not.toBe(token);
    expect((await setUp(token)).code).toBe('invalid_link');
    expect((await setUp(next)).code).toBe('ok');
  });

  it('follows from TOKEN_SECRET, which is not in the database; with another one there is another link', async () => {
    const token = await offer();
    const { rows } = await stage.pool.query('SELECT l::text FROM boxoffice.setup_link l');
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
    const other = await offer(0, `${SECRET}!`);
    expect(other).not.toBe(token);
    expect((await setUp(token)).code).toBe('invalid_link');
    expect((await setUp(other)).code).toBe('ok');
  });

  it('is not offered while there is an administrator who can log in', async () => {
    await stage.addAccount('manager');
    expect(await offer()).not.toBe('');
    const { id } = await stage.addAccount('admin');
    expect(await offer()).toBe('');
    await stage.pool.query('UPDATE boxoffice.accounts SET disabled_at = now() WHERE id = $1', [id]);
    expect(await offer()).not.toBe('');
  });
});

describe('setting up', () => {
  it('makes an administrator, who is in the audit log', async () => {
    const made = await setUp(await offer());
    expect(made).toMatchObject({ code: 'ok', body: { email: 'ann@cinema.example', role: 'admin' } });
    expect(await administrators()).toEqual(['ann@cinema.example']);
    const { accountId = '' } = made.body;
    expect(await stage.auditOf(accountId)).toEqual([
      {
        action: 'account.set_up',
        before: null,
        after: { email: 'ann@cinema.example', name: 'Ann', role: 'admin' },
        holder: `account:${accountId}`,
      },
    ]);
  });

  it('is done once', async () => {
    const token = await offer();
    expect((await setUp(token)).code).toBe('ok');
    expect((await setUp(token, { email: 'bob@cinema.example' })).code).toBe('invalid_link');
    expect(await offer()).toBe('');
  });

  it('is done once by many at once, at two nodes', async () => {
    for (let round = 0; round < 10; round++) {
      await stage.forget();
      const token = await offer();
      const all = await Promise.all(
        Array.from({ length: 6 }, (_, i) => setUp(token, { email: `${i}@cinema.example` }, i % 2)),
      );
      expect(all.map(({ code }) => code).sort()).toEqual([...Array(5).fill('invalid_link'), 'ok']);
      expect(await administrators()).toHaveLength(1);
    }
  });

  it('is over when an administrator came about in another way, also with a link from before', async () => {
    const token = await offer();
    await stage.addAccount('admin');
    expect((await setUp(token)).code).toBe('invalid_link');
    expect(await administrators()).toHaveLength(1);
  });

  it('hashes nothing for somebody without the link', async () => {
    await offer();
    const before = stage.hashed.length;
    for (const token of ['x', 'A'.repeat(43), '']) {
      expect(['invalid_link', 'invalid_field']).toContain((await setUp(token)).code);
    }
    expect(stage.hashed).toHaveLength(before);
  });

  it('can be tried again after a password that is too weak or an address that is taken', async () => {
    const token = await offer();
    const { id } = await stage.addAccount('customer');
    expect(await setUp(token, { password: 'password12' })).toMatchObject({ code: 'weak_password', field: 'password' });
    expect(await setUp(token, { email: `${id}@a.example` })).toMatchObject({ code: 'already_exists', field: 'email' });
    expect(await administrators()).toEqual([]);
    expect((await setUp(token)).code).toBe('ok');
  });

  it('has a page that loads nothing from elsewhere, and whose script is the one that its policy allows', async () => {
    const { body } = await stage.ask<string>('getSetupPage');
    expect(body).toContain('/v1/setup');
    expect(body).not.toMatch(/(src|href)=/);
  });
});
