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

it('a payment that starts near the end of its order has the seats until its money comes', async () => {
  const slow = await Shop.open({ PAYMENT_TTL_MS: '4000' });
  try {
    const buyer = await slow.guest();
    const { order } = (await slow.order(buyer, ['R1-1', 'R1-2'])).json;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const pay = { provider: 'test', details: { card: 'late', delayMs: 2_500 } };
    const paid = await slow.send('POST', `/v1/orders/${order.id}/payments`, buyer, pay);
    expect(paid.json).toMatchObject({ order: { state: 'awaiting_payment' }, payment: { state: 'processing' } });
    expect(Date.parse(paid.json.order.expiresAt)).toBeGreaterThan(Date.parse(order.expiresAt));
    const states = new Set<string>();
    await eventually(async () => {
      const { json } = await slow.send('GET', `/v1/orders/${order.id}`, buyer);
      states.add(json.state);
      return json.state === 'fulfilled';
    });
    expect(states).not.toContain('expired');
    const sql = 'SELECT attempt FROM boxoffice.order_bookings WHERE order_id = $1';
    expect((await slow.stage.pool.query(sql, [order.id])).rows).toEqual([{ attempt: 0 }]);
  } finally {
    await slow.close();
  }
});

it('late money of an order with a voucher goes back, since its voucher did, and the order is refunded', async () => {
  const { json: voucher } = await shop.send('POST', '/v1/vouchers', await shop.staff(), { percent: 5_000 });
  const buyer = await shop.guest();
  const asked = { holds: [await shop.hold(buyer, ['R3-1'])], vouchers: [voucher.code] };
  const quote = await shop.send('POST', '/v1/orders/quote', buyer, asked);
  const { json } = await shop.send('POST', '/v1/orders', buyer, { ...asked, total: quote.json.total, ...late });
  await inState(json.order.id, 'expired');
  const order = await inState(json.order.id, 'refunded');
  expect(order).toMatchObject({
    reason: 'late_payment',
    refunds: [{ amount: quote.json.total, reason: 'late_payment' }],
  });
  await eventually(async () => {
    const { json: now } = await shop.send('GET', `/v1/orders/${json.order.id}`, buyer);
    return now.refunds[0].state === 'succeeded' && now.refunded.amount === quote.json.total.amount;
  });
  expect((await shop.send('GET', `/v1/vouchers/${voucher.id}`, await shop.staff())).json.uses).toBe(0);
});
