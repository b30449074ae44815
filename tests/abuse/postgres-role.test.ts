import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, expect, inject, it } from 'vitest';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import { LiveClient } from '../integration/gateway/live-client.js';
import { openStage, type Stage } from '../integration/gateway/stage.js';
import { silentLog } from '../silent-log.js';

/** What undoes a test, the last first. */
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/**
 * A role of no rights but these, and the URL by which it reaches the database; `$role` and `$database` stand for theirs.
 * It stays: the Postgres of the tests does not.
 */
function roleWith(grants: readonly string[]) {
  const role = `abuse_${randomBytes(5).toString('hex')}`;
  return async (databaseUrl: string): Promise<string> => {
    const database = new URL(databaseUrl).pathname.slice(1);
    const owner = new pg.Client({ connectionString: databaseUrl });
    await owner.connect();
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'of the tests' NOSUPERUSER NOCREATEDB NOCREATEROLE`);
    await owner.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
    for (const grant of [`GRANT CONNECT ON DATABASE ${database} TO ${role}`, ...grants]) {
      await owner.query(grant.replaceAll('$role', role).replaceAll('$database', database));
    }
    await owner.end();
    const url = new URL(databaseUrl);
    url.username = role;
    url.password = 'of the tests';
    return url.href;
  };
}

/** What SECURITY.md lists: to run on a schema that another role made. */
const RUNTIME = [
  'GRANT CREATE ON DATABASE $database TO $role',
  'GRANT USAGE ON SCHEMA boxoffice, usher TO $role',
  'GRANT SELECT ON ALL TABLES IN SCHEMA boxoffice, usher TO $role',
  'GRANT INSERT, UPDATE, DELETE ON usher.showtime_owners, usher.hold_seats, usher.bookings, usher.booking_seats, usher.blocked_seats, usher.command_results, usher.writers, usher.timelines, usher.losses TO $role',
  'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA usher TO $role',
  // At each start the list of migrations is looked after, which Postgres leaves to its owner.
  'ALTER TABLE usher.migrations OWNER TO $role',
];

async function sell(stage: Stage): Promise<void> {
  const client = await LiveClient.join(stage.liveUrl());
  const held = await client.call({ type: 'best_available', count: 2 });
  const holdId = held.ok ? held.hold?.id : undefined;
  expect(await client.call({ type: 'extend', holdId })).toMatchObject({ ok: true });
  const booked = await client.call({ type: 'book', holdId, payment: { method: 'test' } });
  expect(booked).toMatchObject({ ok: true });
  const bookingId = booked.ok ? booked.booking?.id : undefined;
  expect(await client.call({ type: 'cancel', bookingId })).toMatchObject({ ok: true });
  await client.close();
}

it('a server sells with a role that may read the catalogue and write the journal, and nothing else', async () => {
  let url = '';
  const grant = roleWith(RUNTIME);
  const stage = await openStage({}, { through: async (databaseUrl) => (url = await grant(databaseUrl)) });
  undo.push(() => stage.close());
  await sell(stage);
  // What somebody who has taken over such a server cannot do.
  const intruder = new pg.Client({ connectionString: url });
  await intruder.connect();
  for (const sql of [
    "UPDATE boxoffice.showtimes SET prices = '{}'",
    'DELETE FROM boxoffice.movies',
    'TRUNCATE usher.bookings',
    'DROP TABLE usher.booking_seats',
    'ALTER TABLE usher.booking_seats DROP CONSTRAINT booking_seats_pkey',
    'CREATE OR REPLACE FUNCTION usher.claim_showtime(showtime uuid, node_name text) RETURNS bigint LANGUAGE sql AS $$SELECT 1$$',
    "COPY boxoffice.movies TO '/tmp/usher-copy'",
    'CREATE ROLE another SUPERUSER',
    'SELECT rolpassword FROM pg_authid',
  ]) {
    await expect(intruder.query(sql), sql).rejects.toThrow(/permission denied|must be (owner|superuser)/);
  }
  await intruder.end();
});

it.each([
  ['CREATE on the database', 'GRANT CREATE', /permission denied for database/],
  ['ownership of the list of migrations', 'OWNER', /must be owner of table migrations/],
])('without %s it does not start, and says what is missing', async (_what, right, said) => {
  const without = RUNTIME.filter((sql) => !sql.includes(right));
  expect(without).toHaveLength(RUNTIME.length - 1);
  await expect(openStage({}, { through: roleWith(without) })).rejects.toThrow(said);
});

it('a role with CREATE on a database, which is not its own, makes the schema; and again finds it made', async () => {
  const name = `abuse_${randomBytes(5).toString('hex')}`;
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const owned = new URL(inject('postgresUrl'));
  owned.pathname = `/${name}`;
  const url = await roleWith(['GRANT CREATE ON DATABASE $database TO $role'])(owned.href);
  await migrate(url, 'sql', silentLog);
  await migrate(url, 'sql', silentLog);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::int AS n FROM boxoffice.showtimes');
  await client.end();
  expect(rows).toEqual([{ n: 0 }]);
});
