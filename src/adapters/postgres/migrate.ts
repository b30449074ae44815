import { runner } from 'node-pg-migrate';
import type { Log } from '../../kernel/log.js';
import { migrateJobs } from '../jobs/migrate-jobs.js';
import { Primary } from './primary.js';
import { PrimaryClient } from './primary-client.js';

/**
 * The lock that node-pg-migrate takes itself, so that nodes of earlier versions, which left it to that, queue with us. It
 * takes it for the session, though: behind a pooler that lends backends by the transaction, the lock would stay with a
 * backend that nobody has any more, and the next start would wait for ever.
 */
const MIGRATION_LOCK = '7241865325823964';

/**
 * Brings the database to the newest schema: first that of the job queue, then the numbered files of `directory`, each once, forward only, and all of them in
 * one transaction. Safe with many nodes starting at once: they queue on an advisory lock that goes with the transaction,
 * and all but the first find nothing to do.
 */
export async function migrate(databaseUrl: string, directory: string, log: Log): Promise<void> {
  const primary = new Primary(databaseUrl);
  // Before we hold a connection of our own: behind a pooler with few backends those who wait for our lock would have them all.
  // Nodes that do this at once find out by the rows of its own list of migrations.
  await migrateJobs(primary, log);
  const client = new PrimaryClient(primary, { application_name: 'usher-migrate' });
  try {
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
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
