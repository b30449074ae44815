import type { Pool } from 'pg';
import type { Log } from '../../kernel/log.js';
import { seedDemo } from './seed-demo.js';

const EVERY_MS = 3_600_000;

/**
 * Seeds the demo cinema now, and again each hour: a node that runs over midnight has showtimes the next day too.
 * `changed` is called each time.
 */
export async function keepDemoCurrent(pool: Pool, changed: () => Promise<unknown>, log: Log): Promise<() => void> {
  const seed = async () => {
    await seedDemo(pool, new Date());
    await changed();
  };
  await seed();
  const timer = setInterval(() => {
    seed().catch((error) =>
      log.warn({ event: 'demo.not_renewed', err: error }, 'The showtimes of the demo cinema could not be renewed.'),
    );
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
