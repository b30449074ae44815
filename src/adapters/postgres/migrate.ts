import { runner } from 'node-pg-migrate';
import type { Log } from '../../kernel/log.js';
import { migrateJobs } from '../jobs/migrate-jobs.js';
import { Primary } from './primary.js';
import { PrimaryClient } from './primary-client.js';

/**
 * The lock that node-pg-migrate uses, so that nodes of earlier versions, which left the locking to it, queue with this one.
 * node-pg-migrate holds the lock for the session. Behind a pooler that lends backends by the transaction, the lock would stay
 * on a backend that nobody uses, and the next start would wait for ever. So the lock is held for the transaction here.
 */
const MIGRATION_LOCK = '7241865325823964';
/** Behind a pooler with few backends a node waits for one until others have migrated. */
const CONNECT_MS_MAX = 60_000;

/**
 * Brings the database to the newest schema: first that of the job queue, then the numbered files of `directory`, each once,
 * forward only, and all of them in one transaction. Many nodes may start at once: they queue on an advisory lock that ends with
 * the transaction, and all but the first find nothing to do.
 */
export async function migrate(databaseUrl: string, directory: string, log: Log): Promise<void> {
  const primary = new Primary(databaseUrl);
  // This runs before a connection is held: behind a pooler with few backends, the nodes that wait for the lock would hold them
  // all. graphile-worker itself detects that nodes migrate at the same time.
  await migrateJobs(primary, CONNECT_MS_MAX, log);
  const client = new PrimaryClient(primary, {
    application_name: 'usher-migrate',
    connectionTimeoutMillis: CONNECT_MS_MAX,
  });
  try {
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    // A session that ran DDL before processes no invalidations while it waits for an advisory lock. Without this read, CREATE
    // SCHEMA would not see the schema that another node has just committed (findings/schema-behind-an-advisory-lock.sh).
    await client.query('SELECT FROM pg_namespace LIMIT 1');
    const done = await runner({
      dbClient: client,
      dir: directory,
      ignorePattern: '(?!\\d{4}_.*\\.sql$).*',
      direction: 'up',
      migrationsTable: 'migrations',
      migrationsSchema: 'usher',
      createMigrationsSchema: true,
      noLock: true,
      // Its BEGIN finds ours, and its COMMIT ends it.
      singleTransaction: true,
      checkOrder: true,
      log: () => {},
    });
    // Where there was nothing to migrate, nothing has ended it.
    await client.query('COMMIT');
    if (done.length > 0)
      log.info(
        { event: 'database.migrated', migrations: done.map((migration) => migration.name) },
        'The database was migrated.',
      );
  } finally {
    await client.end().catch(() => {});
  }
}
