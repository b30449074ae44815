/** Accounts in Postgres. Every function works on the connection that it is given: a pool, or the caller's transaction. */
import { z } from 'zod';
import type { AccountRole } from '../../http/access.js';
import type { Reads } from '../catalogue/reads.js';

export interface Account {
  readonly id: string;
  /** In lower case. */
  readonly email: string;
  readonly name: string;
  /** Null: no password was set yet. */
  readonly passwordHash: string | null;
  readonly role: AccountRole;
  /** `account:<id>`: whose holds and bookings are theirs where no guest logged in. No session of a guest speaks for it. */
  readonly holder: string;
  readonly disabledAt: Date | null;
  readonly grants: number;
  readonly createdAt: Date;
  /** Counted by a trigger; a bigint as text. */
  readonly version: string;
}

/** RFC 5321 allows 254 characters. In lower case, so that nobody has two accounts that differ in case only. */
export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.email({ error: 'is no e-mail address' }).max(254))
  .meta({ type: 'string', format: 'email' });

const ACCOUNT = `SELECT id, email, name, password_hash AS "passwordHash", role, holder, disabled_at AS "disabledAt",
  grants::float8 AS grants, created_at AS "createdAt", version FROM boxoffice.accounts`;

export async function findAccount(client: Reads, id: string): Promise<Account | undefined> {
  return (await client.query<Account>(`${ACCOUNT} WHERE id = $1`, [id])).rows[0];
}

/** @param email in lower case, as `emailSchema` gives it. */
export async function findAccountByEmail(client: Reads, email: string): Promise<Account | undefined> {
  return (await client.query<Account>(`${ACCOUNT} WHERE email = $1`, [email])).rows[0];
}

/** The account, locked until the caller's transaction ends. */
export async function lockAccount(client: Reads, id: string): Promise<Account | undefined> {
  return (await client.query<Account>(`${ACCOUNT} WHERE id = $1 FOR UPDATE`, [id])).rows[0];
}

interface NewAccount {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | null;
  readonly role: AccountRole;
}

/** Adds an account, in the caller's transaction; undefined where there is one with this e-mail address. */
export async function insertAccount(client: Reads, made: NewAccount): Promise<Account | undefined> {
  const { id, email, name, passwordHash, role } = made;
  const holder = `account:${id}`;
  const { rowCount } = await client.query(
    `INSERT INTO boxoffice.accounts (id, email, name, password_hash, role, holder) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (email) DO NOTHING`,
    [id, email, name, passwordHash, role, holder],
  );
  if (rowCount !== 1) return undefined;
  await addHolder(client, id, holder);
  return await findAccount(client, id);
}

/**
 * Makes a holder the account's for good, in the caller's transaction. False: it is another account's, and stays that.
 */
export async function adoptHolder(client: Reads, accountId: string, holder: string): Promise<boolean> {
  const owner = await lockHolder(client, holder);
  if (owner === undefined) await addHolder(client, accountId, holder);
  return owner === undefined || owner === accountId;
}

/** Whose account a holder is; undefined: nobody's. Nobody else can adopt it before the caller's transaction ends. */
async function lockHolder(client: Reads, holder: string): Promise<string | undefined> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [holder]);
  const text = 'SELECT account_id AS "accountId" FROM boxoffice.account_holders WHERE holder = $1';
  return (await client.query<{ accountId: string }>(text, [holder])).rows[0]?.accountId;
}

async function addHolder(client: Reads, accountId: string, holder: string): Promise<void> {
  await client.query('INSERT INTO boxoffice.account_holders (holder, account_id) VALUES ($1, $2)', [holder, accountId]);
}
