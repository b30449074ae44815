import type pg from 'pg';
import type { Log } from '../../runtime/ports.js';

const EVERY_MS = 60_000;
/** Deleted in portions, so that no purge holds locks or a connection for long. */
const ROWS_PER_PURGE = 10_000;
/** A writer that committed nothing for so long is the past life of a node. */
const WRITER_KEPT = '7 days';

/**
 * Forgets what no replay asks for any more. Twice the window: a node that has just loaded the results of the window must
 * not lose them in Postgres before they have left its own memory. Returns the stop.
 */
export function purgeLater(pool: pg.Pool, replayWindowMs: number, log: Log): () => void {
  const timer = setInterval(async () => {
    try {
      await pool.query(
        `DELETE FROM usher.command_results WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM usher.command_results
            WHERE created_at < clock_timestamp() - 2 * make_interval(secs => $1::float8 / 1000) LIMIT $2))`,
        [replayWindowMs, ROWS_PER_PURGE],
      );
      await pool.query('DELETE FROM usher.writers WHERE seen_at < clock_timestamp() - $1::interval', [WRITER_KEPT]);
    } catch (error) {
      log.warn({ err: error }, 'old command results could not be purged; trying again later');
    }
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
