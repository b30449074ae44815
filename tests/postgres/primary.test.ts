/** The connections of a node while its Postgres is failed over. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import { PostgresJournal } from '../../src/adapters/postgres/postgres-journal.js';
import { Primary } from '../../src/adapters/postgres/primary.js';
import { PrimaryClient } from '../../src/adapters/postgres/primary-client.js';
import { primaryPool } from '../../src/adapters/postgres/primary-pool.js';
import { type Batch, type Claim, JournalRecovering } from '../../src/runtime/journal-port.js';
import { held, holdOf, slice } from '../contract/slices.js';
import { silentLog } from '../silent-log.js';
import { type PairOptions, PostgresPair } from './postgres-pair.js';

/** Each starts two servers, and copies one. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const POOL = 4;
const FIRST_COMMIT_MS_MAX = 3_000;

let pair: PostgresPair;
const closing: (() => Promise<unknown>)[] = [];

async function startPair(options?: PairOptions): Promise<void> {
  pair = await PostgresPair.start(options);
  await migrate(pair.url, 'sql', silentLog);
  await pair.caughtUp();
}

/** What a node has of its Postgres. */
function nodeAt(databaseUrl: string, log = silentLog) {
  const primary = new Primary(databaseUrl);
  const options = { max: POOL, application_name: 'usher', connectionTimeoutMillis: 3_000, query_timeout: 3_000 };
  const pool = primaryPool(primary, options, silentLog);
  const journal = new PostgresJournal({
    primary,
    pool,
    log,
    writerId: randomUUID(),
    nodeName: 'test',
    replayWindowMs: 60_000,
    replaysMax: 100,
    onServerTime: () => {},
  });
  closing.push(
    () => journal.close(),
    () => pool.end(),
  );
  return { primary, pool, journal };
}

/** A claim soon after a promotion: it is asked to wait until the nodes have looked whether they lost something. */
async function claimedAtLast(journal: PostgresJournal, showtime: string): Promise<Claim> {
  for (;;) {
    try {
      return await journal.claim(showtime, 0);
    } catch (error) {
      if (!(error instanceof JournalRecovering)) throw error;
      await sleep(error.retryAfterMs);
    }
  }
}

async function connected(databaseUrl: string): Promise<PrimaryClient> {
  const client = new PrimaryClient(new Primary(databaseUrl));
  closing.push(() => client.end());
  await client.connect();
  return client;
}

/** Opens all connections of a pool, so that they are idle afterwards. */
async function fill(pool: pg.Pool): Promise<void> {
  await Promise.all(Array.from({ length: POOL }, () => pool.query('SELECT pg_sleep(0.05)')));
  expect(pool.idleCount).toBe(POOL);
}

/** As the committer does: the same batch, until it is answered. Returns what went wrong before. */
async function commitUntilAnswered(journal: PostgresJournal, batch: Batch): Promise<readonly (string | undefined)[]> {
  const codes: (string | undefined)[] = [];
  for (;;) {
    try {
      await journal.commit(batch);
      return codes;
    } catch (error) {
      codes.push((error as { code?: string }).code);
      await sleep(50);
    }
  }
}

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close().catch(() => {});
  await pair.stop();
});

describe('with several hosts', () => {
  test('the one that takes writes is found wherever it stands in the list', async () => {
    await startPair();
    const [first, second] = pair.servers;
    for (const ports of [
      [first.port, second.port],
      [second.port, first.port],
      [1, second.port, first.port],
    ]) {
      const url = new URL(pair.primaryUrl);
      const hosts = ports.map((port) => `127.0.0.1:${port}`).join(',');
      const client = await connected(pair.primaryUrl.replace(url.host, hosts));
      expect(client.port).toBe(first.port);
      expect(client.hasOwnBackend).toBe(true);
    }
  });

  test('where none takes writes, it is said what each answered, within the patience of a pool', async () => {
    await startPair();
    await pair.killPrimary();
    const { pool } = nodeAt(pair.url);
    const startedAt = performance.now();
    await expect(pool.query('SELECT')).rejects.toThrow(/ECONNREFUSED.*; 127\.0\.0\.1:\d+: takes no writes/);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  test('a promoted standby is written to within 3 s, by commits, claims and whoever waits in the pool', async () => {
    await startPair();
    const told: unknown[] = [];
    const warn = (fields: object) => void told.push(fields);
    const { journal, pool } = nodeAt(pair.url, { ...silentLog, warn });
    const showtime = randomUUID();
    const { epoch } = await journal.claim(showtime, 0);
    await journal.commit({
      number: 1,
      after: 0,
      slices: [slice(showtime, epoch, { holds: held(holdOf('ann', [1])) })],
    });
    await fill(pool);
    await pair.caughtUp();
    await pair.killPrimary();
    const batch = { number: 2, after: 0, slices: [slice(showtime, epoch, { holds: held(holdOf('bob', [2])) })] };
    const committed = commitUntilAnswered(journal, batch).then(() => performance.now());
    // Longer than one search lasts.
    await sleep(3_000);
    const promotedAt = await pair.promote();
    const tookMs = (await committed) - promotedAt;
    process.stdout.write(`first commit ${Math.round(tookMs)} ms after the promotion\n`);
    expect(tookMs).toBeLessThan(FIRST_COMMIT_MS_MAX);
    const claim = await claimedAtLast(journal, showtime);
    expect(claim.state.holds.map(({ holder }) => holder).sort()).toEqual(['ann', 'bob']);
    // A line when it begins and one when it ends, however often it was tried in between.
    const [from, to] = [pair.standby, pair.primary].map(({ port }) => `127.0.0.1:${port}`);
    expect(told).toEqual([
      expect.objectContaining({ event: 'postgres.commits_fail', server: from }),
      { event: 'postgres.primary_moved', from, to },
      expect.objectContaining({ event: 'postgres.commits_resume', server: to, failures: expect.any(Number) }),
    ]);
  });

  test('a primary that hangs, or is cut off, holds commits up for no longer than until its standby is promoted', async () => {
    await startPair();
    const url = new URL(pair.primaryUrl);
    const hosts = `127.0.0.1:${pair.proxy.port},127.0.0.1:${pair.standby.port}`;
    const { journal } = nodeAt(pair.primaryUrl.replace(url.host, hosts));
    await journal.commit({ number: 1, after: 0, slices: [] });
    await pair.caughtUp();
    // No connection breaks, and none is refused.
    pair.proxy.lose('up');
    pair.proxy.lose('down');
    const committed = commitUntilAnswered(journal, { number: 2, after: 0, slices: [] }).then(() => performance.now());
    await sleep(1_500);
    const promotedAt = await pair.promote();
    const tookMs = (await committed) - promotedAt;
    process.stdout.write(`first commit ${Math.round(tookMs)} ms after the promotion, past a primary that hangs\n`);
    expect(tookMs).toBeLessThan(FIRST_COMMIT_MS_MAX);
  });

  test('a former primary that comes back and takes writes is not written to again', async () => {
    await startPair();
    const { journal, pool } = nodeAt(pair.url);
    await journal.commit({ number: 1, after: 0, slices: [] });
    await pair.caughtUp();
    await pair.killPrimary();
    await pair.promote();
    await commitUntilAnswered(journal, { number: 2, after: 0, slices: [] });
    // Nobody told it that it is not the primary any more; and the present one goes away.
    await pair.standby.start();
    await pair.killPrimary();
    const refused = /takes writes\. .*is a former primary/;
    await expect
      .poll(() => journal.commit({ number: 3, after: 0, slices: [] }).catch((error: Error) => error.message), {
        timeout: 9_000,
      })
      .toMatch(refused);
    await expect(pool.query('SELECT')).rejects.toThrow(refused);
    // A node that starts now, and cannot know, takes it; one that finds both takes the newer.
    expect((await connected(pair.url)).port).toBe(pair.standby.port);
    await pair.primary.start();
    expect((await connected(pair.url)).port).toBe(pair.primary.port);
    expect(await commitUntilAnswered(journal, { number: 3, after: 0, slices: [] })).toBeDefined();
  });
});

describe('a server that takes writes no more, over connections that stay open', () => {
  /** As by who demotes a server without ending it. */
  async function demote(): Promise<void> {
    await pair.primary.query('ALTER SYSTEM SET default_transaction_read_only = on');
    await pair.primary.query('SELECT pg_reload_conf()');
    await expect
      .poll(() => pair.primary.query(`SELECT current_setting('default_transaction_read_only') AS on`))
      .toEqual([{ on: 'on' }]);
  }

  test('behind one address that moves, commits and claims heal by themselves', async () => {
    await startPair();
    const { journal, pool } = nodeAt(pair.proxyUrl);
    const showtime = randomUUID();
    const { epoch } = await journal.claim(showtime, 0);
    await journal.commit({ number: 1, after: 0, slices: [] });
    await fill(pool);
    await pair.caughtUp();
    await demote();
    await pair.promote();
    pair.proxy.moveTo(pair.primary.port);
    // No connection was broken: every one of the node still leads to the former primary.
    expect(pool.idleCount).toBe(POOL);
    const batch = { number: 2, after: 0, slices: [slice(showtime, epoch, { holds: held(holdOf('ann', [1])) })] };
    expect(await commitUntilAnswered(journal, batch)).toEqual(['25006']);
    // The idle connections went with it, so that not each of them fails a claim.
    expect(pool.idleCount).toBe(0);
    expect((await claimedAtLast(journal, showtime)).state.holds).toHaveLength(1);
  });

  test('a claim that meets it has the other connections of the pool replaced too', async () => {
    await startPair();
    const { journal, pool } = nodeAt(pair.proxyUrl);
    const showtime = randomUUID();
    await journal.claim(showtime, 0);
    await fill(pool);
    await pair.caughtUp();
    await demote();
    await pair.promote();
    pair.proxy.moveTo(pair.primary.port);
    await expect(journal.claim(showtime, 0)).rejects.toMatchObject({ code: '25006' });
    expect(pool.idleCount).toBe(0);
    // The first of the new timeline: epochs of the former one are not used again.
    expect((await claimedAtLast(journal, showtime)).epoch).toBe(1_002);
  });

  test('no connection is made to a standby, and the address is tried until it leads elsewhere', async () => {
    await startPair();
    const { journal } = nodeAt(pair.proxyUrl);
    await journal.commit({ number: 1, after: 0, slices: [] });
    pair.proxy.moveTo(pair.standby.port);
    pair.proxy.reset();
    await expect(journal.commit({ number: 2, after: 0, slices: [] })).rejects.toThrow();
    await expect(journal.commit({ number: 2, after: 0, slices: [] })).rejects.toThrow(/takes no writes/);
    pair.proxy.moveTo(pair.primary.port);
    expect(await journal.commit({ number: 2, after: 0, slices: [] })).toEqual({ fenced: [] });
  });
});

test('a session is told of recovery when it begins, and of its end with the first answer after the promotion', async () => {
  await startPair();
  const client = new pg.Client({ connectionString: pair.standby.urlOf('usher') });
  closing.push(() => client.end());
  const told: string[] = [];
  client.connection.on('parameterStatus', (status: { parameterName: string; parameterValue: string }) => {
    if (status.parameterName === 'in_hot_standby') told.push(status.parameterValue);
  });
  await client.connect();
  expect(told).toEqual(['on']);
  await pair.killPrimary();
  await pair.promote();
  expect(told).toEqual(['on']);
  await client.query('SELECT');
  expect(told).toEqual(['on', 'off']);
});

test('where Postgres has no connection to spare, only commits ask for one, until a moment has passed', async () => {
  await startPair({ settings: { max_connections: '6', superuser_reserved_connections: '0' } });
  const { primary, pool, journal } = nodeAt(pair.primaryUrl);
  await journal.commit({ number: 1, after: 0, slices: [] });
  const others: pg.Client[] = [];
  try {
    for (;;) {
      const other = new pg.Client({ connectionString: pair.primaryUrl });
      other.on('error', () => {});
      await other.connect();
      others.push(other);
    }
  } catch (error) {
    expect(error).toMatchObject({ code: '53300' });
  }
  await expect(pool.query('SELECT')).rejects.toMatchObject({ code: '53300' });
  await expect(pool.query('SELECT')).rejects.toThrow('no connection to spare');
  // The server is not suspect for it: the connection that commits stays.
  expect(primary.generation).toBe(0);
  expect(await journal.commit({ number: 2, after: 0, slices: [] })).toEqual({ fenced: [] });
  await Promise.all(others.map((other) => other.end()));
  await sleep(600);
  await pool.query('SELECT');
});
