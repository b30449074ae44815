import type { PoolClient } from 'pg';
import { afterEach, expect, it } from 'vitest';
import { postgresAudit } from '../../../src/boxoffice/audit/audit.js';
import type { HouseDesk } from '../../../src/boxoffice/house-desk-port.js';
import { CancelledShowtimes } from '../../../src/boxoffice/returns/cancelled-showtimes.js';
import { type ReturnedDiscounts, Returns } from '../../../src/boxoffice/returns/returns.js';
import { silentLog } from '../../silent-log.js';
import { sign } from '../gateway/sign.js';
import { eventually, Shop } from '../orders/shop.js';

let shop: Shop;
afterEach(async () => await shop.close());

const pay = { pay: { provider: 'test', details: { card: 'succeed' } } };

async function buy(seats: readonly string[], also?: string): Promise<{ id: string; session: string }> {
  const session = await shop.guest();
  const holds = [await shop.hold(session, seats)];
  if (also !== undefined) holds.push(await shop.hold(session, ['R1-1'], also));
  const { json: quote } = await shop.send('POST', '/v1/orders/quote', session, { holds });
  const { json } = await shop.send('POST', '/v1/orders', session, { holds, total: quote.total, ...pay });
  expect(json.order.state, JSON.stringify(json)).toBe('fulfilled');
  return { id: json.order.id, session };
}

async function cancelShowtime(): Promise<void> {
  const { port, showtimeId } = shop.stage;
  const headers = { authorization: `Bearer ${await sign('user:boss', { role: 'admin' })}` };
  const url = `http://127.0.0.1:${port}/v1/showtimes/${showtimeId}`;
  const etag = (await fetch(`${url}/settings`, { headers })).headers.get('etag') ?? '';
  const response = await fetch(`${url}/cancel`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'if-match': etag },
    body: JSON.stringify({ reason: 'The projector burned.' }),
  });
  expect(response.status, await response.text()).toBe(200);
}

it('refunds the lines of a cancelled showtime, whatever its terms, and those of no other', async () => {
  shop = await Shop.open();
  const other = await shop.stage.addShowtime();
  const plain = await buy(['R1-1', 'R1-2']);
  const mixed = await buy(['R2-1'], other);
  const partly = await buy(['R2-3', 'R2-4']);
  const staff = { amount: { amount: 300, currency: 'EUR' }, keepSeats: true, reason: 'A wet seat.' };
  await shop.send('POST', `/v1/orders/${partly.id}/refunds`, await shop.staff(), staff);
  await cancelShowtime();
  const ended = async ({ id, session }: { id: string; session: string }, refunded: number) =>
    await eventually(async () => {
      const { json } = await shop.send('GET', `/v1/orders/${id}`, session);
      return json.refunded.amount === refunded && json;
    });
  expect(await ended(plain, 2_400)).toMatchObject({ state: 'refunded', bookings: [{ status: 'cancelled' }] });
  expect(await ended(mixed, 900)).toMatchObject({
    state: 'partly_refunded',
    lines: [{ state: 'returned' }, { state: 'sold' }],
    bookings: [{ status: 'cancelled' }, { status: 'confirmed' }],
    refunds: [{ reason: 'showtime_cancelled' }],
  });
  expect(await ended(partly, 1_800)).toMatchObject({ state: 'refunded' });
  const { rows } = await shop.stage.pool.query('SELECT DISTINCT state FROM boxoffice.tickets WHERE showtime_id = $1', [
    shop.stage.showtimeId,
  ]);
  expect(rows).toEqual([{ state: 'cancelled' }]);
  await eventually(async () => {
    const journal = await shop.stage.pool.query(
      `SELECT count(*)::int AS n FROM usher.bookings WHERE showtime_id = $1 AND status = 'confirmed'`,
      [shop.stage.showtimeId],
    );
    return journal.rows[0].n === 0;
  });
});

it('goes on where a node died in the middle, and refunds no order twice', async () => {
  shop = await Shop.open();
  const { pool, showtimeId, node } = shop.stage;
  const orders: string[] = [];
  for (let at = 1; at <= 9; at++) orders.push((await buy([`R1-${at}`])).id);
  await node.stop();
  await pool.query('INSERT INTO boxoffice.showtime_refunds (showtime_id) VALUES ($1)', [showtimeId]);
  const dueAgain = () => pool.query('UPDATE boxoffice.showtime_refunds SET look_after = clock_timestamp()');
  const runner = (discounts?: ReturnedDiscounts, isDead = () => false) => {
    const parts = { pool, audit: postgresAudit, desk: {} as HouseDesk, now: Date.now, onDecided: () => {} };
    const returns = new Returns({ ...parts, discounts });
    const refundShowtime: Returns['refundShowtime'] = async (...asked) => {
      if (isDead()) throw new Error('This node is dead.');
      await returns.refundShowtime(...asked);
    };
    return new CancelledShowtimes({ pool, returns: { refundShowtime }, log: silentLog });
  };
  let decided = 0;
  // In the transaction of the fourth order, with all of it written but the commit, its connection goes.
  const dying: ReturnedDiscounts = {
    takeBack: async (client: PoolClient) => {
      if (++decided < 4) return;
      client.on('error', () => {});
      await client.query('SELECT pg_terminate_backend(pg_backend_pid())');
    },
  };
  await runner(dying, () => decided >= 4).look();
  const count = async () => {
    const { rows } = await pool.query<{
      orders: number;
      refunds: number;
      returned: number;
      cancelled: number;
      told: number;
    }>(
      `SELECT (SELECT count(DISTINCT order_id)::int FROM boxoffice.refunds) AS orders,
              (SELECT count(*)::int FROM boxoffice.refunds WHERE amount = 1200 AND reason = 'showtime_cancelled') AS refunds,
              (SELECT count(*)::int FROM boxoffice.order_lines WHERE state = 'returned') AS returned,
              (SELECT count(*)::int FROM boxoffice.tickets WHERE state = 'cancelled') AS cancelled,
              (SELECT count(*)::int FROM boxoffice.outbox WHERE topic = 'order.refunded') AS told`,
    );
    return rows[0];
  };
  const half = await count();
  expect(half?.refunds).toBeGreaterThan(0);
  expect(half?.refunds).toBeLessThan(9);
  // What was decided was decided whole.
  expect(new Set(Object.values(half ?? {})).size).toBe(1);
  // It has the showtime to itself until its claim ends.
  await runner().look();
  expect(await count()).toEqual(half);
  await dueAgain();
  const [one, two] = [runner(), runner()];
  await Promise.all([one.look(), two.look().then(dueAgain)]);
  await two.look();
  expect(await count()).toEqual({ orders: 9, refunds: 9, returned: 9, cancelled: 9, told: 9 });
  expect(orders).toHaveLength(9);
  await pool.query("UPDATE boxoffice.showtime_refunds SET look_after = now(), created_at = now() - interval '2 hours'");
  await runner().look();
  const { rows } = await pool.query('SELECT done_at IS NOT NULL AS done FROM boxoffice.showtime_refunds');
  expect(rows).toEqual([{ done: true }]);
});
