import pg from 'pg';
import { PostgresOrderStore } from '../../src/boxoffice/orders/postgres-order-store.js';
import { createDatabase } from '../integration/database.js';
import type { OrderStoreStage } from './an-order.js';
import { orderMoneySuite } from './order-money-suite.js';
import { orderStoreSuite } from './order-store-suite.js';

async function open(): Promise<OrderStoreStage> {
  const database = await createDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  const rows = async (sql: string, orderId: string) => (await pool.query(sql, [orderId])).rows;
  return {
    // Vouchers and points have tests of their own.
    store: new PostgresOrderStore(pool, { take: async () => true, giveBack: async () => {}, earn: async () => {} }),
    told: async (orderId) => {
      const sql = `SELECT topic FROM boxoffice.outbox WHERE payload->>'orderId' = $1 ORDER BY id`;
      return (await rows(sql, orderId)).map(({ topic }) => topic);
    },
    tickets: async (orderId) =>
      await rows(
        'SELECT id, booking_id AS "bookingId" FROM boxoffice.tickets WHERE order_id = $1 ORDER BY line',
        orderId,
      ),
    close: async () => {
      await pool.end();
      await database.drop();
    },
  };
}

orderStoreSuite('orders in Postgres', open);
orderMoneySuite('the money of orders in Postgres', open);
