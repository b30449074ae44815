import type pg from 'pg';
import type { Log } from '../../kernel/log.js';

const EVERY_MS = 60_000;
/** Deleted in portions, so that no purge holds locks or a connection for long: a row may have thousands of outcomes. */
const ROWS_PER_PURGE = 1_000;
/** A writer that committed nothing for so long is the past life of a node. */
const WRITER_KEPT = '7 days';
/** A node that has not beaten for so long is not on any roll; see usher.beat_node. */
const NODE_KEPT = '1 day';
/** How long a request that created something may come again and get the same answer. */
const IDEMPOTENCY_KEY_KEPT = '1 day';

/** For how long people find what became of their waiting; with their address. */
const WAITED_KEPT = '90 days';

export interface Kept {
  readonly replayWindowMs: number;
  readonly seatHistoryDays: number;
}

/**
 * Forgets what no replay asks for any more, and sessions, mailed links and counts of failures that have ended. Twice the window: a node that has just loaded the results of the window must
 * not lose them in Postgres before they have left its own memory. The history of seats is kept for so many days. Returns the
 * stop.
 */
export function purgeLater(pool: pg.Pool, { replayWindowMs, seatHistoryDays }: Kept, log: Log): () => void {
  let isStopped = false;
  let isRunning = false;
  const purge = async (): Promise<void> => {
    // All that is due: what a busy minute adds, one portion a minute would never catch up with. What another node deletes
    // just now is left to it: counted as due and then found gone, it would end this purge with the rest undone.
    for (let deleted = ROWS_PER_PURGE; deleted === ROWS_PER_PURGE && !isStopped; ) {
      const { rowCount } = await pool.query(
        `DELETE FROM usher.command_results WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM usher.command_results
            WHERE created_at < clock_timestamp() - 2 * make_interval(secs => $1::float8 / 1000)
            LIMIT $2 FOR UPDATE SKIP LOCKED))`,
        [replayWindowMs, ROWS_PER_PURGE],
      );
      deleted = rowCount ?? 0;
    }
    for (let deleted = ROWS_PER_PURGE; deleted === ROWS_PER_PURGE && !isStopped; ) {
      const { rowCount } = await pool.query(
        `DELETE FROM usher.seat_acts WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM usher.seat_acts WHERE created_at < clock_timestamp() - make_interval(days => $1)
            LIMIT $2 FOR UPDATE SKIP LOCKED))`,
        [seatHistoryDays, ROWS_PER_PURGE],
      );
      deleted = rowCount ?? 0;
    }
    await pool.query('DELETE FROM usher.writers WHERE seen_at < clock_timestamp() - $1::interval', [WRITER_KEPT]);
    await pool.query('DELETE FROM boxoffice.idempotency_keys WHERE created_at < clock_timestamp() - $1::interval', [
      IDEMPOTENCY_KEY_KEPT,
    ]);
    await pool.query('DELETE FROM usher.nodes WHERE seen_at < clock_timestamp() - $1::interval', [NODE_KEPT]);
    await pool.query('DELETE FROM boxoffice.attempts WHERE window_ends_at < clock_timestamp()');
    await pool.query('DELETE FROM boxoffice.waitlist_entries WHERE ended_at < clock_timestamp() - $1::interval', [
      WAITED_KEPT,
    ]);
    await pool.query('DELETE FROM boxoffice.mailed_links WHERE expires_at < clock_timestamp()');
    // With their refresh tokens, which were kept until now: one that is used again is known for it as long as its session runs.
    await pool.query('DELETE FROM boxoffice.sessions WHERE expires_at < clock_timestamp()');
  };
  const timer = setInterval(async () => {
    if (isRunning) return;
    isRunning = true;
    try {
      await purge();
    } catch (error) {
      if (!isStopped)
        log.warn(
          { event: 'results.not_purged', err: error },
          'Old command results could not be purged. The node retries later.',
        );
    }
    isRunning = false;
  }, EVERY_MS);
  timer.unref();
  return () => {
    isStopped = true;
    clearInterval(timer);
  };
}
