import { randomBytes, randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import type { Log } from '../../src/kernel/log.js';
import { silentLog } from '../silent-log.js';
import { dropDatabase } from './database.js';

let admin: pg.Client;
let name: string;
let url: string;

beforeEach(async () => {
  admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  name = `test_${randomBytes(6).toString('hex')}`;
  await admin.query(`CREATE DATABASE ${name}`);
  const own = new URL(inject('postgresUrl'));
  own.pathname = `/${name}`;
  url = own.href;
});
afterEach(async () => {
  await dropDatabase(admin, name);
  await admin.end();
});

async function applied(): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('SELECT name FROM usher.migrations ORDER BY id');
  await client.end();
  return rows.map((row) => row.name);
}

it('brings an empty database to the newest schema once, when twenty nodes start at once', async () => {
  const told: unknown[] = [];
  const log: Log = { ...silentLog, info: (fields) => void told.push(fields) };
  await Promise.all(Array.from({ length: 20 }, () => migrate(url, 'sql', log)));
  const files = (await readdir('sql')).filter((file) => /^\d{4}_/.test(file)).sort();
  const names = files.map((file) => file.replace('.sql', ''));
  expect(names.length).toBeGreaterThan(0);
  expect(await applied()).toEqual(names);
  expect(told).toMatchObject([{ migrations: names }]);
});

it('takes numbered SQL only, and only what is new', async () => {
  const directory = await mkdtemp(join(os.tmpdir(), 'usher-sql-'));
  try {
    await cp('sql', directory, { recursive: true });
    for (const other of ['schema.sql', 'README.md', '12_short.sql', 'notes.txt']) {
      await writeFile(join(directory, other), 'this is no SQL');
    }
    await migrate(url, directory, silentLog);
    const before = await applied();
    await writeFile(join(directory, '9999_newest.sql'), 'CREATE TABLE usher.newest (id integer);');
    await migrate(url, directory, silentLog);
    expect(await applied()).toEqual([...before, '9999_newest']);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

it('leaves nothing of a migration that fails, and says which', async () => {
  const directory = await mkdtemp(join(os.tmpdir(), 'usher-sql-'));
  try {
    await cp('sql', directory, { recursive: true });
    await migrate(url, directory, silentLog);
    const before = await applied();
    await writeFile(join(directory, '9999_broken.sql'), 'CREATE TABLE usher.half (id integer); SELECT nonsense;');
    await expect(migrate(url, directory, silentLog)).rejects.toThrow(/nonsense/);
    expect(await applied()).toEqual(before);
    await rm(join(directory, '9999_broken.sql'));
    await migrate(url, directory, silentLog);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

it('keeps the outcomes of commands where they come to be kept by the flush', async () => {
  const directory = await mkdtemp(join(os.tmpdir(), 'usher-sql-'));
  const client = new pg.Client({ connectionString: url });
  try {
    for (const file of await readdir('sql')) if (file < '0004') await cp(join('sql', file), join(directory, file));
    await migrate(url, directory, silentLog);
    await client.connect();
    const [showtimeId, commandId] = [randomUUID(), randomUUID()];
    await client.query('INSERT INTO usher.command_results VALUES ($1, $2, $3, $4)', [
      showtimeId,
      'ann',
      commandId,
      { command: 'release', reply: { ok: true, type: 'release', seats: [1] } },
    ]);
    await migrate(url, 'sql', silentLog);
    const { rows } = await client.query('SELECT showtime_id, command_ids, results FROM usher.command_results');
    const result = { holder: 'ann', commandId, command: 'release', reply: { ok: true, type: 'release', seats: [1] } };
    expect(rows).toEqual([{ showtime_id: showtimeId, command_ids: [commandId], results: [result] }]);
  } finally {
    await client.end();
    await rm(directory, { recursive: true, force: true });
  }
});
