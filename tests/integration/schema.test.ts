import pg from 'pg';
import { expect, it } from 'vitest';
import { createDatabase } from './database.js';
import { dumpSchema } from './schema-dump.js';

async function dumpOf(change?: string): Promise<string> {
  const database = await createDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    if (change) await client.query(change);
    return await dumpSchema(client);
  } finally {
    await client.end();
    await database.drop();
  }
}

it('is what sql/schema.sql says; `npm run schema` writes it anew', async () => {
  await expect(await dumpOf()).toMatchFileSnapshot('../../sql/schema.sql');
});

it.each([
  'ALTER TABLE usher.bookings ALTER COLUMN holder DROP NOT NULL',
  'ALTER TABLE usher.bookings ALTER COLUMN amount SET DEFAULT 0',
  'ALTER TABLE usher.booking_seats DROP CONSTRAINT booking_seats_pkey',
  'ALTER TABLE usher.hold_seats SET (fillfactor = 90)',
  'DROP INDEX usher.command_results_created_at',
  'ALTER FUNCTION usher.claim_showtime(uuid, uuid, text, bigint) RESET ALL',
])('shows a change such as %s', async (change) => {
  expect(await dumpOf(change)).not.toBe(await dumpOf());
});

it('does not pass over what it can not write', async () => {
  await expect(dumpOf('CREATE VIEW usher.seen AS SELECT 1')).rejects.toThrow('seen of kind v');
});
