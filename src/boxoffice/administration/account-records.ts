/** Accounts as administrators see them. */
import { z } from 'zod';
import { ACCOUNT_ROLES, type AccountRole } from '../../http/access.js';
import { ListQuery } from '../catalogue/list-query.js';
import type { Reads } from '../catalogue/reads.js';

export const roleSchema = z.enum(ACCOUNT_ROLES);

export const accountSchema = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: roleSchema,
    createdAt: z.iso.datetime(),
    disabledAt: z.iso.datetime().optional().meta({ description: 'Present: the account is disabled.' }),
    hasPassword: z.boolean().meta({ description: 'False: its owner was mailed a link and has not used it.' }),
    hasSecondFactor: z.boolean(),
  })
  .meta({ id: 'AccountRecord' });
export type AccountRecord = z.output<typeof accountSchema>;

export const accountsSchema = z.object({
  accounts: z.array(accountSchema),
  next: z.string().optional().meta({ description: 'The list goes on: ask again with this as `cursor`.' }),
});

export interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: AccountRole;
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
  readonly hasPassword: boolean;
  readonly hasSecondFactor: boolean;
  readonly version: string;
}

const COLUMNS = `id, email, name, role, created_at AS "createdAt", disabled_at AS "disabledAt",
  password_hash IS NOT NULL AS "hasPassword", totp_since IS NOT NULL AS "hasSecondFactor", version`;

export async function findRecord(db: Reads, id: string): Promise<AccountRow | undefined> {
  return (await db.query<AccountRow>(`SELECT ${COLUMNS} FROM boxoffice.accounts WHERE id = $1`, [id])).rows[0];
}

interface Filter {
  /** What the e-mail address begins with, in lower case. */
  readonly email: string | undefined;
  readonly role: AccountRole | undefined;
  /** The id of the last account of the page before. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** In the order in which they were made; one more than `limit` where the list goes on. */
export async function listRecords(db: Reads, { email, role, after, limit }: Filter): Promise<AccountRow[]> {
  const prefix = email === undefined ? undefined : `${email.replace(/[\\%_]/g, '\\$&')}%`;
  const { text, values } = new ListQuery(`SELECT ${COLUMNS} FROM boxoffice.accounts`)
    .whereGiven('email COLLATE "C" LIKE ?', prefix)
    .whereGiven('role = ?', role)
    .whereGiven('id > ?', after)
    .page(['id'], limit);
  return (await db.query<AccountRow>(text, values)).rows;
}

/**
 * The account and all administrators that are not disabled, locked until the caller's transaction ends. Of two who take the
 * last two administrators away from each other, the second waits here and then finds that there is one.
 */
export async function lockWithAdministrators(
  client: Reads,
  id: string,
): Promise<{ readonly account: AccountRow | undefined; readonly isLastAdministrator: boolean }> {
  const { rows } = await client.query<AccountRow>(
    `SELECT ${COLUMNS} FROM boxoffice.accounts WHERE id = $1 OR (role = 'admin' AND disabled_at IS NULL)
      ORDER BY id FOR UPDATE`,
    [id],
  );
  const isOne = (row: AccountRow) => row.role === 'admin' && row.disabledAt === null;
  const account = rows.find((row) => row.id === id);
  const isLastAdministrator = account !== undefined && isOne(account) && rows.filter(isOne).length === 1;
  return { account, isLastAdministrator };
}

export function viewOf({ version: _version, createdAt, disabledAt, ...rest }: AccountRow): AccountRecord {
  return {
    ...rest,
    createdAt: createdAt.toISOString(),
    ...(disabledAt === null ? {} : { disabledAt: disabledAt.toISOString() }),
  };
}
