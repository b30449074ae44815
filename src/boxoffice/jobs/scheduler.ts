import type { Pool } from 'pg';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import { inTransaction } from '../halls/hall-store.js';
import { repeat } from '../repeat.js';
import type { ScheduledJob } from './job.js';

/** A batch takes far less; a node that died is replaced after it. */
const LEASE_MS = 30_000;
/** A run ends after so many batches, and goes on at its next time, so that no job keeps the others waiting for long. */
const BATCHES_MAX = 50;

export interface SchedulerOptions {
  readonly pool: Pool;
  readonly jobs: readonly ScheduledJob[];
  /** How often the node looks for what is due. */
  readonly lookMs: number;
  readonly leaseMs?: number;
  readonly timers: Timers;
  readonly uuid: () => string;
  readonly log: Log;
}

/** What this node's runs came to since its start, by the name of the job. */
export type JobTotals = Readonly<Record<string, { readonly done: number; readonly failures: number }>>;

/**
 * Runs jobs when they are due. Nodes share a row for each job, by Postgres' clock.
 *
 * Invariant: of one job no two batches are committed by two runs at a time. Each batch is one transaction that locks the job's
 * row and finds its own run in it; a run that lost its lease finds another one's, and ends without an effect.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #totals = new Map<string, { done: number; failures: number }>();
  readonly #stop: () => Promise<void>;
  #isStopped = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#stop = repeat(options.timers, options.lookMs, () => this.runDue());
  }

  get totals(): JobTotals {
    return Object.fromEntries(this.#totals);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#stop();
  }

  /** Runs every job that is due and that no other node runs. Failures go to the log. */
  async runDue(): Promise<void> {
    for (const job of this.#options.jobs) {
      if (this.#isStopped) return;
      try {
        await this.#runIfDue(job);
      } catch (err) {
        this.#count(job, 0, 1);
        const fields = { event: 'schedules.not_run', err, job: job.name };
        this.#options.log.warn(fields, 'A scheduled job failed. It is tried again at its next time.');
      }
    }
  }

  async #runIfDue(job: ScheduledJob): Promise<void> {
    const { pool, uuid, leaseMs = LEASE_MS, log } = this.#options;
    const runId = uuid();
    await pool.query('INSERT INTO boxoffice.schedules (name) VALUES ($1) ON CONFLICT DO NOTHING', [job.name]);
    const { rowCount } = await pool.query(
      `UPDATE boxoffice.schedules
          SET run_id = $2, lease_until = clock_timestamp() + $3::float8 * interval '1 millisecond'
        WHERE name = (SELECT name FROM boxoffice.schedules
                       WHERE name = $1 AND due_at <= clock_timestamp() AND (run_id IS NULL OR lease_until < clock_timestamp())
                         FOR UPDATE SKIP LOCKED)`,
      [job.name, runId, leaseMs],
    );
    if (rowCount !== 1) return;
    let done = 0;
    try {
      done = await this.#run(job, runId, leaseMs);
    } catch (error) {
      await this.#end(job, runId, String(error)).catch(() => {});
      throw error;
    }
    await this.#end(job, runId, null);
    if (done > 0) log.info({ event: 'schedules.ran', job: job.name, done }, 'A scheduled job did what was due.');
  }

  async #run(job: ScheduledJob, runId: string, leaseMs: number): Promise<number> {
    let sum = 0;
    for (let batches = 0; batches < BATCHES_MAX && !this.#isStopped; batches++) {
      const outcome = await inTransaction(this.#options.pool, async (client) => {
        // A node that froze in the middle of a batch would keep the row locked for as long as its connection stands.
        await client.query("SELECT set_config('idle_in_transaction_session_timeout', $1, true)", [String(leaseMs)]);
        const { rowCount } = await client.query(
          `UPDATE boxoffice.schedules SET lease_until = clock_timestamp() + $3::float8 * interval '1 millisecond'
            WHERE name = $1 AND run_id = $2`,
          [job.name, runId, leaseMs],
        );
        if (rowCount !== 1) return { result: { done: 0, isMore: false }, commit: false };
        return { result: await job.batch(client), commit: true };
      });
      sum += outcome.done;
      this.#count(job, outcome.done, 0);
      if (outcome.done > 0) job.committed?.();
      if (!outcome.isMore) break;
    }
    return sum;
  }

  async #end(job: ScheduledJob, runId: string, failure: string | null): Promise<void> {
    await this.#options.pool.query(
      `UPDATE boxoffice.schedules
          SET run_id = NULL, lease_until = NULL, last_run_at = clock_timestamp(), last_failure = left($4, 500),
              due_at = clock_timestamp() + $3::float8 * interval '1 millisecond'
        WHERE name = $1 AND run_id = $2`,
      [job.name, runId, job.everyMs, failure],
    );
  }

  #count({ name }: ScheduledJob, done: number, failures: number): void {
    const before = this.#totals.get(name) ?? { done: 0, failures: 0 };
    this.#totals.set(name, { done: before.done + done, failures: before.failures + failures });
  }
}
