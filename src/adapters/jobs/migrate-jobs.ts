import { runMigrations } from 'graphile-worker';
import type { Log } from '../../kernel/log.js';
import type { Primary } from '../postgres/primary.js';
import { primaryPool } from '../postgres/primary-pool.js';
import { JOBS_SCHEMA, quietLogger } from './worker-options.js';

/** Brings the schema of the job queue to what this version of graphile-worker needs. Reads only, where nothing is to be done. */
export async function migrateJobs(primary: Primary, connectMsMax: number, log: Log): Promise<void> {
  const options = { application_name: 'usher-migrate', max: 1, connectionTimeoutMillis: connectMsMax };
  const pool = primaryPool(primary, options, log);
  // As graphile-worker wants it.
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    await runMigrations({ pgPool: pool, schema: JOBS_SCHEMA, logger: quietLogger(log), noPreparedStatements: true });
  } finally {
    await pool.end();
  }
}
