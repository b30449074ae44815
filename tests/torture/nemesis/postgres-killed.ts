import { setTimeout as sleep } from 'node:timers/promises';
import { type MakeFault, pick } from './fault.js';

const COMMIT_MS_MAX = 3;
const WAIT_MS_MAX = 2_000;

/**
 * Postgres and all its children at once, in the very moment in which a node commits: within some milliseconds of the
 * commit having been sent. It is started again by the one who keeps it.
 */
export const postgresKilled: MakeFault = (stage, random) => {
  const { process, toPostgres } = pick(stage.nodes, random);
  const delayMs = random() * COMMIT_MS_MAX;
  return {
    name: 'postgres killed',
    detail: `${delayMs.toFixed(2)} ms after a commit of ${process.name} was sent`,
    async start() {
      const sent = new Promise<void>((resolve) => toPostgres.onNext('commit_batch', resolve));
      // A node that owns nothing commits nothing.
      await Promise.race([sent, sleep(WAIT_MS_MAX)]);
      await sleep(delayMs);
      await stage.database.kill();
    },
    async heal() {
      for (;;) {
        const isThere = await stage.pool.query('SELECT').then(
          () => true,
          () => false,
        );
        if (isThere) return;
        await sleep(50);
      }
    },
  };
};
