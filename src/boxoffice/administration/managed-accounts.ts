/** How administrators find, make and change accounts. */
import { z } from 'zod';
import type { AccountRole, Caller } from '../../http/access.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { type IfMatch, refuseStale, versionTag } from '../../http/if-match.js';
import { revoke } from '../access/revocations.js';
import { mailTo } from '../accounts/account-mails.js';
import { emailSchema, insertAccount } from '../accounts/account-store.js';
import { passwordSchema, refusePassword } from '../accounts/new-password.js';
import { type Edited, edit, languageTag, refuse, text } from '../catalogue/edit-parts.js';
import { pageCursor, pageOf } from '../catalogue/page.js';
import { writeOutbox } from '../outbox/write-outbox.js';
import { editOnce } from '../repeated-requests.js';
import {
  accountSchema,
  accountsSchema,
  listRecords,
  lockWithAdministrators,
  roleSchema,
  viewOf,
} from './account-records.js';
import {
  type AdminParts,
  accountId,
  answer,
  lastAdministrator,
  managing,
  record,
  type Shown,
  show,
  unknownAccount,
} from './admin-parts.js';
import { refuseRank } from './rank.js';

const LISTED_MAX = 100;
/** Of a link to a first password: its owner may be on holiday. */
const FIRST_PASSWORD_MS = 7 * 86_400_000;

const newAccount = z.strictObject({
  email: emailSchema,
  name: text(200),
  role: roleSchema,
  locale: languageTag,
  password: passwordSchema
    .optional()
    .meta({ description: 'Absent: the owner of the address is mailed a link by which they set one.' }),
});
type NewAccount = z.output<typeof newAccount>;
const accountChange = z.strictObject({ name: text(200), role: roleSchema }).partial();
type AccountChange = z.output<typeof accountChange>;

export function managedAccountEndpoints(parts: AdminParts): readonly Endpoint[] {
  const one = { ...managing, path: '/v1/admin/accounts/{accountId}', parameters: { accountId } } as const;
  return [
    endpoint({
      ...managing,
      rate: 'reads',
      id: 'listAccounts',
      method: 'GET',
      path: '/v1/admin/accounts',
      summary: `Accounts in the order in which they were made, at most ${LISTED_MAX} a page.`,
      parameters: {},
      query: {
        email: z
          .string()
          .max(254)
          .toLowerCase()
          .optional()
          .meta({ type: 'string', description: 'Only addresses that begin with this.' }),
        role: roleSchema.optional(),
        cursor: pageCursor(z.uuid()).optional(),
      },
      reply: accountsSchema,
      errors: [],
      handle: async ({ query: { email, role, cursor } }) => {
        const rows = await listRecords(parts.pool, { email, role, after: cursor, limit: LISTED_MAX });
        const { items, next } = pageOf(rows, LISTED_MAX, ({ id }) => id, viewOf);
        return { ok: true, body: { accounts: items, ...(next === undefined ? {} : { next }) } };
      },
    }),
    endpoint({
      ...one,
      rate: 'reads',
      id: 'getAccount',
      method: 'GET',
      summary: 'One account.',
      reply: accountSchema,
      errors: ['unknown_account'],
      handle: async ({ parameters: { accountId: id } }) => answer(await show(parts.pool, id)),
    }),
    endpoint({
      ...managing,
      id: 'addAccount',
      method: 'POST',
      path: '/v1/admin/accounts',
      summary: 'Makes an account of any role that you may give.',
      idempotent: 'optional',
      parameters: {},
      body: newAccount,
      status: 201,
      reply: accountSchema,
      errors: ['already_exists', 'weak_password'],
      handle: async ({ body, caller, commandId }) => answer(await add(parts, body, caller, commandId)),
    }),
    endpoint({
      ...one,
      id: 'changeAccount',
      method: 'PATCH',
      summary: 'Changes the name or the role. With a new role, the access tokens of the account are refused.',
      conditional: true,
      body: accountChange,
      reply: accountSchema,
      errors: ['unknown_account', 'last_administrator'],
      handle: async ({ parameters: { accountId: id }, body, caller, ifMatch }) =>
        answer(await change(parts, id, body, ifMatch, caller)),
    }),
  ];
}

async function add(parts: AdminParts, made: NewAccount, caller: Caller, key: string): Promise<Edited<Shown>> {
  const { email, name, role, password, locale } = made;
  const denied = refuseRank(caller, role) ?? (password === undefined ? undefined : refusePassword(password, { email }));
  if (denied) return { ok: false, error: denied };
  const hashed = password === undefined ? undefined : await parts.passwords.hash(password);
  if (hashed?.ok === false) return hashed;
  // Without the password: of what was asked, Postgres keeps a fast hash.
  const asked = { add: 'account', email, name, role, locale, hasPassword: password !== undefined };
  const done = await editOnce(parts.pool, { caller, key, asked }, async (client): Promise<Edited<Shown>> => {
    const account = { id: parts.uuid(), email, name, role, passwordHash: hashed?.hash ?? null };
    if (!(await insertAccount(client, account))) {
      return refuse('already_exists', 'There is an account with this e-mail address.', 'email');
    }
    await record(parts, client, { caller, action: 'account.add', account: account.id }, undefined, {
      email,
      name,
      role,
    });
    if (password === undefined) {
      const linkId = await parts.links.keepPassword(client, email, FIRST_PASSWORD_MS);
      const invited = { email, linkId, withinMs: FIRST_PASSWORD_MS, locale };
      await writeOutbox(client, [mailTo(email, 'account.invited', invited)]);
    }
    return await show(client, account.id);
  });
  if (done.ok) parts.wakeOutbox();
  return done;
}

function change(
  parts: AdminParts,
  id: string,
  changes: AccountChange,
  ifMatch: IfMatch,
  caller: Caller,
): Promise<Edited<Shown>> {
  return edit(parts.pool, async (client) => {
    const { account, isLastAdministrator } = await lockWithAdministrators(client, id);
    if (!account) return unknownAccount();
    const { name = account.name, role = account.role } = changes;
    const denied =
      refuseStale(ifMatch, versionTag(account.version)) ?? refuseRank(caller, account.role) ?? refuseRank(caller, role);
    if (denied) return { ok: false, error: denied };
    if (isLastAdministrator && role !== 'admin') return lastAdministrator();
    const { rows } = await client.query<{ grants: number }>(
      `UPDATE boxoffice.accounts SET name = $2, role = $3, grants = grants + $4 WHERE id = $1
       RETURNING grants::float8 AS grants`,
      [id, name, role, role === account.role ? 0 : 1],
    );
    if (role !== account.role) await revoke(client, { kind: 'account', subject: id, grants: rows[0]?.grants });
    const before: { name: string; role: AccountRole } = { name: account.name, role: account.role };
    await record(parts, client, { caller, action: 'account.change', account: id }, before, { name, role });
    return await show(client, id);
  });
}
