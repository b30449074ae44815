/** Accounts and API keys by command, against a real node. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_PERMISSIONS } from '../../../src/http/access.js';
import { runCtl } from '../../../src/ops/ctl/run-ctl.js';
import { openSite, PASSWORD, type Site, tokenIn } from '../accounts/people.js';
import { sign } from '../gateway/sign.js';

let site: Site;
let folder: string;
/** Of an API key that may manage accounts and keys, and has the permissions of staff. */
let secret: string;
let keyId: string;
const ALLOW = ['accounts.manage', 'keys.manage', ...ROLE_PERMISSIONS.staff].flatMap((each) => ['--allow', each]);

beforeAll(async () => {
  site = await openSite();
  folder = await mkdtemp(join(tmpdir(), 'usher-ctl-users-'));
  const admin = await sign('admin:1', { role: 'admin' });
  const { out } = await ctl(['key', 'add', 'office', ...ALLOW, '--json'], admin);
  ({ secret, id: keyId } = JSON.parse(out) as { secret: string; id: string });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await site.close();
});

async function ctl(argv: readonly string[], key: string | undefined = secret) {
  const said = { out: '', err: '' };
  const code = await runCtl(argv, {
    environment: { USHER_URL: `http://127.0.0.1:${site.stage.port}`, USHER_API_KEY: key },
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

/** What a command that succeeds says to people. */
async function done(...argv: readonly string[]): Promise<string> {
  const { code, out, err } = await ctl(argv);
  expect([code, err], argv.join(' ')).toEqual([0, '']);
  return out;
}

describe('ctl user', () => {
  it('adds an account whose owner is mailed a link, or with a password from a file', async () => {
    const out = await done('user', 'add', 'Bea@cinema.example', '--name', 'Bea', '--role', 'staff');
    expect(out).toBe('Made the account bea@cinema.example (staff). A link to set a password was mailed.\n');
    expect(tokenIn(await site.mail('bea@cinema.example'))).not.toBe('');
    const file = join(folder, 'password');
    await writeFile(file, `${PASSWORD}\n`);
    await done('user', 'add', 'cem@cinema.example', '--name', 'Cem', '--role', 'customer', '--password-file', file);
    expect((await site.logIn('cem@cinema.example')).status).toBe(201);
  });

  it('lists, finds by address and role, and says what state each is in', async () => {
    const out = await done('user', 'list', '--email', 'bea@');
    expect(out).toMatch(/^EMAIL +NAME +ROLE +SECOND FACTOR +STATE +ID\n/);
    expect(out).toMatch(/\nbea@cinema\.example +Bea +staff +no +no password yet +[0-9a-f-]{36}\n$/);
    const listed = JSON.parse(await done('user', 'list', '--role', 'customer', '--json')) as { accounts: object[] };
    expect(listed.accounts).toMatchObject([{ email: 'cem@cinema.example', role: 'customer' }]);
  });

  it('changes the role, disables, enables, and logs out, by address or id', async () => {
    expect(await done('user', 'role', 'cem@cinema.example', 'staff')).toBe('cem@cinema.example is staff now.\n');
    expect(await done('user', 'disable', 'CEM@cinema.example')).toBe('cem@cinema.example is disabled.\n');
    expect((await site.logIn('cem@cinema.example')).code).toBe('account_disabled');
    const [account] = (
      JSON.parse(await done('user', 'list', '--email', 'cem@', '--json')) as { accounts: { id: string }[] }
    ).accounts;
    expect(await done('user', 'enable', account?.id ?? '')).toBe('cem@cinema.example can log in again.\n');
    const { json } = await site.logIn('cem@cinema.example');
    await done('user', 'log-out', 'cem@cinema.example');
    const { refreshToken } = json;
    expect((await site.ask('POST', '/v1/sessions/refresh', { refreshToken })).status).toBe(401);
  });

  it('says what is wrong, with the exit code for it', async () => {
    const add = (email: string, role: string) => ctl(['user', 'add', email, '--name', 'X', '--role', role]);
    for (const [given, code, said] of [
      [await add('bea@cinema.example', 'staff'), 1, '[already_exists]'],
      [await add('nonsense', 'staff'), 2, 'email'],
      [await add('eve@cinema.example', 'king'), 2, 'role'],
      [await add('eve@cinema.example', 'admin'), 3, 'The role admin has permissions that you do not have.'],
      [await ctl(['user', 'disable', 'nobody@cinema.example']), 2, 'There is no account'],
      [await ctl(['user', 'reset-totp', 'cem@cinema.example']), 1, '[not_found]'],
      [await ctl(['user', 'list'], ''), 3, 'USHER_API_KEY'],
    ] as const) {
      expect([given.code, given.err], said).toEqual([code, expect.stringContaining(said)]);
    }
  });

  it('acts are in the audit log under the key', async () => {
    const { rows } = await site.stage.pool.query<{ action: string; role: string }>(
      "SELECT DISTINCT action, role FROM boxoffice.audit_log WHERE action LIKE 'account.%' AND role = 'key' ORDER BY action",
    );
    expect(rows).toEqual(
      ['account.add', 'account.change', 'account.disable', 'account.enable', 'account.end_sessions'].map((action) => ({
        ...{ action, role: 'key' },
      })),
    );
  });
});

describe('ctl key', () => {
  it('adds a key, shows its secret once, and lists it without', async () => {
    const out = await done('key', 'add', 'till', '--allow', 'seats.staff');
    const made = /usk_live_\S+/.exec(out)?.[0] ?? '';
    expect(made).not.toBe('');
    const list = await done('key', 'list');
    expect(list).toContain('till');
    expect(list).not.toContain(made);
    expect(list).toContain(`…${made.slice(-4)}`);
    expect((await ctl(['user', 'list'], made)).code).toBe(3);
  });

  it('rotates a key: the old secret counts on for as long as was said', async () => {
    const [rotated, cut] = [await done('key', 'rotate', keyId), await done('key', 'rotate', keyId, '--overlap', '0')];
    const old = secret;
    const middle = /usk_live_\S+/.exec(rotated)?.[0] ?? '';
    secret = /usk_live_\S+/.exec(cut)?.[0] ?? '';
    expect((await ctl(['user', 'list'], secret)).code).toBe(0);
    expect(new Set([old, middle, secret]).size).toBe(3);
  });

  it('revokes a key', async () => {
    const { id, secret: doomed } = JSON.parse(
      await done('key', 'add', 'doomed', '--allow', 'accounts.manage', '--json'),
    ) as {
      id: string;
      secret: string;
    };
    expect((await ctl(['user', 'list'], doomed)).code).toBe(0);
    expect(await done('key', 'revoke', id)).toBe(`Revoked the key ${id}.\n`);
    // Every node learns of it within seconds.
    await expect.poll(async () => (await ctl(['user', 'list'], doomed)).code, { timeout: 5_000 }).toBe(3);
  });

  it('gives no permission that the key it acts with lacks', async () => {
    expect(await ctl(['key', 'add', 'x', '--allow', 'halls.edit'])).toMatchObject({ code: 3 });
    expect(await ctl(['key', 'add', 'x', '--allow', 'everything'])).toMatchObject({ code: 2 });
  });
});

it('the first administrator sets up, logs in and enrols an app by command alone', async () => {
  const setup = site.stage.node.firstStart.setupLink?.token ?? '';
  const file = join(folder, 'own-password');
  await writeFile(file, PASSWORD);
  const words = ['boss@cinema.example', '--password-file', file];
  expect(await done('set-up', ...words, '--name', 'Boss', '--token', setup)).toContain('is the administrator');
  expect(await ctl(['set-up', ...words, '--name', 'Boss', '--token', setup])).toMatchObject({ code: 1 });
  const first = (await done('log-in', ...words)).trim().split('\n');
  expect(first).toHaveLength(2);
  expect(await ctl(['user', 'list'], first[1])).toMatchObject({
    code: 3,
    err: expect.stringContaining('second factor'),
  });
  const begun = JSON.parse((await ctl(['totp', 'begin', '--json'], first[1])).out) as { secret: string };
  const code = (steps: number) =>
    generateSync({ secret: begun.secret, epoch: Math.floor(Date.now() / 1000) + 30 * steps });
  const confirmed = (await ctl(['totp', 'confirm', code(0)], first[1])).out.trim().split('\n');
  expect(confirmed).toHaveLength(12);
  expect((await ctl(['user', 'list'], confirmed[11])).code).toBe(0);
  const codeless = await ctl(['log-in', ...words]);
  expect(codeless).toMatchObject({ code: 3, err: expect.stringContaining('[code_required]') });
  expect(codeless.err, 'advice on keys').not.toContain('key');
  const again = (await done('log-in', ...words, '--code', code(1))).trim().split('\n');
  expect(again).toHaveLength(1);
  expect((await ctl(['key', 'list'], again[0])).code).toBe(0);
});
