import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SecretBox } from '../../../src/boxoffice/access/secret-box.js';
import { readCode } from '../../../src/boxoffice/tickets/ticket-code.js';
import { TicketKeys } from '../../../src/boxoffice/tickets/ticket-keys.js';
import { silentLog } from '../../silent-log.js';
import { createDatabase, type TestDatabase } from '../database.js';

const HOUR_MS = 3_600_000;
const ROTATE_MS = 90 * 24 * HOUR_MS;
const LEAD_MS = 24 * HOUR_MS;

let database: TestDatabase;
let pool: pg.Pool;
let now = 0;
beforeEach(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const open = (secret = 'a secret of the tests, long enough') => {
  const box = new SecretBox(secret, 'ticket keys of the tests');
  return TicketKeys.open({ pool, box, rotateEveryMs: ROTATE_MS, now: () => now, log: silentLog });
};
const age = (ms: number) =>
  pool.query("UPDATE boxoffice.ticket_keys SET created_at = created_at - $1::float8 * interval '1 millisecond'", [ms]);
const ticket = (issuedAt: number) => ({ ticketId: randomUUID(), generation: 1, showtimeId: randomUUID(), issuedAt });
const keyOf = (code: string) => readCode(code)?.keyNumber;

it('is made once, however many nodes start at the same moment, and all sign by it', async () => {
  const nodes = await Promise.all([open(), open(), open(), open()]);
  const { rows } = await pool.query('SELECT number FROM boxoffice.ticket_keys');
  expect(rows).toEqual([{ number: 1 }]);
  const sold = ticket(Date.now());
  expect(new Set(nodes.map((node) => node.codeOf(sold))).size).toBe(1);
});

it('is followed by another after its time, which signs only what is issued a day later', async () => {
  const keys = await open();
  const before = ticket(Date.now());
  const code = keys.codeOf(before);
  await age(ROTATE_MS + HOUR_MS);
  const other = await open();
  expect(keyOf(other.codeOf(ticket(Date.now() + HOUR_MS)))).toBe(1);
  expect(keyOf(other.codeOf(ticket(Date.now() + LEAD_MS + HOUR_MS)))).toBe(2);
  // Codes of before stay as they were, and count.
  expect(other.codeOf(before)).toBe(code);
  expect(await other.isSigned(readCode(code)!, before.showtimeId)).toBe(true);
  // The first node has not looked since, and learns of the new key from a code.
  now += 1_000;
  const later = ticket(Date.now() + LEAD_MS + HOUR_MS);
  expect(await keys.isSigned(readCode(other.codeOf(later))!, later.showtimeId)).toBe(true);
  expect(other.doorKeys(later.showtimeId).map(({ number }) => number)).toEqual([1, 2]);
});

it('that was revoked signs nothing: its codes are refused, and its tickets get others', async () => {
  const keys = await open();
  const sold = ticket(Date.now());
  const code = keys.codeOf(sold);
  await pool.query('UPDATE boxoffice.ticket_keys SET revoked_at = now()');
  await keys.renew();
  expect(await keys.isSigned(readCode(code)!, sold.showtimeId)).toBe(false);
  const renewed = keys.codeOf(sold);
  expect(keyOf(renewed)).toBe(2);
  expect(await keys.isSigned(readCode(renewed)!, sold.showtimeId)).toBe(true);
});

it('that was sealed with another secret, or copied to another number, is not used', async () => {
  const sold = ticket(Date.now());
  const code = (await open()).codeOf(sold);
  const other = await open('quite another secret of the tests, long enough');
  expect(await other.isSigned(readCode(code)!, sold.showtimeId)).toBe(false);
  expect(keyOf(other.codeOf(sold))).toBe(2);
  await pool.query(
    'UPDATE boxoffice.ticket_keys SET sealed_key = (SELECT sealed_key FROM boxoffice.ticket_keys WHERE number = 1)',
  );
  const third = await open();
  expect(third.doorKeys(sold.showtimeId).map(({ number }) => number)).toEqual([1]);
});
