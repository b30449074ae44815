import { createHash } from 'node:crypto';
import type { Reads } from '../catalogue/reads.js';

/** How often something may be tried within a window of fixed length that begins with the first try. */
export interface AttemptLimit {
  /** Names what is counted, so that the same subject has a count for each. */
  readonly what: string;
  readonly max: number;
  readonly windowMs: number;
}

export type Attempt = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

/**
 * Counts one try at all nodes together, before it is known whether it succeeds: tries at the same moment cannot all pass.
 * The row stays locked until the transaction ends. A transaction that rolls back has not counted.
 */
export async function countAttempt(db: Reads, limit: AttemptLimit, subject: string): Promise<Attempt> {
  const { rows } = await db.query<{ count: number; wait: number }>(
    `INSERT INTO boxoffice.attempts AS a (subject, count, window_ends_at)
     VALUES ($1, 1, clock_timestamp() + $2::bigint * interval '1 millisecond')
     ON CONFLICT (subject) DO UPDATE SET
       count = CASE WHEN a.window_ends_at <= clock_timestamp() THEN 1 ELSE least(a.count, $3) + 1 END,
       window_ends_at = CASE WHEN a.window_ends_at <= clock_timestamp() THEN excluded.window_ends_at
                             ELSE a.window_ends_at END
     RETURNING count, ceil(extract(epoch FROM window_ends_at - clock_timestamp()) * 1000)::int AS wait`,
    [keyOf(limit, subject), limit.windowMs, limit.max],
  );
  const { count = 1, wait = 0 } = rows[0] ?? {};
  return count <= limit.max ? { ok: true } : { ok: false, retryAfterMs: Math.max(1, wait) };
}

/** Takes back one try that succeeded; the failures before it stay counted. */
export async function uncountAttempt(db: Reads, limit: AttemptLimit, subject: string): Promise<void> {
  await db.query('UPDATE boxoffice.attempts SET count = greatest(0, count - 1) WHERE subject = $1', [
    keyOf(limit, subject),
  ]);
}

/** Forgets all tries, in the caller's transaction. */
export async function forgetAttempts(db: Reads, limit: AttemptLimit, subject: string): Promise<void> {
  await db.query('DELETE FROM boxoffice.attempts WHERE subject = $1', [keyOf(limit, subject)]);
}

/** A hash: what is counted may be an address of a person, and the table is to name nobody. */
function keyOf({ what }: AttemptLimit, subject: string): Buffer {
  return createHash('sha256').update(`${what}\n${subject}`).digest();
}
