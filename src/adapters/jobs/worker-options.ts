import { Logger } from 'graphile-worker';
import type { Log } from '../../kernel/log.js';

/** Of graphile-worker's own tables; sql/0030 names it. */
export const JOBS_SCHEMA = 'usher_jobs';

/**
 * What graphile-worker says. Failures of jobs are left out: whoever does the work logs them. So are its successes, a line for
 * each job.
 */
export function quietLogger(log: Log): Logger {
  return new Logger(() => (level, message, meta) => {
    if (level !== 'error' && level !== 'warning') return;
    if (meta?.['failure']) return;
    log.warn({ event: 'jobs.queue_says', said: message, err: meta?.['error'] }, 'The job queue reports a difficulty.');
  });
}
