import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-postgres.js';
import { silentLog } from '../silent-log.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-folder-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const start = () => startEmbeddedPostgres({ directory, log: silentLog });

it('a data folder without PG_VERSION is told, and nothing in it is overwritten', async () => {
  await mkdir(join(directory, 'postgres'));
  await writeFile(join(directory, 'postgres', 'base'), 'all that is left');
  await writeFile(join(directory, 'postgres-password'), 'kept');
  await expect(start()).rejects.toThrow('has no PG_VERSION');
  expect((await readdir(directory)).toSorted()).toEqual(['postgres', 'postgres-password']);
  expect(await readdir(join(directory, 'postgres'))).toEqual(['base']);
});

it('a password file that is gone is told', async () => {
  await mkdir(join(directory, 'postgres'));
  await writeFile(join(directory, 'postgres', 'PG_VERSION'), '18');
  await expect(start()).rejects.toThrow('without it the database in');
});

it('of two first starts in one folder one makes the database, and the other says so', async () => {
  const starts = await Promise.allSettled([start(), start()]);
  const refused = starts.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  expect(refused).toHaveLength(1);
  expect(refused[0]).toMatch(/Another Usher makes its database|is in use by another Usher/);
  for (const one of starts) if (one.status === 'fulfilled') await one.value.stop();
  expect(await readdir(directory)).not.toContain('first-start.pid');
}, 60_000);

it('what a first start that was killed left behind stops nobody', async () => {
  await writeFile(join(directory, 'first-start.pid'), '4194000');
  const postgres = await start();
  await postgres.stop();
}, 60_000);

it('a folder that is none is told', async () => {
  const file = join(directory, 'a-file');
  await writeFile(file, '');
  await expect(startEmbeddedPostgres({ directory: file, log: silentLog })).rejects.toThrow('which is no folder');
});
