/** The second factor of an account as rows. Every function works in the caller's transaction. */
import type { AccountRole } from '../../http/access.js';
import type { Grant } from '../access/access-tokens.js';
import { forgetAttempts } from '../access/attempts.js';
import { revoke } from '../access/revocations.js';
import type { Reads } from '../catalogue/reads.js';
import { WRONG_CODES } from './second-factor.js';

/** A log-in that lasts, with its account, both locked until the transaction ends. */
export interface LogIn {
  readonly email: string;
  readonly passwordHash: string | null;
  readonly role: AccountRole;
  readonly grants: number;
  readonly isEnrolled: boolean;
  /** The holder of the log-in. */
  readonly holder: string;
  readonly secondFactor: boolean;
  /** Since the password was given. */
  readonly ageMs: number;
}

/** Undefined: the log-in was ended. */
export async function lockLogIn(client: Reads, accountId: string, sessionId: string): Promise<LogIn | undefined> {
  // First, as whoever ends sessions does: with the session locked first, each would wait for the other.
  await client.query('SELECT FROM boxoffice.accounts WHERE id = $1 FOR UPDATE', [accountId]);
  const { rows } = await client.query<LogIn>(
    `SELECT a.email, a.password_hash AS "passwordHash", a.role, a.grants::float8 AS grants,
            a.totp_since IS NOT NULL AS "isEnrolled", s.holder, s.second_factor AS "secondFactor",
            (extract(epoch FROM clock_timestamp() - s.created_at) * 1000)::float8 AS "ageMs"
       FROM boxoffice.sessions s JOIN boxoffice.accounts a ON a.id = s.account_id
      WHERE s.id = $2 AND a.id = $1 AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp()
        AND a.disabled_at IS NULL
        FOR UPDATE`,
    [accountId, sessionId],
  );
  return rows[0];
}

/** Keeps the secret of an app that is yet to be confirmed, in place of one that never was. */
export async function keepSecret(client: Reads, accountId: string, sealed: Buffer): Promise<void> {
  await client.query(
    'UPDATE boxoffice.accounts SET totp_secret = $2, totp_step = 0 WHERE id = $1 AND totp_since IS NULL',
    [accountId, sealed],
  );
}

/** From now on the account needs the codes of its app. The log-in that confirmed it has proven them. */
export async function enrol(client: Reads, accountId: string, sessionId: string): Promise<void> {
  await client.query('UPDATE boxoffice.accounts SET totp_since = now() WHERE id = $1', [accountId]);
  await client.query('UPDATE boxoffice.sessions SET second_factor = true WHERE id = $1', [sessionId]);
}

/**
 * Removes app and recovery codes. Log-ins stay, without a second factor: access tokens that say otherwise are revoked.
 * @returns the grants of the account from now on
 */
export async function dropSecondFactor(client: Reads, accountId: string): Promise<number> {
  const { rows } = await client.query<{ grants: number }>(
    `UPDATE boxoffice.accounts SET totp_secret = NULL, totp_since = NULL, totp_step = 0, grants = grants + 1
      WHERE id = $1 RETURNING grants::float8 AS grants`,
    [accountId],
  );
  const grants = rows[0]?.grants ?? 0;
  await client.query('DELETE FROM boxoffice.recovery_codes WHERE account_id = $1', [accountId]);
  await client.query('UPDATE boxoffice.sessions SET second_factor = false WHERE account_id = $1', [accountId]);
  // Of codes that count no more: their owner, who was locked out, can enrol again.
  await forgetAttempts(client, WRONG_CODES, accountId);
  await revoke(client, { kind: 'account', subject: accountId, grants });
  return grants;
}

/** What an access token of this log-in says. */
export function grantOf(who: { accountId: string; sessionId: string }, logIn: LogIn): Grant {
  const { holder, role, grants, secondFactor } = logIn;
  const { accountId, sessionId } = who;
  return { accountId, sessionId, holder, role, grants, lacksSecondFactor: role !== 'customer' && !secondFactor };
}
