import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { PostgresMembership } from '../../src/adapters/postgres/postgres-membership.js';
import { Primary } from '../../src/adapters/postgres/primary.js';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { silentLog } from '../silent-log.js';
import { membershipContract } from './membership-suite.js';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 1 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

membershipContract('Postgres', async () => {
  await pool.query('TRUNCATE usher.nodes, usher.pins');
  const membership = new PostgresMembership({
    primary: new Primary(database.url),
    silentMsMax: 60_000,
    // A hundred beats queue for one connection here.
    answerMsMax: 15_000,
    log: silentLog,
  });
  return { membership, close: () => membership.close() };
});
