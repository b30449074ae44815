import type { Pool } from 'pg';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import { repeatLogged } from '../repeat.js';

const EVERY_MS = 10_000;
/** Past it a row of the outbox or a locked job is an alarm. */
const OLD_MS = 120_000;

/** What waits, in all of the database, as of the last look. */
export interface OutboxReading {
  /** Of the oldest row that was not moved. */
  readonly oldestMs: number;
  /** Jobs that a worker has had for longer than two minutes. */
  readonly lockedLong: number;
  readonly deadLetters: number;
}

/** Looks whether the outbox moves and its jobs end, gives up what no worker will, and raises the alarm. */
export class OutboxWatch {
  readonly #pool: Pick<Pool, 'query'>;
  readonly #log: Log;
  readonly stop: () => Promise<void>;
  #reading: OutboxReading = { oldestMs: 0, lockedLong: 0, deadLetters: 0 };

  constructor({
    pool,
    timers,
    log,
  }: { readonly pool: Pick<Pool, 'query'>; readonly timers: Timers; readonly log: Log }) {
    this.#pool = pool;
    this.#log = log;
    const failure = { log, event: 'outbox.not_watched', message: 'The outbox could not be looked at.' };
    this.stop = repeatLogged(timers, EVERY_MS, failure, () => this.look());
  }

  get reading(): OutboxReading {
    return this.#reading;
  }

  async look(): Promise<void> {
    const { rows: buried } = await this.#pool.query<{ n: number }>('SELECT boxoffice.bury_abandoned_steps() AS n');
    if ((buried[0]?.n ?? 0) > 0)
      this.#log.error(
        { event: 'outbox.dead_letters', steps: buried[0]?.n },
        'Workers died at the last try of some events, which were given up: see `ctl dead-letters`.',
      );
    const { rows } = await this.#pool.query<OutboxReading & { readonly topic: string | null }>(
      `SELECT coalesce(extract(epoch FROM clock_timestamp() - oldest.created_at) * 1000, 0)::float8 AS "oldestMs",
              oldest.topic,
              (SELECT count(*)::int FROM usher_jobs._private_jobs
                WHERE locked_at < clock_timestamp() - $1 * interval '1 millisecond') AS "lockedLong",
              (SELECT count(*)::int FROM boxoffice.dead_letters) AS "deadLetters"
         FROM (SELECT) AS one LEFT JOIN (SELECT created_at, topic FROM boxoffice.outbox ORDER BY id LIMIT 1) AS oldest ON true`,
      [OLD_MS],
    );
    if (!rows[0]) return;
    const { topic, ...reading } = rows[0];
    this.#reading = reading;
    if (reading.oldestMs > OLD_MS)
      this.#log.error(
        { event: 'outbox.behind', oldestMs: Math.round(reading.oldestMs), topic },
        'Events wait in the outbox: no node moves them, or none knows their topic.',
      );
    if (reading.lockedLong > 0)
      this.#log.error(
        { event: 'outbox.job_locked_long', jobs: reading.lockedLong },
        'A worker has had a job for minutes: what follows about the same subject waits.',
      );
  }
}
