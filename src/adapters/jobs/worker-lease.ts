import type pg from 'pg';
import type { Log } from '../../kernel/log.js';

const BEAT_MS = 1_000;
const LEASE_MS = 5_000;

interface WorkerLeaseOptions {
  readonly pool: Pick<pg.Pool, 'query'>;
  readonly nodeName: string;
  readonly leaseMs?: number;
  readonly beatMs?: number;
  readonly log: Log;
}

/**
 * Says every second that the workers of this node are alive, and unlocks the jobs of workers that did not say so for five. The
 * queue itself waits four hours for a dead one.
 */
export class WorkerLease {
  readonly #options: WorkerLeaseOptions;
  readonly #timer: NodeJS.Timeout;
  #beating: Promise<void> | undefined;
  readonly #held = new Set<string>();

  constructor(options: WorkerLeaseOptions) {
    this.#options = options;
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
  }
}
