/**
 * One embedded Postgres for all tests of a run, in a folder of its own, with a template database that is already
 * migrated: each test file copies it in a few milliseconds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../src/adapters/postgres/embedded-postgres.js';
import { migrate } from '../src/adapters/postgres/migrate.js';
import { silentLog } from './silent-log.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the maintenance database; see integration/database.ts. */
    postgresUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'usher-tests-'));
  const postgres = await startEmbeddedPostgres({ directory, log: silentLog });
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query('CREATE DATABASE template_usher');
  await admin.end();
  const template = new URL(postgres.url);
  template.pathname = '/template_usher';
  await migrate(template.href, 'sql', silentLog);
  project.provide('postgresUrl', postgres.url);
  return async () => {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  };
}
