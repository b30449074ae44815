import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { revoke } from '../../../src/boxoffice/access/revocations.js';
import { createDatabase, type TestDatabase } from '../database.js';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

it('a revocation is there once its transaction has ended well, and only then', async () => {
  const [kept, undone] = [randomUUID(), randomUUID()];
  const client = await pool.connect();
  await client.query('BEGIN');
  await revoke(client, { kind: 'session', subject: undone });
  await client.query('ROLLBACK');
  await revoke(client, { kind: 'account', subject: kept, grants: 4 });
  client.release();
  const { rows } = await pool.query('SELECT kind, subject, grants FROM boxoffice.revocations');
  expect(rows).toEqual([{ kind: 'account', subject: kept, grants: '4' }]);
});
