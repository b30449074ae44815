import type pg from 'pg';

const EVERY_MS = 250;

/** Counts the nodes' backends, again and again: those whose client has gone and that still wait are among them. */
export class BackendCount {
  max = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(pool: pg.Pool) {
    let isAsking = false;
    this.#timer = setInterval(async () => {
      if (isAsking) return;
      isAsking = true;
      // Where nobody answers just now, there is nothing to count.
      const found = await pool
        .query<{ n: number }>(
          `SELECT count(*)::int AS n FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND application_name NOT IN ('test-admin', 'test-conductor')`,
        )
        .catch(() => undefined);
      this.max = Math.max(this.max, found?.rows[0]?.n ?? 0);
      isAsking = false;
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
