import { z } from 'zod';

const WORKERS_MAX = 50;

/** What the environment says about jobs. */
export const outboxSettings = {
  /** Whether this node handles events: mails, webhooks and so on. Some node must. */
  JOBS: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(true),
  /** Events that this node handles at a time; it has that many connections to Postgres for it, and two more. */
  JOB_CONCURRENCY: z.coerce.number().int().min(1).max(WORKERS_MAX).default(4),
};
