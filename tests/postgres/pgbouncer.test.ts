/** The real PgBouncer between a node and its Postgres. Which modes work: src/adapters/postgres/README.md. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import { PostgresJournal } from '../../src/adapters/postgres/postgres-journal.js';
import { Primary } from '../../src/adapters/postgres/primary.js';
import { PrimaryClient } from '../../src/adapters/postgres/primary-client.js';
import { primaryPool } from '../../src/adapters/postgres/primary-pool.js';
import { held, holdOf, slice } from '../contract/slices.js';
import { dropDatabase } from '../integration/database.js';
import { LiveClient } from '../integration/gateway/live-client.js';
import { openStage } from '../integration/gateway/stage.js';
import { silentLog } from '../silent-log.js';
import { type PgBouncer, type PgBouncerOptions, startPgBouncer, whyNoPgBouncer } from './pgbouncer.js';
import { PostgresPair } from './postgres-pair.js';

/** Servers are started, and a busy machine takes its time. */
vi.setConfig({ testTimeout: 60_000 });

const why = await whyNoPgBouncer();
if (why !== undefined) process.stdout.write(`Skipped, all tests on PgBouncer: ${why}\n`);

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step().catch(() => {});
});

async function bouncer(databaseUrl: string, options: PgBouncerOptions): Promise<PgBouncer> {
  const started = await startPgBouncer(databaseUrl, options);
  undo.push(() => started.stop());
  return started;
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  undo.push(() => client.end());
  return client;
}

function journalAt(url: string, answerMsMax?: number): PostgresJournal {
  const primary = new Primary(url);
  const settings = { statement_timeout: '10000' };
  const pool = primaryPool(primary, { max: 4, connectionTimeoutMillis: 3_000, settings }, silentLog);
  const journal = new PostgresJournal({
    primary,
    pool,
    log: silentLog,
    writerId: randomUUID(),
    nodeName: 'test',
    replayWindowMs: 60_000,
    replaysMax: 100,
    onServerTime: () => {},
    ...(answerMsMax === undefined ? {} : { answerMsMax }),
  });
  undo.push(
    () => pool.end(),
    () => journal.close(),
  );
  return journal;
}

/** Commits and claims of one showtime, in turn. Returns the number of the last batch. */
async function sell(journal: PostgresJournal, showtime: string, rounds: number): Promise<void> {
  for (let i = 1; i <= rounds; i++) {
    const { epoch, state } = await journal.claim(showtime, 0);
    expect(state.holds).toHaveLength(i - 1);
    const slices = [slice(showtime, epoch, { holds: held(holdOf('ann', [i])), heldBefore: [] })];
    expect(await journal.commit({ number: i, after: 0, slices })).toEqual({ fenced: [] });
  }
}

describe.skipIf(why !== undefined).each(['session', 'transaction'] as const)('PgBouncer, %s pooling', (mode) => {
  let admin: pg.Client;
  let direct: string;

  beforeEach(async () => {
    admin = await connected(inject('postgresUrl'));
    const name = `test_${randomBytes(6).toString('hex')}`;
    await admin.query(`CREATE DATABASE ${name}`);
    undo.push(() => dropDatabase(admin, name));
    const url = new URL(inject('postgresUrl'));
    url.pathname = `/${name}`;
    direct = url.href;
  });

  test('twenty nodes migrate at once, and no lock is left to whoever uses the backend next', async () => {
    const { url } = await bouncer(direct, { mode, poolSize: 5 });
    await Promise.all(Array.from({ length: 20 }, () => migrate(url, 'sql', silentLog)));
    const { rows } = await (await connected(direct)).query(
      `SELECT (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND database = d.oid) AS locks,
              (SELECT count(*)::int FROM usher.migrations) AS migrations
         FROM pg_database d WHERE datname = current_database()`,
    );
    expect(rows[0].locks).toBe(0);
    expect(rows[0].migrations).toBeGreaterThan(3);
    await migrate(url, 'sql', silentLog);
  });

  test('a node that waited for another to create the schema finds it, on a backend that ran DDL before', async () => {
    // One backend: that which migrates the job queue is also that which waits.
    const { url } = await bouncer(direct, { mode, poolSize: 1 });
    const other = await connected(direct);
    await other.query('BEGIN');
    await other.query("SELECT pg_advisory_xact_lock('7241865325823964')");
    const migrated = migrate(url, 'sql', silentLog);
    await vi.waitFor(
      async () => {
        const { rowCount } = await other.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
        expect(rowCount).toBe(1);
      },
      { timeout: 15_000 },
    );
    await other.query('CREATE SCHEMA usher');
    await other.query('COMMIT');
    await migrated;
  });

  test('a node waits for its turn to migrate while others have all backends', async () => {
    const { url } = await bouncer(direct, { mode, poolSize: 1 });
    const other = await connected(url);
    await other.query('BEGIN');
    let isDone = false;
    const migrated = migrate(url, 'sql', silentLog).then(() => {
      isDone = true;
    });
    // Longer than any other connection of a node waits.
    await sleep(4_000);
    expect(isDone).toBe(false);
    await other.query('COMMIT');
    await other.end();
    await migrated;
  });

  test('many nodes commit and claim over fewer backends, and none of them keeps a setting of ours', async () => {
    await migrate(direct, 'sql', silentLog);
    const { url } = await bouncer(direct, { mode, poolSize: mode === 'session' ? 12 : 3 });
    const journals = [journalAt(url), journalAt(url)];
    await Promise.all(journals.map((journal) => sell(journal, randomUUID(), 20)));
    // As whoever shares the pooler with us sees the same backends.
    const others = await Promise.all(Array.from({ length: 3 }, () => connected(url)));
    const seen = await Promise.all(
      others.map((other) =>
        other.query(`SELECT pg_sleep(0.2), current_setting('statement_timeout') AS timeout,
                            current_setting('tcp_keepalives_idle') AS idle,
                            (SELECT count(*)::int FROM pg_prepared_statements) AS prepared`),
      ),
    );
    const [{ rows: usual }] = [
      await (await connected(direct)).query(`SELECT current_setting('tcp_keepalives_idle') AS idle`),
    ];
    for (const { rows } of seen) expect(rows[0]).toMatchObject({ timeout: '0', idle: usual[0].idle, prepared: 0 });
  });

  test('a statement with a name is prepared on no backend of the pooler, and on our own where we have one', async () => {
    const { url } = await bouncer(direct, { mode, poolSize: mode === 'session' ? 12 : 2 });
    const named = { name: 'a_name_of_ours', text: 'SELECT count(*)::int AS prepared FROM pg_prepared_statements' };
    const preparedAt = async (at: string) => {
      const pool = primaryPool(new Primary(at), { max: 4 }, silentLog);
      undo.push(() => pool.end());
      // Behind a pooler each of them may be another backend's.
      await Promise.all(Array.from({ length: 8 }, () => pool.query(named)));
      return (await pool.query<{ prepared: number }>(named)).rows[0]?.prepared;
    };
    expect(await preparedAt(url)).toBe(0);
    expect(await preparedAt(direct)).toBe(1);
  });

  test('commits go on when the backends are ended, and when the pooler starts anew', async () => {
    await migrate(direct, 'sql', silentLog);
    const pooler = await bouncer(direct, { mode });
    const journal = journalAt(pooler.url);
    await journal.commit({ number: 1, after: 0, slices: [] });
    const untilCommitted = async (number: number) => {
      await expect
        .poll(() => journal.commit({ number, after: 0, slices: [] }).catch(() => undefined))
        .toEqual({ fenced: [] });
    };
    await (await connected(direct)).query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await untilCommitted(2);
    await pooler.restart();
    await untilCommitted(3);
    await journal.claim(randomUUID(), 0);
  });

  test('it is noticed that the backend is not ours alone, and a commit that nobody waits for is ended in Postgres', async () => {
    await migrate(direct, 'sql', silentLog);
    const { url } = await bouncer(direct, { mode });
    const client = new PrimaryClient(new Primary(url));
    undo.push(() => client.end());
    await client.connect();
    expect(client.hasOwnBackend).toBe(false);
    const journal = journalAt(url, 400);
    await journal.commit({ number: 1, after: 0, slices: [] });
    const blocker = await connected(direct);
    await blocker.query('BEGIN; LOCK TABLE usher.writers IN EXCLUSIVE MODE');
    await expect(journal.commit({ number: 2, after: 0, slices: [] })).rejects.toThrow(/timeout/);
    const waiting = async () => {
      const { rows } = await blocker.query(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows[0].n;
    };
    await expect.poll(waiting, { timeout: 5_000 }).toBe(0);
    await blocker.query('COMMIT');
    expect(await journal.commit({ number: 2, after: 0, slices: [] })).toEqual({ fenced: [] });
  });

  test('a server sells by way of it', async () => {
    const through = async (databaseUrl: string) => (await bouncer(databaseUrl, { mode })).url;
    const stage = await openStage({}, { through });
    undo.push(() => stage.close());
    const client = await LiveClient.join(stage.liveUrl());
    for (let i = 0; i < 5; i++) {
      const hold = await client.call({ type: 'best_available', count: 2 });
      const holdId = hold.ok ? hold.hold?.id : undefined;
      expect(await client.call({ type: 'book', holdId, payment: { method: 'test' } })).toMatchObject({ ok: true });
    }
    await client.close();
    expect((await fetch(`http://127.0.0.1:${stage.port}/readyz`)).status).toBe(200);
  });
});

test.skipIf(why !== undefined)('statement pooling is refused at the start: it knows no transactions', async () => {
  const { url } = await bouncer(inject('postgresUrl'), { mode: 'statement' });
  await expect(migrate(url, 'sql', silentLog)).rejects.toThrow(/transaction/);
});

test.skipIf(why !== undefined)('commits over shared backends are synchronous whatever the database says', async () => {
  const pair = await PostgresPair.start({ synchronous: true });
  undo.push(() => pair.stop());
  await migrate(pair.primaryUrl, 'sql', silentLog);
  await pair.primary.query('ALTER DATABASE usher SET synchronous_commit = off');
  const { url } = await bouncer(pair.primaryUrl, { mode: 'transaction' });
  const journal = journalAt(url);
  await journal.commit({ number: 1, after: 0, slices: [] });
  pair.cutReplication();
  const committing = journal.commit({ number: 2, after: 0, slices: [] });
  await expect.poll(() => pair.waitingBackends()).toHaveLength(1);
  await sleep(200);
  await pair.resumeReplication();
  expect(await committing).toEqual({ fenced: [] });
});
