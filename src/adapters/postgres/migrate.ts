import { runner } from 'node-pg-migrate';
import type { Log } from '../../runtime/ports.js';

/**
 * Brings the database to the newest schema: the numbered files of `directory`, each once, forward only. Safe with many
 * nodes starting at once: they queue on an advisory lock, and all but the first find nothing to do.
 */
export async function migrate(databaseUrl: string, directory: string, log: Log): Promise<void> {
  const done = await runner({
    databaseUrl,
    dir: directory,
    ignorePattern: '(?!\\d{4}_.*\\.sql$).*',
    direction: 'up',
    migrationsTable: 'migrations',
    migrationsSchema: 'usher',
    createMigrationsSchema: true,
    advisoryLockMode: 'wait',
    checkOrder: true,
    log: () => {},
  });
  if (done.length > 0) log.info({ migrations: done.map((migration) => migration.name) }, 'database migrated');
}
