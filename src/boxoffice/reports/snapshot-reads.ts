import type { Pool } from 'pg';
import type { Log } from '../../kernel/log.js';
import type { Reads } from '../catalogue/reads.js';

/** Which server answered, and the newest moment whose changes the answer has. */
export interface Seen {
  readonly source: 'primary' | 'replica';
  readonly asOf: Date;
}

export interface SnapshotReadsOptions {
  readonly primary: Pool;
  readonly replica: Pool | undefined;
  /** Past it Postgres ends a statement of a report. */
  readonly statementMsMax: number;
  /** Whether an error says that a server does not answer. */
  readonly isAway: (error: unknown) => boolean;
  readonly log: Log;
}

/** Postgres' codes for a statement that took too long, and for one that a standby ended to catch up with its primary. */
const CANCELLED = '57014';
const CONFLICT = '40001';

/**
 * Reads of reports. All queries of one report see the same moment. They go to the replica where there is one; while that does
 * not answer they go to the primary, and the answer says so.
 */
export class SnapshotReads {
  readonly #options: SnapshotReadsOptions;

  constructor(options: SnapshotReadsOptions) {
    this.#options = options;
  }

  async read<Result>(work: (db: Reads) => Promise<Result>): Promise<{ readonly result: Result; readonly seen: Seen }> {
    const { primary, replica, isAway, log } = this.#options;
    if (!replica) return await this.#readFrom(primary, 'primary', work);
    try {
      return await this.#readFrom(replica, 'replica', work);
    } catch (error) {
      if (isTimeout(error) || !(isAway(error) || codeOf(error) === CONFLICT)) throw error;
      const event = 'reports.replica_away';
      log.warn({ event, err: error }, 'The replica did not answer. The report was read from the primary, and says so.');
      return await this.#readFrom(primary, 'primary', work);
    }
  }

  async #readFrom<Result>(pool: Pool, source: Seen['source'], work: (db: Reads) => Promise<Result>) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await client.query(`SET LOCAL statement_timeout = ${Math.ceil(this.#options.statementMsMax)}`);
      // Of a standby the last commit that it has replayed: it may lag by any time, and cannot know by how much.
      const { rows } = await client.query<{ asOf: Date }>(
        `SELECT CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_xact_replay_timestamp(), 'epoch') ELSE now() END AS "asOf"`,
      );
      const result = await work(client);
      await client.query('COMMIT');
      return { result, seen: { source, asOf: rows[0]?.asOf ?? new Date(0) } };
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

/** Whether Postgres ended the statement because it took longer than a report may. */
export function isTimeout(error: unknown): boolean {
  return codeOf(error) === CANCELLED;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
