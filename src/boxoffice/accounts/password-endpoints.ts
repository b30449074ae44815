import type { PoolClient } from 'pg';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import { forgetAttempts, uncountAttempt } from '../access/attempts.js';
import { languageTag } from '../catalogue/edit-parts.js';
import { inTransaction } from '../halls/hall-store.js';
import { writeOutbox } from '../outbox/write-outbox.js';
import { mailTo } from './account-mails.js';
import { type AccountParts, loggedInSchema, refuseTooMany } from './account-parts.js';
import { type Account, emailSchema, findAccount, findAccountByEmail, lockAccount } from './account-store.js';
import { auditEntry, type LogInAnswer } from './log-ins.js';
import { passwordSchema, refusePassword } from './new-password.js';
import { endAllSessions } from './sessions.js';
import { INVALID_LINK, linkSchema, mailedSchema } from './sign-up-endpoints.js';

/** Setting a password: with the one before, or by a mailed link. Either ends the sessions that there are. */
export function passwordEndpoints(parts: AccountParts): readonly Endpoint[] {
  const { pool, limits } = parts;
  const open = { tag: 'Accounts', access: 'public', rate: 'sessions', method: 'POST', parameters: {} } as const;
  return [
    endpoint({
      id: 'changePassword',
      method: 'POST',
      path: '/v1/me/password',
      summary: 'Sets another password. Ends all sessions of the account, and starts a new one for the caller.',
      tag: 'Accounts',
      access: 'account',
      rate: 'commands',
      parameters: {},
      body: z.strictObject({ oldPassword: passwordSchema, password: passwordSchema, locale: languageTag }),
      reply: loggedInSchema,
      errors: ['wrong_credentials', 'weak_password', 'rate_limited'],
      handle: async ({ body, caller: { accountId, sessionId }, address }) => {
        const done = await changePassword(parts, { accountId, sessionId, address }, body);
        return done.ok ? { ok: true, body: done.value } : done;
      },
    }),
    endpoint({
      ...open,
      id: 'askForPassword',
      path: '/v1/password-resets',
      summary: 'Has a link mailed that sets a password. The answer does not tell whether there is an account.',
      body: z.strictObject({ email: emailSchema, locale: languageTag }),
      status: 202,
      reply: mailedSchema,
      errors: ['rate_limited'],
      handle: async ({ body: { email, locale }, address }) => {
        const tooMany = await refuseTooMany(pool, [
          [limits.mails, email],
          [limits.addressMails, address],
        ]);
        if (tooMany) return { ok: false, error: tooMany };
        await keepLink(parts, email, locale);
        return { ok: true, body: { email } };
      },
    }),
    endpoint({
      ...open,
      id: 'setPassword',
      path: '/v1/password-resets/confirm',
      summary: 'Sets a password by a mailed link. Ends all sessions of the account.',
      body: z.strictObject({ token: linkSchema, password: passwordSchema, locale: languageTag }),
      status: 204,
      reply: z.undefined(),
      errors: ['invalid_link', 'weak_password', 'rate_limited'],
      handle: async ({ body, address }) => {
        const error = await setByLink(parts, body, address);
        return error ? { ok: false, error } : { ok: true, body: undefined };
      },
    }),
  ];
}

/** The same work whether the address has an account or not: which mail it gets is found out when that is sent. */
async function keepLink({ pool, links, wakeOutbox }: AccountParts, email: string, locale: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    const linkId = await links.keepPassword(client, email);
    await writeOutbox(client, [mailTo(email, 'account.password_asked', { email, linkId, locale })]);
    return { result: undefined, commit: true };
  });
  wakeOutbox();
}

interface Who {
  readonly accountId: string;
  readonly sessionId: string;
  readonly address: string;
}

async function changePassword(
  parts: AccountParts,
  { accountId, sessionId, address }: Who,
  {
    oldPassword,
    password,
    locale,
  }: { readonly oldPassword: string; readonly password: string; readonly locale: string },
): Promise<LogInAnswer> {
  const { pool, passwords, limits, sessions } = parts;
  const known = await findAccount(pool, accountId);
  if (!known) return { ok: false, error: SESSION_OVER };
  const weak = refusePassword(password, known);
  if (weak) return { ok: false, error: weak };
  // A stolen access token is not to be a way to guess the password.
  const tooMany = await refuseTooMany(pool, [[limits.accountFailures, known.email]]);
  if (tooMany) return { ok: false, error: tooMany };
  const compared = await passwords.compare(known.passwordHash, oldPassword);
  // Right, or not looked at since too many wait.
  if (!compared.ok || compared.isRight) await uncountAttempt(pool, limits.accountFailures, known.email);
  if (!compared.ok) return compared;
  if (!compared.isRight) return { ok: false, error: WRONG_PASSWORD };
  const hashed = await passwords.hash(password);
  if (!hashed.ok) return hashed;
  const done = await inTransaction<LogInAnswer>(pool, async (client) => {
    const account = await lockAccount(client, accountId);
    const session = await readSession(client, accountId, sessionId);
    if (!account || !session) return { result: { ok: false, error: SESSION_OVER }, commit: false };
    if (account.passwordHash !== known.passwordHash) {
      return { result: { ok: false, error: WRONG_PASSWORD }, commit: false };
    }
    const grants = await setPassword(parts, client, account, hashed.hash, {
      action: 'account.change_password',
      address,
      locale,
    });
    const value = await sessions.start(client, { ...account, grants }, { address, ...session });
    return { result: { ok: true, value }, commit: true };
  });
  if (done.ok) parts.wakeOutbox();
  return done;
}

/** What the new session goes on with; undefined: the session is over. */
async function readSession(client: PoolClient, accountId: string, sessionId: string) {
  const { rows } = await client.query<{ holder: string; secondFactor: boolean }>(
    `SELECT holder, second_factor AS "secondFactor" FROM boxoffice.sessions
      WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL AND expires_at > clock_timestamp()`,
    [sessionId, accountId],
  );
  return rows[0];
}

async function setByLink(
  parts: AccountParts,
  { token, password, locale }: { readonly token: string; readonly password: string; readonly locale: string },
  address: string,
): Promise<WireError | undefined> {
  const { pool, links, passwords, limits } = parts;
  const email = await links.findPassword(pool, token);
  if (email === undefined) return INVALID_LINK;
  const weak = refusePassword(password, { email });
  if (weak) return weak;
  const hashed = await passwords.hash(password);
  if (!hashed.ok) return hashed.error;
  const error = await inTransaction<WireError | undefined>(pool, async (client) => {
    const link = await links.use(client, token);
    const owner = link && (await findAccountByEmail(client, link.email));
    const account = owner && (await lockAccount(client, owner.id));
    if (!account || account.disabledAt !== null) return { result: INVALID_LINK, commit: true };
    await setPassword(parts, client, account, hashed.hash, { action: 'account.set_password', address, locale });
    // Whoever was locked out by the guesses of somebody else is let in again.
    await forgetAttempts(client, limits.accountFailures, email);
    return { result: undefined, commit: true };
  });
  if (!error) parts.wakeOutbox();
  return error;
}

/** Tells the owner by mail. Gives the account's new grants. */
async function setPassword(
  parts: AccountParts,
  client: PoolClient,
  account: Account,
  hash: string,
  { locale, ...act }: { readonly action: string; readonly address: string; readonly locale: string },
): Promise<number> {
  await client.query('UPDATE boxoffice.accounts SET password_hash = $2 WHERE id = $1', [account.id, hash]);
  await auditEntry(parts, client, account, act);
  const { email } = account;
  await writeOutbox(client, [mailTo(email, 'account.password_changed', { email, locale })]);
  return (await endAllSessions(client, account.id, 'the password was changed')) ?? account.grants;
}

const SESSION_OVER = wireError('unauthorized', 'The session has ended. Log in again.');
const WRONG_PASSWORD = wireError('wrong_credentials', 'This is not the password of the account.', {
  field: 'oldPassword',
});
