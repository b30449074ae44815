import type { Pool } from 'pg';
import type { Log } from '../../kernel/log.js';

/** Enough of a Postgres client: the one that the caller's transaction runs on. */
interface RevocationClient {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/** What every node is to refuse from now on. */
export interface Revocation {
  /** A log-in, all access tokens of an account that have fewer grants, or an API key. */
  readonly kind: 'session' | 'account' | 'key';
  /** The id of the session, account or key. */
  readonly subject: string;
  /** Of an account: access tokens with fewer grants are refused. Absent: all of them. */
  readonly grants?: number | undefined;
}

/**
 * Revokes in the transaction that `client` runs. Within two seconds of the commit every node that reaches Postgres refuses what
 * was revoked, and closes its sockets.
 */
export async function revoke(client: RevocationClient, { kind, subject, grants }: Revocation): Promise<void> {
  await client.query('INSERT INTO boxoffice.revocations (kind, subject, grants) VALUES ($1, $2, $3)', [
    kind,
    subject,
    grants ?? null,
  ]);
}

/** Far longer than the life of a token. A node that cannot read them for longer has sold nothing meanwhile. */
const KEPT = '7 days';

/** Removes old revocations. Failures go to the log. */
export async function purgeRevocations(pool: Pick<Pool, 'query'>, log: Log): Promise<void> {
  try {
    await pool.query('DELETE FROM boxoffice.revocations WHERE revoked_at < clock_timestamp() - $1::interval', [KEPT]);
  } catch (error) {
    log.warn(
      { event: 'revocations.not_purged', err: error },
      'Old revocations could not be removed; trying again later.',
    );
  }
}
