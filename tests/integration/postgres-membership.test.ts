import { createServer } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { PINS_MAX, PostgresMembership } from '../../src/adapters/postgres/postgres-membership.js';
import { Primary } from '../../src/adapters/postgres/primary.js';
import type { Member } from '../../src/runtime/cluster/membership-port.js';
import { recordingLog } from '../redis/recording-log.js';
import { createDatabase, type TestDatabase } from './database.js';

const SILENT_MS_MAX = 400;
const self: Member = { id: 'a#1', name: 'a', weight: 1, draining: false, hot: [], showtimes: 0 };

const { log, take } = recordingLog('warn', 'error');
let database: TestDatabase;
let pool: pg.Pool;
let membership: PostgresMembership;

beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
});
beforeEach(async () => {
  await pool.query('TRUNCATE usher.nodes, usher.pins');
  membership = new PostgresMembership({ primary: new Primary(database.url), silentMsMax: SILENT_MS_MAX, log });
  take();
});
afterEach(() => membership.close());
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const ids = async (beat: number) =>
  (await membership.beat(self, beat)).members.map(({ member }) => member.id).toSorted();

test('a node that was silent for too long by the clock of Postgres is off the roll, and back with its next beat', async () => {
  await membership.beat({ ...self, id: 'b#1', name: 'b' }, 1);
  expect(await ids(1)).toEqual(['a#1', 'b#1']);
  await pool.query("UPDATE usher.nodes SET seen_at = seen_at - interval '1 second' WHERE id = 'b#1'");
  expect(await ids(2)).toEqual(['a#1']);
  // One that arrives late is no sign of life.
  await membership.beat({ ...self, id: 'b#1', name: 'b' }, 1);
  expect(await ids(3)).toEqual(['a#1']);
  await membership.beat({ ...self, id: 'b#1', name: 'b' }, 2);
  expect(await ids(4)).toEqual(['a#1', 'b#1']);
});

test('another cluster in the same database is not seen', async () => {
  const other = new PostgresMembership({ primary: new Primary(database.url), cluster: 'other', silentMsMax: 400, log });
  await other.beat({ ...self, id: 'x#1', name: 'x' }, 1);
  await other.pin('s', 'x');
  const roll = await membership.beat(self, 1);
  expect([roll.members.map(({ member }) => member.id), roll.pins.size]).toEqual([['a#1'], 0]);
  await other.close();
});

test('a beat waits for no standby and no disk, and the connection is as before after it', async () => {
  const client = await pool.connect();
  const setting = async () =>
    (await client.query("SELECT current_setting('synchronous_commit') AS is")).rows[0] as { is: string };
  await client.query('BEGIN');
  await client.query("SELECT usher.beat_node('usher', 'z#1', 1, '{}', 1000)");
  expect((await setting()).is).toBe('off');
  await client.query('COMMIT');
  expect((await setting()).is).toBe('on');
  client.release();
});

test('what is no entry of ours is left out, and the log says it once', async () => {
  await pool.query(
    "INSERT INTO usher.nodes (id, cluster, beat, member) VALUES ('junk', 'usher', 1, '{\"id\": \"else\"}')",
  );
  expect(await ids(1)).toEqual(['a#1']);
  expect(await ids(2)).toEqual(['a#1']);
  expect(take()).toEqual(['The table usher.nodes has rows that this version cannot read.']);
});

test('there are at most so many pins, and those that are there can be moved', async () => {
  await pool.query("INSERT INTO usher.pins SELECT 'usher', 's' || i, 'a' FROM generate_series(1, $1) AS i", [PINS_MAX]);
  await expect(membership.pin('one more', 'a')).rejects.toThrow(/pinned/);
  await membership.pin('s1', 'b');
  expect((await membership.beat(self, 1)).pins.get('s1')).toBe('b');
});

test('a Postgres that takes connections and says nothing is given up in bounded time', async () => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const databaseUrl = `postgres://u:p@127.0.0.1:${port}/d`;
  const hangs = new PostgresMembership({ primary: new Primary(databaseUrl), silentMsMax: 400, answerMsMax: 200, log });
  const from = performance.now();
  await Promise.all([1, 2, 3].map((beat) => expect(hangs.beat(self, beat)).rejects.toThrow()));
  expect(performance.now() - from).toBeLessThan(3_000);
  await hangs.close();
  server.close();
});
