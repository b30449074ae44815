import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { MoneyStage } from './stage/money-stage.js';
import { readUnfinished } from './stage/read-postgres-books.js';

const LOOK_MS = 500;
const HURRY_EVERY_MS = 2_500;
/** Without anything getting done: jobs of dead workers, the leases of dead nodes, and requests without an answer are behind us then. */
const STUCK_MS_MAX = 90_000;
/** On a machine that does ten other things at a time. */
const REST_MS_MAX = 600_000;
/** Rest that is disturbed by something nobody counts is no rest. */
const CALM_LOOKS = 3;

/**
 * Waits until nothing is left to do. What waits for its time (the next try of a refund, a webhook or a mail; the look at an open
 * payment) has its time brought forward in Postgres: the waiting is cut short, and not the work.
 * @returns what is left all the same, a sentence each
 */
export async function comeToRest({ stage, provider }: MoneyStage, signal: AbortSignal): Promise<readonly string[]> {
  const { pool } = stage;
  const startedAt = performance.now();
  let [hurryAt, calm] = [0, 0];
  let [least, leastAt] = [Number.POSITIVE_INFINITY, startedAt];
  while (!signal.aborted) {
    await provider.settleRefunds();
    if (performance.now() >= hurryAt) {
      await hurry(pool);
      hurryAt = performance.now() + HURRY_EVERY_MS;
    }
    const unfinished = await readUnfinished(pool);
    const left = Object.entries(unfinished).filter(([, count]) => count > 0);
    calm = left.length === 0 ? calm + 1 : 0;
    if (calm === CALM_LOOKS) return [];
    const now = performance.now();
    const all = left.reduce((sum, [, count]) => sum + count, 0);
    if (all < least) [least, leastAt] = [all, now];
    if (now - leastAt > STUCK_MS_MAX || now - startedAt > REST_MS_MAX) {
      const forMs = Math.round(now - startedAt);
      return left.map(([what, count]) => `After ${forMs} ms in which nothing was broken there are ${what}: ${count}.`);
    }
    await sleep(LOOK_MS);
  }
  return [];
}

const HURRIED = [
  "UPDATE boxoffice.refunds SET try_after = clock_timestamp() WHERE state = 'pending'",
  // An hour: then a payment of which the provider knows nothing was never made.
  `UPDATE boxoffice.payments SET created_at = created_at - interval '61 minutes', look_after = NULL
    WHERE state IN ('created', 'requires_action', 'processing') AND created_at > clock_timestamp() - interval '61 minutes'`,
  `UPDATE boxoffice.payments SET look_after = NULL WHERE state IN ('created', 'requires_action', 'processing')`,
  `UPDATE boxoffice.orders SET created_at = created_at - interval '2 minutes', claimed_until = NULL
    WHERE state = 'draft' AND created_at > clock_timestamp() - interval '2 minutes'`,
  `UPDATE boxoffice.orders SET claimed_until = NULL WHERE state IN ('draft', 'paid')`,
  'UPDATE boxoffice.returns SET try_after = clock_timestamp() WHERE freed_at IS NULL',
  'UPDATE boxoffice.showtime_refunds SET look_after = clock_timestamp() WHERE done_at IS NULL',
  `UPDATE boxoffice.webhook_deliveries SET try_after = clock_timestamp() WHERE state = 'pending'`,
  'UPDATE usher_jobs._private_jobs SET run_at = clock_timestamp() WHERE locked_at IS NULL AND run_at > clock_timestamp()',
];

async function hurry(pool: pg.Pool): Promise<void> {
  for (const sql of HURRIED) await pool.query(sql);
}
