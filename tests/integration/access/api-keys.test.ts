import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiKey } from '../../../src/boxoffice/access/api-key-store.js';
import { readProblem } from '../gateway/askers.js';
import { LiveClient } from '../gateway/live-client.js';
import { sign } from '../gateway/sign.js';
import { accessTokensOf, grantOf, openTwoNodes, type TwoNodes } from './two-nodes.js';

type NewKey = ApiKey & { readonly secret: string };

let two: TwoNodes;
let admin: string;
beforeAll(async () => {
  two = await openTwoNodes();
  const tokens = await accessTokensOf(two.pool);
  admin = (await tokens.issue(grantOf({ role: 'admin', holder: 'account:admin' }))).token;
});
afterAll(() => two.close());

async function ask(node: number, method: string, path: string, token: string, body?: object): Promise<Response> {
  return await fetch(`${two.nodes[node]!.url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

async function addKey(fields: object = {}, token = admin): Promise<NewKey> {
  const body = { name: 'Till 1', permissions: ['seats.staff', 'catalogue.edit'], ...fields };
  const answer = await ask(0, 'POST', '/api-keys', token, body);
  expect(answer.status, await answer.clone().text()).toBe(201);
  return (await answer.json()) as NewKey;
}

const listed = async (id: string) => {
  const answer = (await (await ask(1, 'GET', '/api-keys', admin)).json()) as { apiKeys: ApiKey[] };
  return answer.apiKeys.find((key) => key.id === id);
};

/** 400: the node takes the key, and misses the fields of a movie. */
const statusOf = async (node: number, secret: string) => (await ask(node, 'POST', '/movies', secret, {})).status;

describe('an API key', () => {
  it('does what its permissions say, on every node, over HTTP and sockets, and nothing else', async () => {
    const { id, secret, ...key } = await addKey();
    expect(secret).toMatch(/^usk_live_[\w-]{43}$/);
    expect(key).toMatchObject({ name: 'Till 1', createdBy: 'account:admin', expiresAt: null });
    expect(key.secrets).toMatchObject([{ hint: secret.slice(-4), lastUsedAt: null, expiresAt: null }]);
    for (const node of [0, 1]) {
      expect(await statusOf(node, secret)).toBe(400);
      expect((await readProblem(await ask(node, 'POST', '/venues', secret, {}))).code).toBe('invalid_field');
      expect((await readProblem(await ask(node, 'GET', '/api-keys', secret))).code).toBe('forbidden');
      expect((await readProblem(await ask(node, 'GET', '/me', secret))).code).toBe('forbidden');
      const socket = await LiveClient.join(two.nodes[node]!.liveUrl, { token: secret });
      expect(socket.welcome?.holder).toBe(`key:${id}`);
      expect(await socket.call({ type: 'block', seats: ['R1-1'] })).toMatchObject({ ok: true });
      await socket.close();
    }
    const { secret: readOnly } = await addKey({ permissions: ['bookings.read'] });
    const socket = await LiveClient.join(two.nodes[0]!.liveUrl, { token: readOnly });
    expect(await socket.call({ type: 'block', seats: ['R1-2'] })).toMatchObject({ error: { code: 'forbidden' } });
    await socket.close();
  });

  it('is stored as a hash, and its secret is nowhere else', async () => {
    const { id, secret } = await addKey();
    await ask(0, 'POST', `/api-keys/${id}/rotate`, admin, {});
    const { rows } = await two.pool.query(
      `SELECT (SELECT jsonb_agg(to_jsonb(a)) FROM boxoffice.audit_log a)::text
              || (SELECT jsonb_agg(to_jsonb(k)) FROM boxoffice.api_keys k)::text
              || (SELECT jsonb_agg(to_jsonb(s)) FROM boxoffice.api_key_secrets s)::text AS everything`,
    );
    expect(rows[0].everything).toContain(id);
    expect(rows[0].everything).not.toContain(secret.slice(9));
  });

  it('has its last use written, once a minute at most', async () => {
    const { id, secret } = await addKey();
    await statusOf(1, secret);
    const usedAt = async () => (await listed(id))?.secrets[0]?.lastUsedAt;
    await expect.poll(usedAt).toMatch(/^20/);
    const first = await usedAt();
    expect(Math.abs(Date.parse(String(first)) - Date.now())).toBeLessThan(10_000);
    const long = `SET last_used_at = last_used_at - interval '2 minutes'`;
    await statusOf(0, secret);
    expect(await usedAt()).toBe(first);
    await two.pool.query(`UPDATE boxoffice.api_key_secrets ${long} WHERE key_id = $1`, [id]);
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    await statusOf(0, secret);
    await expect.poll(async () => Date.parse(String(await usedAt())) >= Date.parse(String(first))).toBe(true);
  });

  it('that is revoked is refused within seconds, and its sockets are closed, on every node', async () => {
    const { id, secret } = await addKey();
    const other = await addKey();
    const sockets = await Promise.all(two.nodes.map(({ liveUrl }) => LiveClient.join(liveUrl, { token: secret })));
    const kept = await LiveClient.join(two.nodes[1]!.liveUrl, { token: other.secret });
    for (const node of [0, 1]) expect(await statusOf(node, secret)).toBe(400);
    const revokedAt = performance.now();
    expect((await ask(0, 'DELETE', `/api-keys/${id}`, admin)).status).toBe(204);
    for (const { closed } of sockets) expect((await closed).code).toBe(4002);
    expect(performance.now() - revokedAt).toBeLessThan(3_000);
    for (const node of [0, 1]) expect(await statusOf(node, secret)).toBe(401);
    expect(await kept.call({ type: 'block', seats: ['R1-9'] })).toMatchObject({ ok: true });
    await kept.close();
    expect(await listed(id)).toBeUndefined();
    expect((await readProblem(await ask(0, 'DELETE', `/api-keys/${id}`, admin))).code).toBe('unknown_api_key');
    const rotated = await ask(0, 'POST', `/api-keys/${id}/rotate`, admin, {});
    expect((await readProblem(rotated)).code).toBe('unknown_api_key');
  });

  it('that is rotated has two secrets for the overlap, and never three', async () => {
    const { id, secret } = await addKey();
    const rotate = async (body: object) =>
      (await (await ask(1, 'POST', `/api-keys/${id}/rotate`, admin, body)).json()) as NewKey;
    const second = await rotate({ overlapSeconds: 3_600 });
    expect(second.secrets.map(({ hint }) => hint)).toEqual([second.secret.slice(-4), secret.slice(-4)]);
    expect(second.secrets[0]?.expiresAt).toBeNull();
    expect(Math.abs(Date.parse(String(second.secrets[1]?.expiresAt)) - Date.now() - 3_600_000)).toBeLessThan(10_000);
    for (const each of [secret, second.secret]) expect(await statusOf(0, each)).toBe(400);
    const third = await rotate({});
    expect(third.secrets.map(({ hint }) => hint)).toEqual([third.secret, second.secret].map((each) => each.slice(-4)));
    // What a node has asked Postgres for it believes for three seconds.
    await expect.poll(() => statusOf(0, secret), { timeout: 5_000, interval: 200 }).toBe(401);
    const fourth = await rotate({ overlapSeconds: 0 });
    expect(fourth.secrets).toHaveLength(1);
    await expect.poll(() => statusOf(0, second.secret), { timeout: 5_000, interval: 200 }).toBe(401);
    expect(await statusOf(0, third.secret)).toBe(401);
    expect(await statusOf(0, fourth.secret)).toBe(400);
  });

  it('that expires is refused from then on, and its sockets are closed', async () => {
    const { id, secret, expiresAt } = await addKey({ expiresAt: new Date(Date.now() + 2_000).toISOString() });
    expect(expiresAt).not.toBeNull();
    const socket = await LiveClient.join(two.nodes[1]!.liveUrl, { token: secret });
    expect((await socket.closed).code).toBe(4002);
    for (const node of [0, 1]) expect(await statusOf(node, secret)).toBe(401);
    expect((await listed(id))?.name).toBe('Till 1');
  });
});

describe('whoever makes, rotates or revokes keys', () => {
  it('gives no permission that they lack themselves', async () => {
    const keeper = await addKey({ permissions: ['keys.manage', 'bookings.read'] });
    const strong = await addKey({ permissions: ['keys.manage', 'accounts.manage'] });
    const body = { name: 'More', permissions: ['bookings.read', 'accounts.manage'] };
    const refused = await readProblem(await ask(0, 'POST', '/api-keys', keeper.secret, body));
    expect(refused).toMatchObject({ code: 'forbidden', field: 'permissions[1]' });
    const stolen = await readProblem(await ask(0, 'POST', `/api-keys/${strong.id}/rotate`, keeper.secret, {}));
    expect(stolen.code).toBe('forbidden');
    expect((await addKey({ permissions: ['bookings.read'] }, keeper.secret)).createdBy).toBe(`key:${keeper.id}`);
    expect((await ask(0, 'DELETE', `/api-keys/${strong.id}`, keeper.secret)).status).toBe(204);
  });

  it.each(['customer', 'staff', 'manager'])('needs more than the role %s', async (role) => {
    const token = await sign(`${role}:1`, { role });
    for (const [method, path] of [
      ['GET', '/api-keys'],
      ['POST', '/api-keys'],
      ['POST', `/api-keys/${randomUUID()}/rotate`],
      ['DELETE', `/api-keys/${randomUUID()}`],
    ] as const) {
      expect((await readProblem(await ask(0, method, path, token))).code).toBe('forbidden');
    }
  });

  it.each([
    ['no name', { name: '' }, 'name'],
    ['a name of control characters', { name: 'a\u0007' }, 'name'],
    ['no permission', { permissions: [] }, 'permissions'],
    ['an unknown permission', { permissions: ['root'] }, 'permissions[0]'],
    ['a permission twice', { permissions: ['bookings.read', 'bookings.read'] }, 'permissions'],
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ['an end that is no time', { expiresAt: 'tomorrow' }, 'expiresAt'],
  ])('is told of %s', async (_what, fields, field) => {
    const body = { name: 'K', permissions: ['bookings.read'], ...fields };
    expect(await readProblem(await ask(0, 'POST', '/api-keys', admin, body))).toMatchObject({
      code: 'invalid_field',
      field,
    });
  });
});

describe('the audit log', () => {
  interface Entry {
    readonly id: string;
    readonly at: string;
    readonly action: string;
    readonly subject: string;
    readonly accountId: string | null;
    readonly address: string;
    readonly after: object | null;
  }
  const read = async (query: string, token = admin) => {
    const answer = await ask(1, 'GET', `/audit-log${query}`, token);
    expect(answer.status, await answer.clone().text()).toBe(200);
    return (await answer.json()) as { entries: Entry[]; next?: string };
  };

  it('says who did what to which key, and is read by those who may', async () => {
    const tokens = await accessTokensOf(two.pool);
    const grant = grantOf({ role: 'admin' });
    const mine = (await tokens.issue(grant)).token;
    const { id } = await addKey({ name: 'Audited' }, mine);
    await ask(0, 'POST', `/api-keys/${id}/rotate`, mine, { overlapSeconds: 5 });
    await ask(0, 'DELETE', `/api-keys/${id}`, admin);
    const { entries } = await read(`?subject=api_key:${id}`);
    expect(entries.map(({ action }) => action)).toEqual(['api_key.revoke', 'api_key.rotate', 'api_key.add']);
    expect(entries[2]).toMatchObject({
      holder: grant.holder,
      role: 'admin',
      accountId: grant.accountId,
      sessionId: grant.sessionId,
      address: '127.0.0.1',
      before: null,
      after: { name: 'Audited', permissions: ['seats.staff', 'catalogue.edit'] },
    });
    expect((await read(`?account=${grant.accountId}&action=api_key.rotate`)).entries).toHaveLength(1);
    const manager = await sign('manager:1', { role: 'manager' });
    expect((await read(`?subject=api_key:${id}`, manager)).entries).toHaveLength(3);
    const staff = await ask(0, 'GET', '/audit-log', await sign('staff:1', { role: 'staff' }));
    expect((await readProblem(staff)).code).toBe('forbidden');
  });

  it('is read page by page, by time and without a gap', async () => {
    await two.pool.query(
      `INSERT INTO boxoffice.audit_log (at, holder, role, action, subject)
       SELECT '2001-01-01Z'::timestamptz + n * interval '1 minute', 'h', 'admin', 'old.act', 'thing:' || n
         FROM generate_series(1, 250) AS n`,
    );
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 3; page++) {
      const { entries, next } = await read(`?action=old.act${cursor}`);
      seen.push(...entries.map(({ subject }) => subject));
      cursor = `&cursor=${next}`;
      expect(next === undefined).toBe(page === 2);
    }
    expect(seen).toEqual(Array.from({ length: 250 }, (_, i) => `thing:${250 - i}`));
    const span = await read('?from=2001-01-01T00:10:00Z&to=2001-01-01T01:13:00%2B01:00');
    expect(span.entries.map(({ subject }) => subject)).toEqual(['thing:12', 'thing:11', 'thing:10']);
    for (const query of ['?from=yesterday', '?cursor=x', '?account=1']) {
      expect((await readProblem(await ask(0, 'GET', `/audit-log${query}`, admin))).code).toBe('invalid_field');
    }
  });
});
