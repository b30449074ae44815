import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { MoneyStage } from './stage/money-stage.js';
import { readUnfinished } from './stage/read-postgres-books.js';

const LOOK_MS = 500;
const HURRY_EVERY_MS = 2_500;
/** Jobs of dead workers, the leases of dead nodes, and requests that the provider never answered are behind us then. */
const REST_MS_MAX = 90_000;
/** Rest that is disturbed by something nobody counts is no rest. */
const CALM_LOOKS = 3;

/**
 * Waits until nothing is left to do. What waits for its time (the next try of a refund, a webhook or a mail; the look at an open
 * payment) has its time brought forward in Postgres: the waiting is cut short, and not the work.
 * @returns what is left all the same, a sentence each
 */
export async function comeToRest({ stage, provider }: MoneyStage, signal: AbortSignal): Promise<readonly string[]> {
  const { pool } = stage;
  const giveUpAt = performance.now() + REST_MS_MAX;
  let hurryAt = 0;
  let calm = 0;
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
    if (performance.now() > giveUpAt) {
      return left.map(
        ([what, count]) => `After ${REST_MS_MAX} ms in which nothing was broken there are ${what}: ${count}.`,
      );
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
