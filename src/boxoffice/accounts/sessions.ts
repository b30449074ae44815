/** Log-ins: one session a device, kept alive by refresh tokens that are used once. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { AccountRole } from '../../http/access.js';
import type { Log } from '../../kernel/log.js';
import type { AccessTokens } from '../access/access-tokens.js';
import { revoke } from '../access/revocations.js';
import type { Account } from './account-store.js';

/** What whoever logged in gets. Times are in milliseconds since 1970. */
export interface LoggedIn {
  readonly accountId: string;
  readonly role: AccountRole;
  /** Whose holds and bookings this log-in makes. */
  readonly holder: string;
  /** The role needs a second factor, and this log-in had none. */
  readonly lacksSecondFactor: boolean;
  readonly accessToken: string;
  readonly accessExpiresAt: number;
  readonly refreshToken: string;
  /** The session ends then, whatever is refreshed. */
  readonly refreshExpiresAt: number;
}

interface SessionsOptions {
  readonly accessTokens: AccessTokens;
  /** Makes the successors of refresh tokens; all nodes share it. */
  readonly refreshKey: Uint8Array;
  readonly uuid: () => string;
  /** From the log-in to the end of the session: of customers, and of everybody with permissions. */
  readonly ttlMs: number;
  readonly staffTtlMs: number;
  readonly log: Log;
}

interface LogInFacts {
  /** The client, as its rate is counted. */
  readonly address: string;
  /** Whether a code of the second factor was taken. */
  readonly secondFactor: boolean;
  /** A guest whom the account has adopted; absent: the account's own holder. */
  readonly holder?: string | undefined;
}

/**
 * A client whose connection broke before the answer came sends the same refresh token again, and so do two tabs that share
 * one. For so long that is no theft.
 */
const REPEAT_MS_MAX = 10_000;
const PREFIX = 'usr_';

type Refreshed = LoggedIn | 'unknown' | 'reused';

interface SessionRow {
  readonly id: string;
  readonly account_id: string;
  readonly holder: string;
  readonly second_factor: boolean;
  readonly expires_at: Date;
  readonly is_over: boolean;
  /** Milliseconds since the token was used; null: it was not. */
  readonly used_ms: number | null;
  readonly role: AccountRole;
  readonly grants: number;
}

/**
 * Invariant: a session has one refresh token that is valid. Each is used once and makes the next; one that is used again
 * shows that two have it, and ends the session for both.
 */
export class Sessions {
  readonly #options: SessionsOptions;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Starts a session in the transaction that `client` runs. */
  async start(client: PoolClient, account: Account, facts: LogInFacts): Promise<LoggedIn> {
    const { uuid, ttlMs, staffTtlMs } = this.#options;
    const { address, secondFactor, holder = account.holder } = facts;
    const id = uuid();
    const lifeMs = account.role === 'customer' ? ttlMs : staffTtlMs;
    const { rows } = await client.query<{ expires_at: Date }>(
      `INSERT INTO boxoffice.sessions (id, account_id, holder, second_factor, address, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + $6::float8 * interval '1 millisecond') RETURNING expires_at`,
      [id, account.id, holder, secondFactor, address, lifeMs],
    );
    const token = PREFIX + randomBytes(32).toString('base64url');
    await client.query('INSERT INTO boxoffice.refresh_tokens (token_hash, session_id) VALUES ($1, $2)', [
      hashOf(token),
      id,
    ]);
    const { role, grants } = account;
    const row = { id, account_id: account.id, holder, second_factor: secondFactor, role, grants };
    return await this.#answer({ ...row, expires_at: rows[0]?.expires_at ?? new Date(0) }, token);
  }

  /**
   * Takes a refresh token and gives the next, in the transaction that `client` runs. The transaction must be committed
   * whatever the answer is: `reused` has ended the session. Who has been given permissions since they logged in has a session
   * of staff from then on, which is shorter.
   */
  async refresh(client: PoolClient, token: string): Promise<Refreshed> {
    const { rows } = await client.query<SessionRow>(
      `SELECT s.id, s.account_id, s.holder, s.second_factor, e.expires_at, a.role, a.grants::float8 AS grants,
              s.revoked_at IS NOT NULL OR e.expires_at <= clock_timestamp() OR a.disabled_at IS NOT NULL AS is_over,
              extract(epoch FROM clock_timestamp() - t.used_at)::float8 * 1000 AS used_ms
         FROM boxoffice.refresh_tokens t
         JOIN boxoffice.sessions s ON s.id = t.session_id
         JOIN boxoffice.accounts a ON a.id = s.account_id
        CROSS JOIN LATERAL (SELECT CASE WHEN a.role = 'customer' THEN s.expires_at
          ELSE least(s.expires_at, s.created_at + $2::float8 * interval '1 millisecond') END AS expires_at) e
        WHERE t.token_hash = $1 FOR UPDATE OF s, t`,
      [hashOf(token), this.#options.staffTtlMs],
    );
    const session = rows[0];
    if (!session || session.is_over) return 'unknown';
    const next = this.#successorOf(token);
    if (session.used_ms === null) await this.#rotate(client, session.id, token, next);
    else if (session.used_ms > REPEAT_MS_MAX || (await isUsed(client, next))) {
      await this.#endReused(client, session);
      return 'reused';
    }
    return await this.#answer(session, next);
  }

  /** A function of the token, so that who sends one twice gets the same next one: the chain of a session never forks. */
  #successorOf(token: string): string {
    return PREFIX + createHmac('sha256', this.#options.refreshKey).update(token).digest('base64url');
  }

  async #rotate(client: PoolClient, sessionId: string, token: string, next: string): Promise<void> {
    await client.query('UPDATE boxoffice.refresh_tokens SET used_at = clock_timestamp() WHERE token_hash = $1', [
      hashOf(token),
    ]);
    await client.query('INSERT INTO boxoffice.refresh_tokens (token_hash, session_id) VALUES ($1, $2)', [
      hashOf(next),
      sessionId,
    ]);
    await client.query('UPDATE boxoffice.sessions SET last_used_at = clock_timestamp() WHERE id = $1', [sessionId]);
  }

  async #endReused(client: PoolClient, { id, account_id: accountId }: SessionRow): Promise<void> {
    await endSession(client, accountId, id, 'a refresh token was used twice');
    const fields = { event: 'sessions.refresh_token_reused', sessionId: id, accountId };
    this.#options.log.warn(fields, 'A refresh token was used twice, so two have it. The session was ended.');
  }

  async #answer(session: Omit<SessionRow, 'is_over' | 'used_ms'>, refreshToken: string): Promise<LoggedIn> {
    const { id: sessionId, account_id: accountId, holder, role, grants, second_factor: secondFactor } = session;
    // Everybody with permissions needs one.
    const lacksSecondFactor = role !== 'customer' && !secondFactor;
    const grant = { accountId, sessionId, holder, role, grants, lacksSecondFactor };
    const { token: accessToken, expiresAt: accessExpiresAt } = await this.#options.accessTokens.issue(grant);
    const refreshExpiresAt = session.expires_at.getTime();
    return { accountId, role, holder, lacksSecondFactor, accessToken, accessExpiresAt, refreshToken, refreshExpiresAt };
  }
}

async function isUsed(client: PoolClient, token: string): Promise<boolean> {
  const text = 'SELECT FROM boxoffice.refresh_tokens WHERE token_hash = $1 AND used_at IS NOT NULL';
  return (await client.query(text, [hashOf(token)])).rowCount === 1;
}

/** Ends one session of an account, in the caller's transaction. False: it is over already, or is another's. */
export async function endSession(
  client: PoolClient,
  accountId: string,
  sessionId: string,
  because: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE boxoffice.sessions SET revoked_at = clock_timestamp(), revoked_because = $3
      WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL`,
    [sessionId, accountId, because],
  );
  if (rowCount !== 1) return false;
  await revoke(client, { kind: 'session', subject: sessionId });
  return true;
}

/**
 * Ends all sessions of an account and makes its access tokens worthless, in the caller's transaction. Gives the account's
 * new grants; undefined: there is no such account.
 */
export async function endAllSessions(
  client: PoolClient,
  accountId: string,
  because: string,
): Promise<number | undefined> {
  const { rows } = await client.query<{ grants: number }>(
    'UPDATE boxoffice.accounts SET grants = grants + 1 WHERE id = $1 RETURNING grants::float8 AS grants',
    [accountId],
  );
  const grants = rows[0]?.grants;
  if (grants === undefined) return undefined;
  await client.query(
    `UPDATE boxoffice.sessions SET revoked_at = clock_timestamp(), revoked_because = $2
      WHERE account_id = $1 AND revoked_at IS NULL`,
    [accountId, because],
  );
  await revoke(client, { kind: 'account', subject: accountId, grants });
  return grants;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
