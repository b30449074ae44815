import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postgresAudit } from '../../../src/boxoffice/audit/audit.js';
import { createDatabase, type TestDatabase } from '../database.js';

const CALLER = { holder: 'key:1', role: 'key', address: '10.0.0.1' } as const;

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

it('has an entry once its transaction has ended well, and only then', async () => {
  const entry = { caller: CALLER, action: 'movie.change', subject: 'movie:1', before: { a: [1] }, after: { a: [] } };
  await client.query('BEGIN');
  await postgresAudit.write(client, { ...entry, action: 'movie.remove' });
  await client.query('ROLLBACK');
  await postgresAudit.write(client, entry);
  const { rows } = await client.query(
    'SELECT holder, role, address, action, subject, before, after FROM boxoffice.audit_log',
  );
  const { caller, ...rest } = entry;
  expect(rows).toEqual([{ ...caller, ...rest }]);
});

it.each([
  'UPDATE boxoffice.audit_log SET holder = holder',
  'UPDATE boxoffice.audit_log SET holder = holder WHERE false',
  'DELETE FROM boxoffice.audit_log',
  'TRUNCATE boxoffice.audit_log',
  'SET session_replication_role = replica; DELETE FROM boxoffice.audit_log',
])('refuses %s, also to a superuser', async (statement) => {
  await expect(client.query(statement)).rejects.toThrow('the audit log is only added to');
  await client.query('RESET session_replication_role');
  const { rows } = await client.query('SELECT count(*)::int AS entries FROM boxoffice.audit_log');
  expect(rows).toEqual([{ entries: 1 }]);
});
