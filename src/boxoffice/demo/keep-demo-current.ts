import type { Pool } from 'pg';
import type { Log } from '../../runtime/ports.js';
import { seedDemo } from './seed-demo.js';

const EVERY_MS = 3_600_000;

/** Seeds the demo cinema now, and again each hour: a node that runs over midnight has showtimes the next day too. */
export async function keepDemoCurrent(pool: Pool, log: Log): Promise<() => void> {
  await seedDemo(pool, new Date());
  const timer = setInterval(() => {
    seedDemo(pool, new Date()).catch((error) => log.warn({ err: error }, 'the demo cinema could not be renewed'));
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
