import type pg from 'pg';
import type { Log } from '../../kernel/log.js';
import { JobsAtWork } from './jobs-at-work.js';

const BEAT_MS = 1_000;
const LEASE_MS = 5_000;

interface WorkerLeaseOptions {
  readonly pool: Pick<pg.Pool, 'query'>;
  readonly nodeName: string;
  readonly leaseMs?: number;
  readonly beatMs?: number;
  /** After that no statement of the pool has an answer any more. */
  readonly answerMsMax: number;
  readonly log: Log;
}

/** A statement that fetched a job and whose answer was lost has locked it for a worker that does not know it. */
const UNLOCK_LOST = `
  UPDATE usher_jobs._private_jobs SET locked_at = NULL, locked_by = NULL, run_at = greatest(run_at, now())
   WHERE locked_by = ANY($1::text[]) AND id <> ALL($2::bigint[])
     AND locked_at < clock_timestamp() - $3 * interval '1 millisecond'`;

/**
 * Says every second that the workers of this node are alive, and unlocks the jobs of workers that did not say so for five. It
 * also unlocks jobs that this node fetched without learning of it. The queue itself waits four hours for both.
 */
export class WorkerLease {
  readonly #options: WorkerLeaseOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #lostMs: number;
  readonly jobs: JobsAtWork;
  #beating: Promise<void> | undefined;
  readonly #held = new Set<string>();

  constructor(options: WorkerLeaseOptions) {
    this.#options = options;
    this.#lostMs = options.answerMsMax + (options.leaseMs ?? LEASE_MS);
    this.jobs = new JobsAtWork(this.#lostMs);
    this.#timer = setInterval(() => this.#beatOnce(), options.beatMs ?? BEAT_MS);
    this.#timer.unref();
  }

  hold(workerId: string): void {
    this.#held.add(workerId);
    // At once: a node that dies within its first second has locked jobs too.
    this.#beatOnce();
  }

  /** Unlocks what a worker of this node that has ended still had locked. */
  async release(workerId: string): Promise<void> {
    this.#held.delete(workerId);
    await this.#options.pool
      .query(
        `WITH gone AS (DELETE FROM boxoffice.job_workers WHERE id = $1)
         SELECT usher_jobs.force_unlock_workers(ARRAY[$1::text])`,
        [workerId],
      )
      // The row ages, or there is none: then other nodes unlock it.
      .catch(() => {});
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    for (const workerId of [...this.#held]) await this.release(workerId);
  }

  #beatOnce(): void {
    this.#beating ??= this.#beat()
      .catch((err) =>
        this.#options.log.warn(
          { event: 'jobs.not_alive', err },
          'The workers of this node could not say that they are alive.',
        ),
      )
      .finally(() => {
        this.#beating = undefined;
      });
  }

  async #beat(): Promise<void> {
    const { pool, nodeName, leaseMs = LEASE_MS, log } = this.#options;
    if (this.#held.size > 0)
      await pool.query(
        `INSERT INTO boxoffice.job_workers (id, node) SELECT id, $2 FROM unnest($1::text[]) AS id
         ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()`,
        [[...this.#held], nodeName],
      );
    const { rows } = await pool.query<{ dead: number }>(
      `SELECT boxoffice.unlock_dead_workers($1 * interval '1 millisecond') AS dead`,
      [leaseMs],
    );
    if ((rows[0]?.dead ?? 0) > 0)
      log.warn({ event: 'jobs.workers_died', workers: rows[0]?.dead }, 'Workers died; their jobs are unlocked.');
    const { rowCount } = await pool.query(UNLOCK_LOST, [[...this.#held], this.jobs.ids(), this.#lostMs]);
    if (rowCount)
      log.warn(
        { event: 'jobs.fetches_lost', jobs: rowCount },
        'Jobs were fetched, but the answer was lost; they are unlocked.',
      );
  }
}
