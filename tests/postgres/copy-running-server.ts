import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Unprivileged, unprivileged } from '../../src/adapters/postgres/unprivileged.js';
import type { PostgresServer } from './postgres-server.js';

/** Of the source's own life: a copy makes its own, or gets it over the replication link. */
const NOT_COPIED = new Set(['postmaster.pid', 'postmaster.opts', 'standby.signal', 'backup_label']);
const EMPTY_FOLDERS = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
]);

/**
 * A base backup of a server that goes on working, in place of `pg_basebackup`, which the embedded package lacks: the files
 * are copied between `pg_backup_start` and `pg_backup_stop`, and the log since the start mends whatever was written meanwhile.
 */
export async function copyRunningServer(from: PostgresServer, to: string): Promise<void> {
  const user = await unprivileged();
  await from.session(async (client) => {
    await client.query("SELECT pg_backup_start('test', true)");
    await copyFolder(from.data, to, user);
    // Not waiting for an archive: there is none.
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    await put(join(to, 'backup_label'), rows[0]?.labelfile ?? '', user);
  });
}

/** Writes a file as the user that Postgres runs as. */
export async function put(path: string, text: string, user: Unprivileged): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await user.give(path);
}

async function copyFolder(from: string, to: string, user: Unprivileged, isEmptied = false): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  await user.give(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target, user, isEmptied || EMPTY_FOLDERS.has(entry.name));
    else if (!isEmptied && !NOT_COPIED.has(entry.name)) await copyOne(source, target, user);
  }
}

async function copyOne(source: string, target: string, user: Unprivileged): Promise<void> {
  try {
    await copyFile(source, target);
  } catch (error) {
    // Deleted by the server while we copied: the log says so as well.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await user.give(target);
}
