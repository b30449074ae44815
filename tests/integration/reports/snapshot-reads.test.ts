import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isPostgresFailing } from '../../../src/adapters/circuit-breaker.js';
import { isTimeout, SnapshotReads } from '../../../src/boxoffice/reports/snapshot-reads.js';
import { silentLog } from '../../silent-log.js';
import { createDatabase, type TestDatabase } from '../database.js';

let database: TestDatabase;
let primary: pg.Pool;
beforeAll(async () => {
  database = await createDatabase();
  primary = new pg.Pool({ connectionString: database.url, max: 2 });
});
afterAll(async () => {
  await primary.end();
  await database.drop();
});

const warned: string[] = [];
const log = { ...silentLog, warn: (fields: object) => void warned.push((fields as { event: string }).event) };
const readsBy = (replica: pg.Pool | undefined, statementMsMax = 5_000) =>
  new SnapshotReads({ primary, replica, statementMsMax, isAway: isPostgresFailing, log });

it('go to the replica, and say so', async () => {
  const replica = new pg.Pool({ connectionString: database.url, max: 2, application_name: 'the replica' });
  const name = "SELECT current_setting('application_name') AS name";
  const { result, seen } = await readsBy(replica).read(async (db) => (await db.query(name)).rows[0].name);
  expect(result).toBe('the replica');
  expect(seen.source).toBe('replica');
  expect(Math.abs(seen.asOf.getTime() - Date.now())).toBeLessThan(60_000);
  await replica.end();
});

it('go to the primary while the replica does not answer: the answer and the log say it', async () => {
  const replica = new pg.Pool({ host: '127.0.0.1', port: 1, max: 1, connectionTimeoutMillis: 500 });
  const { result, seen } = await readsBy(replica).read(async (db) => (await db.query('SELECT 1 AS one')).rows[0].one);
  expect([result, seen.source]).toEqual([1, 'primary']);
  expect(warned).toEqual(['reports.replica_away']);
  await replica.end();
});

it('cannot write, and end in time', async () => {
  const reads = readsBy(undefined, 100);
  await expect(reads.read((db) => db.query('DELETE FROM boxoffice.orders'))).rejects.toMatchObject({ code: '25006' });
  const slow = await reads.read((db) => db.query('SELECT pg_sleep(5)')).catch((error: unknown) => error);
  expect(isTimeout(slow)).toBe(true);
});

it('see one moment, whatever is written meanwhile', async () => {
  const count = "SELECT count(*)::int AS n FROM boxoffice.outbox WHERE subject = 'order:1'";
  const { result } = await readsBy(undefined).read(async (db) => {
    const before = (await db.query(count)).rows[0].n;
    await primary.query(
      "INSERT INTO boxoffice.outbox (topic, subject, payload) VALUES ('order.expired', 'order:1', '{}')",
    );
    return [before, (await db.query(count)).rows[0].n];
  });
  expect(result).toEqual([0, 0]);
});
