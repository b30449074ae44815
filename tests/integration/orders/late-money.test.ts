import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, Shop } from './shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open({ PAYMENT_TTL_MS: '1000' });
});
afterAll(async () => await shop.close());

const late = { pay: { provider: 'test', details: { card: 'late', delayMs: 4_000 } } };

async function inState(orderId: string, ...states: string[]) {
  const staff = await shop.staff();
  return await eventually(async () => {
    const { json } = await shop.send('GET', `/v1/orders/${orderId}`, staff);
    return states.includes(json.state) && json;
  });
}

it('late money takes the very seats again where they are free', async () => {
  const { json } = await shop.order(await shop.guest(), ['R1-1', 'R1-2'], late);
  expect(json).toMatchObject({ order: { state: 'awaiting_payment' }, payment: { state: 'processing' } });
  await inState(json.order.id, 'expired');
  const order = await inState(json.order.id, 'fulfilled', 'refunded');
  expect(order).toMatchObject({ state: 'fulfilled', bookings: [{ status: 'confirmed' }], refunds: [] });
  const { rows } = await shop.stage.pool.query('SELECT seats FROM usher.bookings WHERE id = $1', [
    order.bookings[0].id,
  ]);
  expect(rows).toEqual([{ seats: [0, 1] }]);
});

it('late money goes back where somebody else has the seats', async () => {
  const { json } = await shop.order(await shop.guest(), ['R2-1', 'R2-2'], late);
  await inState(json.order.id, 'expired');
  const other = await shop.order(await shop.guest(), ['R2-2', 'R2-3'], {
    pay: { provider: 'test', details: { card: 'succeed' } },
  });
  expect(other.json.order.state).toBe('fulfilled');
  const order = await inState(json.order.id, 'fulfilled', 'refunded');
  expect(order).toMatchObject({
    state: 'refunded',
    reason: 'late_payment',
    bookings: [{ status: 'failed' }],
    refunds: [{ amount: { amount: 1_800 }, reason: 'late_payment' }],
  });
  const { rows } = await shop.stage.pool.query(
    `SELECT (SELECT count(*)::int FROM usher.bookings WHERE order_id = $1 AND status = 'confirmed') AS bookings,
            (SELECT count(*)::int FROM boxoffice.tickets WHERE order_id = $1) AS tickets`,
    [order.id],
  );
  expect(rows).toEqual([{ bookings: 0, tickets: 0 }]);
});
