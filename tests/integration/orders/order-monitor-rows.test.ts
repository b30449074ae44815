import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dueOrders } from '../../../src/boxoffice/orders/order-monitor-rows.js';
import { createDatabase } from '../database.js';

let database: Awaited<ReturnType<typeof createDatabase>>;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const MINUTE_MS = 60_000;
const NOW = Date.UTC(2030, 0, 1, 12);

async function addOrder(state: 'draft' | 'paid', ageMs: number): Promise<string> {
  const id = randomUUID();
  await pool.query(
    `INSERT INTO boxoffice.orders (id, reference, holder, state, currency, created_at, expires_at, paid_at)
     VALUES ($1, $2, 'guest:1', $3, 'EUR', to_timestamp($4::float8 / 1000), to_timestamp($5::float8 / 1000),
             CASE WHEN $3 = 'paid' THEN to_timestamp($4::float8 / 1000) END)`,
    [id, id.slice(0, 8), state, NOW - ageMs, NOW + MINUTE_MS],
  );
  return id;
}

it('finds drafts that were left and paid orders that hang, each by one monitor at a time', async () => {
  const draft = await addOrder('draft', 60 * MINUTE_MS);
  const paid = await addOrder('paid', 60 * MINUTE_MS);
  await addOrder('draft', 0);
  await addOrder('paid', 0);
  const due = await dueOrders(pool, NOW, NOW + MINUTE_MS, 10);
  expect(due).toEqual({ drafts: [draft], paid: [{ orderId: paid, paidAt: NOW - 60 * MINUTE_MS }] });
  expect(await dueOrders(pool, NOW + 1, NOW + MINUTE_MS, 10)).toEqual({ drafts: [], paid: [] });
});
