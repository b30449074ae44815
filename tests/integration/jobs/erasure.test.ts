import { afterAll, expect, it } from 'vitest';
import { addSales } from '../../kit/sales/sales.js';
import { PASSWORD } from '../accounts/people.js';
import { Cinema } from '../endpoints/cinema.js';
import { sign } from '../gateway/sign.js';

const cinema = await Cinema.open();
const { pool, showtimeId } = cinema.stage;
afterAll(() => cinema.close());

const people = { name: 'Ann Nonymous', email: 'ann@example.org', hasTickets: true };
const sale = {
  lines: [{ showtimeId, price: 1_200 }],
  payments: [{ received: 1_200, settledAt: new Date() }],
  ...people,
};
/** Where in the database a text is, in columns that are text or JSON; what the tests themselves have is left out. */
async function placesOf(text: string): Promise<string[]> {
  const { rows } = await pool.query<{ table: string }>(
    `SELECT c.oid::regclass::text AS table FROM pg_class c
      WHERE c.relnamespace = 'boxoffice'::regnamespace AND c.relkind IN ('r', 'p')`,
  );
  const places: string[] = [];
  for (const { table } of rows) {
    const found = await pool.query(`SELECT FROM ${table} AS one WHERE to_jsonb(one)::text ILIKE $1 LIMIT 1`, [
      `%${text}%`,
    ]);
    if (found.rowCount) places.push(table);
  }
  return places;
}

it('an account erased on request is nowhere any more, and its orders have kept their amounts', async () => {
  const { accountId, session, email } = await cinema.person();
  const [orderId] = await addSales(pool, [{ ...sale, accountId, email, holder: `account:${accountId}` }]);
  await pool.query('UPDATE boxoffice.tickets SET owner_email = $2 WHERE order_id = $1', [orderId, email]);
  await pool.query('INSERT INTO boxoffice.waitlists (showtime_id) VALUES ($1)', [showtimeId]);
  await pool.query(
    `INSERT INTO boxoffice.waitlist_entries (id, showtime_id, holder, account_id, email, locale, wish, hold_id, place)
     VALUES (gen_random_uuid(), $1, $2, $3, $4, 'en', '{"count": 2}', gen_random_uuid(), 1)`,
    [showtimeId, `account:${accountId}`, accountId, email],
  );
  const wrong = await cinema.send('DELETE', '/v1/me', session, { body: { password: 'not this one' } });
  expect(wrong).toMatchObject({ json: { code: 'wrong_credentials', field: 'password' } });
  expect(await placesOf(email)).not.toEqual([]);
  expect(await cinema.send('DELETE', '/v1/me', session, { body: { password: PASSWORD } })).toMatchObject({
    status: 204,
  });
  expect(await placesOf(email)).toEqual([]);
  expect(await placesOf('Nonymous')).toEqual([]);
  const { rows } = await pool.query('SELECT total::int, account_id, state FROM boxoffice.orders WHERE id = $1', [
    orderId,
  ]);
  expect(rows).toEqual([{ total: 1_200, account_id: accountId, state: 'fulfilled' }]);
  const { rows: waiting } = await pool.query('SELECT state, ended_at IS NULL AS waits FROM boxoffice.waitlist_entries');
  expect(waiting).toEqual([{ state: 'left', waits: false }]);
  const again = await cinema.site.ask('POST', '/v1/log-in', { email, password: PASSWORD });
  expect(again.status).toBeGreaterThanOrEqual(400);
});

it('staff erase the data of a guest, and the audit log says that, without the data', async () => {
  const [orderId] = await addSales(pool, [{ ...sale, name: 'Gustav Guest', email: 'gustav@example.org' }]);
  const staff = await sign('user:staff', { role: 'staff' });
  const path = `/v1/orders/${orderId}/erase`;
  expect(await cinema.send('POST', path, await sign('guest:1'))).toMatchObject({ status: 403 });
  expect(await cinema.send('POST', path, staff)).toMatchObject({ status: 204 });
  expect(await cinema.send('POST', path, staff)).toMatchObject({ status: 204 });
  expect(await placesOf('gustav')).toEqual([]);
  const { rows } = await pool.query("SELECT subject FROM boxoffice.audit_log WHERE action = 'order.erase'");
  expect(rows).toContainEqual({ subject: `order:${orderId}` });
});
