import type pg from 'pg';

const EVERY_MS = 250;

/** Counts the nodes' backends, again and again: those whose client has gone and that still wait are among them. */
export class BackendCount {
  max = 0;
  /** Of them, those that claim a showtime, or go on doing so with nobody behind. */
  claimsMax = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(pool: pg.Pool) {
    let isAsking = false;
    this.#timer = setInterval(async () => {
      if (isAsking) return;
      isAsking = true;
      // Where nobody answers just now, there is nothing to count.
      const found = await pool
        .query<{ n: number; claims: number }>(
          `SELECT count(*)::int AS n,
                  (count(*) FILTER (WHERE state = 'active' AND query LIKE '%claim_showtime%'))::int AS claims
             FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND application_name NOT IN ('test-admin', 'test-conductor')`,
        )
        .catch(() => undefined);
      this.max = Math.max(this.max, found?.rows[0]?.n ?? 0);
      this.claimsMax = Math.max(this.claimsMax, found?.rows[0]?.claims ?? 0);
      isAsking = false;
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
