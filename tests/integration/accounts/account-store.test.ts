import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  adoptHolder,
  emailSchema,
  findAccountByEmail,
  insertAccount,
  lockAccount,
} from '../../../src/boxoffice/accounts/account-store.js';
import { createDatabase, type TestDatabase } from '../database.js';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 10 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function within<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } finally {
    client.release();
  }
}

const add = (email: string) =>
  within((client) =>
    insertAccount(client, { id: randomUUID(), email, name: '', passwordHash: null, role: 'customer' }),
  );

describe('an account', () => {
  it('is added once for an address, however many add it at the same time', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => add('one@example.org')));
    const [account, ...others] = made.filter((each) => each !== undefined);
    expect(others).toEqual([]);
    expect(await findAccountByEmail(pool, 'one@example.org')).toEqual(account);
    expect(account).toMatchObject({ holder: `account:${account?.id}`, role: 'customer', grants: 1, version: '1' });
  });

  it('that somebody changes is not changed by another before they have ended', async () => {
    const account = await add('locked@example.org');
    const renamed: string[] = [];
    const rename = (name: string) =>
      within(async (client) => {
        const before = await lockAccount(client, account?.id ?? '');
        await client.query('UPDATE boxoffice.accounts SET name = $2 WHERE id = $1', [
          account?.id,
          `${before?.name}${name}`,
        ]);
        renamed.push(name);
      });
    await Promise.all(['a', 'b', 'c'].map(rename));
    expect((await findAccountByEmail(pool, 'locked@example.org'))?.name).toBe(renamed.join(''));
  });

  it('adopts a guest once: two accounts at the same time do not both get it', async () => {
    const accounts = await Promise.all([add('third@example.org'), add('fourth@example.org')]);
    const guest = `guest:${randomUUID()}`;
    const adopt = () =>
      Promise.all(accounts.map((account) => within((client) => adoptHolder(client, account?.id ?? '', guest))));
    const first = await adopt();
    expect(first.toSorted()).toEqual([false, true]);
    expect(await adopt()).toEqual(first);
  });
});

describe('an e-mail address', () => {
  it('is kept in lower case and without spaces around it', () => {
    expect(emailSchema.parse('  Ada@Example.ORG ')).toBe('ada@example.org');
  });

  it.each([
    '',
    'ada',
    'ada@',
    '@example.org',
    'ada@example',
    'ada@exa mple.org',
    'a@b.org\r\nBcc: c@d.org',
    `${'a'.repeat(250)}@b.org`,
  ])('%j is none', (text) => expect(emailSchema.safeParse(text).success).toBe(false));
});
