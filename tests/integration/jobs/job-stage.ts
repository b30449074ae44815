import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { ScheduledJob } from '../../../src/boxoffice/jobs/job.js';
import { Scheduler } from '../../../src/boxoffice/jobs/scheduler.js';
import type { Timers } from '../../../src/kernel/timers.js';
import { addCinemas, type Cinema } from '../../kit/sales/cinemas.js';
import { silentLog } from '../../silent-log.js';
import { createDatabase } from '../database.js';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const inMs = (ms: number) => new Date(Date.now() + ms);

/** Never: tests run what is due by themselves. */
const STILL: Timers = { after: () => () => {}, soon: () => {} };

export interface JobStage {
  readonly pool: pg.Pool;
  readonly cinema: Cinema;
  /** A node with these jobs. */
  node(jobs: readonly ScheduledJob[], leaseMs?: number, pool?: pg.Pool): Scheduler;
  /** Runs the job now, as if it were due. */
  run(job: ScheduledJob): Promise<void>;
  count(sql: string): Promise<number>;
  close(): Promise<void>;
}

export async function openJobStage(): Promise<JobStage> {
  const database = await createDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 6 });
  const [cinema] = await addCinemas(pool, [{ timeZone: 'Europe/Berlin', cutoffHour: 6 }]);
  const node = (jobs: readonly ScheduledJob[], leaseMs = 30_000, by = pool) =>
    new Scheduler({ pool: by, jobs, lookMs: 1_000, leaseMs, timers: STILL, uuid: randomUUID, log: silentLog });
  return {
    pool,
    cinema: cinema!,
    node,
    run: async (job) => {
      await pool.query('UPDATE boxoffice.schedules SET due_at = now() WHERE name = $1', [job.name]);
      const scheduler = node([job]);
      await scheduler.runDue();
      if (scheduler.totals[job.name]?.failures) {
        const { rows } = await pool.query('SELECT last_failure FROM boxoffice.schedules WHERE name = $1', [job.name]);
        throw new Error(rows[0].last_failure);
      }
    },
    count: async (sql) => (await pool.query(`SELECT count(*)::int AS n FROM ${sql}`)).rows[0].n,
    close: async () => {
      await pool.end();
      await database.drop();
    },
  };
}
