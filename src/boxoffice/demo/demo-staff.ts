import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { insertAccount } from '../accounts/account-store.js';
import type { Passwords } from '../accounts/passwords.js';
import { inTransaction } from '../halls/hall-store.js';

export const DEMO_STAFF = 'staff@demo.example';
/** 120 bits. */
const PASSWORD_BYTES = 15;

/**
 * Makes the account of somebody who works in the demo cinema, with a password that is known nowhere else. It needs a second
 * factor like that of everybody else, so that the demo shows what staff see, and no setting can be left off later.
 * @returns the password; undefined where there is such an account already, or no password can be hashed now
 */
export async function addDemoStaff(
  pool: Pool,
  passwords: Pick<Passwords, 'hash'>,
  uuid: () => string,
): Promise<string | undefined> {
  const { rowCount } = await pool.query('SELECT FROM boxoffice.accounts WHERE email = $1', [DEMO_STAFF]);
  if (rowCount === 1) return undefined;
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const hashed = await passwords.hash(password);
  if (!hashed.ok) return undefined;
  return await inTransaction(pool, async (client) => {
    const account = {
      id: uuid(),
      email: DEMO_STAFF,
      name: 'Demo staff',
      passwordHash: hashed.hash,
      role: 'staff',
    } as const;
    // Of nodes that start at once, one makes it, and prints its password.
    const made = await insertAccount(client, account);
    return { result: made && password, commit: true };
  });
}
