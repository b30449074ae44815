/** Logging in by password, and by a code where the account has a second factor. */
import type { PoolClient } from 'pg';
import { type WireError, wireError } from '../../protocol/errors.js';
import { uncountAttempt } from '../access/attempts.js';
import { inTransaction } from '../halls/hall-store.js';
import { type AccountParts, refuseTooMany } from './account-parts.js';
import { type Account, adoptHolder, findAccountByEmail, lockAccount } from './account-store.js';
import type { LoggedIn } from './sessions.js';

interface Credentials {
  /** In lower case. */
  readonly email: string;
  readonly password: string;
  readonly code?: string | undefined;
  /** A session of a guest, who becomes this account. */
  readonly guestSession?: string | undefined;
}

export type LogInAnswer =
  | { readonly ok: true; readonly value: LoggedIn }
  | { readonly ok: false; readonly error: WireError };

/** The same whatever was wrong: it tells nobody whether the address has an account. */
export const WRONG_CREDENTIALS = wireError(
  'wrong_credentials',
  'No account has this e-mail address and this password.',
);

/**
 * Every try counts as a failure before it is looked at, so that tries at the same moment cannot all pass; those that the
 * password was right for are taken back. A wrong code stays counted.
 * @param address the client's, as its rate is counted
 */
export async function logIn(parts: AccountParts, credentials: Credentials, address: string): Promise<LogInAnswer> {
  const { pool, limits, passwords } = parts;
  const counted = [
    [limits.accountFailures, credentials.email],
    [limits.addressFailures, address],
  ] as const;
  const tooMany = await refuseTooMany(pool, counted);
  if (tooMany) return { ok: false, error: tooMany };
  const uncount = async () => {
    for (const [limit, subject] of counted) await uncountAttempt(pool, limit, subject);
  };
  const account = await findAccountByEmail(pool, credentials.email);
  const compared = await passwords.compare(account?.passwordHash ?? null, credentials.password);
  if (!compared.ok) {
    await uncount();
    return compared;
  }
  if (!account || !compared.isRight) return { ok: false, error: WRONG_CREDENTIALS };
  const done = await inTransaction(pool, async (client) => {
    const result = await enter(parts, client, account, credentials, address);
    // A wrong code is counted in this transaction.
    return { result, commit: true };
  });
  if (done.ok || done.error.code === 'code_required' || done.error.code === 'account_disabled') await uncount();
  return done;
}

/** Whoever knows the password, in a transaction. */
async function enter(
  parts: AccountParts,
  client: PoolClient,
  known: Account,
  { code, guestSession }: Credentials,
  address: string,
): Promise<LogInAnswer> {
  const account = await lockAccount(client, known.id);
  // Since it was compared, the password was changed, or the account deleted.
  if (account?.passwordHash !== known.passwordHash) return { ok: false, error: WRONG_CREDENTIALS };
  if (account.disabledAt !== null) {
    return { ok: false, error: wireError('account_disabled', 'An administrator has disabled this account.') };
  }
  const hasSecondFactor = await parts.secondFactor.isEnrolled(client, account.id);
  if (hasSecondFactor) {
    const wrong =
      code === undefined
        ? wireError('code_required', 'This account has a second factor: send its code too.', { field: 'code' })
        : await parts.secondFactor.spend(client, account.id, code);
    if (wrong) return { ok: false, error: wrong };
  }
  const holder = await adoptGuest(parts, client, account, guestSession);
  const value = await parts.sessions.start(client, account, { address, secondFactor: hasSecondFactor, holder });
  await auditEntry(parts, client, account, { action: 'account.log_in', address });
  return { ok: true, value };
}

/**
 * The holder of the new session. A guest whom the account may adopt stays who they are, so that what they hold can still be
 * booked; one who has become another account stays that.
 */
async function adoptGuest(
  { guestHolder }: AccountParts,
  client: PoolClient,
  account: Account,
  guestSession: string | undefined,
): Promise<string> {
  const guest = guestSession === undefined ? undefined : await guestHolder(guestSession);
  if (guest === undefined || !(await adoptHolder(client, account.id, guest))) return account.holder;
  return guest;
}

/** Notes what somebody with permissions did to their own account; customers have none, and are not noted. */
export async function auditEntry(
  { audit }: AccountParts,
  client: PoolClient,
  { id: accountId, role, holder }: Account,
  { action, address }: { readonly action: string; readonly address: string },
): Promise<void> {
  if (role === 'customer') return;
  await audit.write(client, {
    caller: { holder, role, accountId, address },
    action,
    subject: `account:${accountId}`,
  });
}
