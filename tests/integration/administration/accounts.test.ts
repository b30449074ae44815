import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ACCOUNT_ROLES,
  type AccountRole,
  type Caller,
  PERMISSIONS,
  ROLE_PERMISSIONS,
} from '../../../src/http/access.js';
import { openAdminStage } from './admin-stage.js';

let stage: Awaited<ReturnType<typeof openAdminStage>>;
let admin: { readonly id: string; readonly caller: Caller };
beforeAll(async () => {
  stage = await openAdminStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  await stage.forget();
  await stage.pool.query('TRUNCATE boxoffice.revocations, boxoffice.outbox');
  admin = await stage.addAccount('admin');
});

const keyWith = (permissions: Caller['permissions']): Caller => ({
  holder: `key:${randomUUID()}`,
  role: 'key',
  permissions,
});
const add = (caller: Caller, body: object) =>
  stage.ask('addAccount', { caller, body: { name: 'B', role: 'staff', ...body } });
const get = (id: string) => stage.ask('getAccount', { caller: admin.caller, parameters: { accountId: id } });
const change = (caller: Caller, id: string, body: object, ifMatch: readonly string[] | 'any' = 'any', node = 0) =>
  stage.ask('changeAccount', { caller, parameters: { accountId: id }, body, ifMatch }, node);
const act = (what: string, caller: Caller, id: string, node = 0) =>
  stage.ask(what, { caller, parameters: { accountId: id } }, node);
const actions = async (id: string) => (await stage.auditOf(id)).map(({ action }) => action);

async function addSession(accountId: string): Promise<string> {
  const id = randomUUID();
  await stage.pool.query(
    `INSERT INTO boxoffice.sessions (id, account_id, holder, second_factor, address, expires_at)
     VALUES ($1, $2, $3, true, '10.0.0.1', now() + interval '1 day')`,
    [id, accountId, `account:${accountId}`],
  );
  return id;
}

async function revocations(accountId: string) {
  const { rows } = await stage.pool.query<{ kind: string; grants: string }>(
    'SELECT kind, grants FROM boxoffice.revocations WHERE subject = $1 ORDER BY id',
    [accountId],
  );
  return rows.map(({ kind, grants }) => `${kind} ${grants}`);
}

describe('an account is made', () => {
  it('with a password that the administrator gives, and is in the audit log without it', async () => {
    const made = await add(admin.caller, { email: 'Bob@a.example', password: 'three green bottles' });
    expect(made).toMatchObject({ code: 'ok', body: { email: 'bob@a.example', role: 'staff', hasPassword: true } });
    expect(await stage.mailsAsked()).toEqual([]);
    const [entry] = await stage.auditOf(made.body['id'] ?? '');
    expect(entry).toEqual({
      ...{ action: 'account.add', holder: admin.caller.holder, before: null },
      after: { email: 'bob@a.example', name: 'B', role: 'staff' },
    });
  });

  it('without a password, and its owner is mailed a link that lasts for a week', async () => {
    const made = await add(admin.caller, { email: 'bob@a.example' });
    expect(made).toMatchObject({ code: 'ok', body: { hasPassword: false } });
    const payload = { email: 'bob@a.example', withinMs: 7 * 86_400_000, locale: 'en', linkId: expect.any(String) };
    expect(await stage.mailsAsked()).toEqual([{ topic: 'account.invited', payload }]);
    const { rows } = await stage.pool.query(
      "SELECT email FROM boxoffice.mailed_links WHERE purpose = 'password' AND expires_at > now() + interval '6 days'",
    );
    expect(rows).toEqual([{ email: 'bob@a.example' }]);
  });

  it('once for each Idempotency-Key, with one mail, and of the password nothing is kept there', async () => {
    const commandId = randomUUID();
    const send = (body: object) =>
      stage.ask('addAccount', { caller: admin.caller, commandId, body: { name: 'B', role: 'staff', ...body } });
    const first = await send({ email: 'bob@a.example' });
    expect(await send({ email: 'bob@a.example' })).toEqual(first);
    expect(await stage.mailsAsked()).toHaveLength(1);
    expect((await send({ email: 'eve@a.example' })).code).toBe('command_reused');
    const withPassword = { email: 'joe@a.example', name: 'B', role: 'staff', password: 'three green bottles' };
    const keys = [randomUUID(), randomUUID()];
    const [one, two] = [withPassword, { ...withPassword, email: 'jim@a.example', password: 'three brown bottles' }];
    await stage.ask('addAccount', { caller: admin.caller, commandId: keys[0]!, body: one });
    await stage.ask('addAccount', { caller: admin.caller, commandId: keys[1]!, body: two });
    const again = await stage.ask('addAccount', {
      caller: admin.caller,
      commandId: keys[0]!,
      body: { ...one, password: two.password },
    });
    expect(again.body).toMatchObject({ email: 'joe@a.example' });
  });

  it('not where there is one with that address, in whatever case, nor with a weak password', async () => {
    await add(admin.caller, { email: 'bob@a.example' });
    expect(await add(admin.caller, { email: 'BOB@a.example' })).toMatchObject({
      code: 'already_exists',
      field: 'email',
    });
    expect(await add(admin.caller, { email: 'eve@a.example', password: 'qwertyuiop' })).toMatchObject({
      ...{ code: 'weak_password', field: 'password' },
    });
    for (const email of ['', 'eve', 'eve@', '@a.example', `${'e'.repeat(250)}@a.example`]) {
      expect(await add(admin.caller, { email }), email).toMatchObject({ code: 'invalid_field', field: 'email' });
    }
  });
});

describe('nobody gives or touches a role that has permissions which they lack', () => {
  /** What a key with these permissions may make. */
  it.each<[Caller['permissions'], AccountRole[]]>([
    [['accounts.manage'], ['customer']],
    [
      ['accounts.manage', ...ROLE_PERMISSIONS.staff],
      ['customer', 'staff'],
    ],
    [PERMISSIONS.filter((each) => each !== 'keys.manage'), ['customer', 'staff', 'manager']],
    [PERMISSIONS, [...ACCOUNT_ROLES]],
  ])('a key with %s: %s', async (permissions, may) => {
    const key = keyWith(permissions);
    for (const role of ACCOUNT_ROLES) {
      const expected = may.includes(role) ? 'ok' : 'forbidden';
      const made = await add(key, { email: `${role}@a.example`, role });
      expect(made.code, `add ${role}`).toBe(expected);
      const other = await stage.addAccount(role);
      expect((await change(key, other.id, { name: 'C' })).code, `rename ${role}`).toBe(expected);
      for (const what of ['disableAccount', 'enableAccount', 'endSessionsOfAccount']) {
        expect((await act(what, key, other.id)).code, `${what} ${role}`).toBe(expected);
      }
      const customer = await stage.addAccount('customer');
      expect((await change(key, customer.id, { role })).code, `promote to ${role}`).toBe(expected);
      const known = await get(customer.id);
      expect(known.body['role']).toBe(may.includes(role) ? role : 'customer');
      if (expected === 'forbidden') expect(await actions(other.id)).toEqual([]);
    }
  });
});

describe('an account is changed', () => {
  it('to another role: older access tokens are revoked, and the log has before and after', async () => {
    const { id } = await stage.addAccount('customer');
    const { etag = '' } = await get(id);
    const changed = await change(admin.caller, id, { role: 'manager' }, [etag]);
    expect(changed).toMatchObject({ code: 'ok', body: { role: 'manager' } });
    expect(changed.etag).not.toBe(etag);
    expect(await revocations(id)).toEqual(['account 2']);
    expect(await stage.auditOf(id)).toEqual([
      {
        ...{ action: 'account.change', holder: admin.caller.holder },
        ...{ before: { name: 'A', role: 'customer' }, after: { name: 'A', role: 'manager' } },
      },
    ]);
    expect(await change(admin.caller, id, { name: 'Late' }, [etag])).toMatchObject({ code: 'stale_version' });
    expect((await get(id)).body['name']).toBe('A');
  });

  it('in its name only, which revokes nothing', async () => {
    const { id } = await stage.addAccount('staff');
    expect(await change(admin.caller, id, { name: 'Bea', role: 'staff' })).toMatchObject({ body: { name: 'Bea' } });
    expect(await revocations(id)).toEqual([]);
  });

  it('by version that a log-in does not move', async () => {
    const { id } = await stage.addAccount('staff');
    const { etag = '' } = await get(id);
    await stage.pool.query(
      'UPDATE boxoffice.accounts SET totp_step = totp_step + 1, grants = grants + 1 WHERE id = $1',
      [id],
    );
    expect((await change(admin.caller, id, { name: 'Bea' }, [etag])).code).toBe('ok');
  });

  it('that does not exist: unknown_account, whatever is done', async () => {
    const id = randomUUID();
    expect((await get(id)).code).toBe('unknown_account');
    expect((await change(admin.caller, id, { name: 'x' })).code).toBe('unknown_account');
    for (const what of ['disableAccount', 'enableAccount', 'endSessionsOfAccount', 'resetSecondFactor']) {
      expect((await act(what, admin.caller, id)).code, what).toBe('unknown_account');
    }
  });
});

describe('the last administrator', () => {
  it('is neither given another role nor disabled, by nobody, and a disabled one does not count', async () => {
    const key = keyWith(PERMISSIONS);
    for (const caller of [admin.caller, key]) {
      expect((await change(caller, admin.id, { role: 'manager' })).code).toBe('last_administrator');
      expect((await act('disableAccount', caller, admin.id)).code).toBe('last_administrator');
    }
    const other = await stage.addAccount('admin');
    expect((await act('disableAccount', key, other.id)).code).toBe('ok');
    expect((await act('disableAccount', key, admin.id)).code).toBe('last_administrator');
    expect((await act('enableAccount', key, other.id)).code).toBe('ok');
    expect((await act('disableAccount', key, admin.id)).code).toBe('ok');
    expect((await change(key, other.id, { role: 'staff' })).code).toBe('last_administrator');
  });

  it('is left where two take away the last two at once, at two nodes', async () => {
    const key = keyWith(PERMISSIONS);
    for (let round = 0; round < 10; round++) {
      await stage.forget();
      const [one, two] = [await stage.addAccount('admin'), await stage.addAccount('admin')];
      const done = await Promise.all([
        change(key, one.id, { role: 'customer' }, 'any', 0),
        act('disableAccount', key, two.id, 1),
      ]);
      expect(done.map(({ code }) => code).sort()).toEqual(['last_administrator', 'ok']);
    }
  });
});

describe('an account', () => {
  it('is disabled and enabled; its sessions end, and doing it again changes nothing', async () => {
    const { id } = await stage.addAccount('staff');
    const session = await addSession(id);
    const disabled = await act('disableAccount', admin.caller, id);
    expect(disabled.body['disabledAt']).toMatch(/^\d{4}-/);
    expect(await act('disableAccount', admin.caller, id)).toMatchObject({
      body: { disabledAt: disabled.body['disabledAt'] },
    });
    const { rows } = await stage.pool.query('SELECT revoked_because FROM boxoffice.sessions WHERE id = $1', [session]);
    expect(rows).toEqual([{ revoked_because: 'the account was disabled' }]);
    expect(await revocations(id)).toEqual(['account 2']);
    expect((await act('enableAccount', admin.caller, id)).body['disabledAt']).toBeUndefined();
    expect((await act('enableAccount', admin.caller, id)).code).toBe('ok');
    expect(await actions(id)).toEqual(['account.disable', 'account.enable']);
  });

  it('is logged out everywhere', async () => {
    const { id } = await stage.addAccount('customer');
    const sessions = [await addSession(id), await addSession(id)];
    const other = await addSession((await stage.addAccount('customer')).id);
    expect((await act('endSessionsOfAccount', admin.caller, id)).code).toBe('ok');
    const { rows } = await stage.pool.query('SELECT id FROM boxoffice.sessions WHERE revoked_at IS NULL');
    expect(rows).toEqual([{ id: other }]);
    expect(sessions).toHaveLength(2);
    expect(await actions(id)).toEqual(['account.end_sessions']);
  });

  it('loses a second factor that its owner has lost, and its log-ins theirs; not by its owner', async () => {
    const { id, caller } = await stage.addAccount('admin');
    await stage.pool.query(
      "UPDATE boxoffice.accounts SET totp_secret = 'x', totp_since = now(), totp_step = 7 WHERE id = $1",
      [id],
    );
    await stage.pool.query("INSERT INTO boxoffice.recovery_codes (account_id, code_hash) VALUES ($1, 'x')", [id]);
    const session = await addSession(id);
    expect((await act('resetSecondFactor', caller, id)).code).toBe('forbidden');
    expect((await act('resetSecondFactor', admin.caller, id)).body).toMatchObject({ hasSecondFactor: false });
    expect((await act('resetSecondFactor', admin.caller, id)).code).toBe('not_found');
    const { rows } = await stage.pool.query(
      `SELECT s.second_factor, a.totp_secret, (SELECT count(*)::int FROM boxoffice.recovery_codes) AS codes
         FROM boxoffice.sessions s JOIN boxoffice.accounts a ON a.id = s.account_id WHERE s.id = $1`,
      [session],
    );
    expect(rows).toEqual([{ second_factor: false, totp_secret: null, codes: 0 }]);
    expect(await revocations(id)).toEqual(['account 2']);
    expect(await actions(id)).toEqual(['second_factor.reset']);
  });
});

describe('the list of accounts', () => {
  interface Page {
    accounts: { id: string; email: string; role: string }[];
    next?: string;
  }
  const list = (query: Readonly<Record<string, string>>) =>
    stage.ask<Page>('listAccounts', { caller: admin.caller, query });

  it('is filtered by the beginning of the address and by role, and has no secret', async () => {
    // A sign that means something in a pattern may have come in by SQL.
    await stage.pool.query(
      `INSERT INTO boxoffice.accounts (id, email, role, holder)
       SELECT gen_random_uuid(), e, CASE WHEN e LIKE 'bobby%' THEN 'manager' ELSE 'staff' END, e FROM unnest($1::text[]) AS e`,
      [['bob@a.example', 'bob%x@a.example', 'bo_b@a.example', 'bobby@a.example']],
    );
    const emails = async (query: Readonly<Record<string, string>>) =>
      (await list(query)).body.accounts.map(({ email }) => email).sort();
    expect(await emails({ email: 'BOB' })).toEqual(['bob%x@a.example', 'bob@a.example', 'bobby@a.example']);
    expect(await emails({ email: 'bob%' })).toEqual(['bob%x@a.example']);
    expect(await emails({ email: 'bo_' })).toEqual(['bo_b@a.example']);
    expect(await emails({ role: 'manager' })).toEqual(['bobby@a.example']);
    expect(await emails({ email: 'bob@', role: 'manager' })).toEqual([]);
    expect(Object.keys((await list({})).body.accounts[0] ?? {}).sort()).toEqual([
      ...['createdAt', 'email', 'hasPassword', 'hasSecondFactor', 'id', 'name', 'role'],
    ]);
  });

  it('has pages, each account on one of them', async () => {
    await stage.pool.query(
      `INSERT INTO boxoffice.accounts (id, email, role, holder)
       SELECT gen_random_uuid(), n || '@many.example', 'customer', 'account:' || n FROM generate_series(1, 250) AS n`,
    );
    const found: string[] = [];
    let pages = 0;
    for (let cursor: string | undefined = ''; cursor !== undefined; pages++) {
      const { body }: { body: Page } = await list(cursor === '' ? {} : { cursor });
      found.push(...body.accounts.map(({ id }) => id));
      cursor = body.next;
    }
    expect([pages, found.length, new Set(found).size]).toEqual([3, 251, 251]);
  });
});
