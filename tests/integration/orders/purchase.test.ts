import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Shop } from './shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(async () => await shop.close());

it('a hold becomes an order, and by its payment a booking with tickets and a row of the outbox', async () => {
  const buyer = await shop.guest();
  const made = await shop.order(buyer, ['R1-1', 'R1-2'], { email: 'Ann@Example.org' });
  expect(made).toMatchObject({ status: 201, json: { order: { state: 'awaiting_payment', total: { amount: 2_400 } } } });
  const { order } = made.json;
  const paid = await shop.send('POST', `/v1/orders/${order.id}/payments`, buyer, {
    provider: 'test',
    details: { card: 'succeed' },
  });
  expect(paid).toMatchObject({
    status: 201,
    json: { order: { state: 'fulfilled', bookings: [{ status: 'confirmed' }] }, payment: { state: 'succeeded' } },
  });
  expect((await shop.send('GET', `/v1/orders/${order.id}`, buyer)).json).toEqual(paid.json.order);
  expect((await shop.send('GET', `/v1/orders/${order.id}/tickets`, buyer)).json.tickets).toHaveLength(2);
  expect((await shop.send('GET', '/v1/orders', buyer)).json.orders).toEqual([paid.json.order]);
});

it('order and payment are one request, and a repeat of it is the same order', async () => {
  const buyer = await shop.guest();
  const hold = await shop.hold(buyer, ['R1-4']);
  const body = {
    holds: [hold],
    total: { amount: 1_200, currency: 'EUR' },
    pay: { provider: 'test', details: { card: 'succeed' } },
  };
  const key = randomUUID();
  const first = await shop.send('POST', '/v1/orders', buyer, body, key);
  expect(first).toMatchObject({
    status: 201,
    json: { order: { state: 'fulfilled' }, payment: { state: 'succeeded' } },
  });
  const again = await shop.send('POST', '/v1/orders', buyer, body, key);
  expect(again.json.order).toEqual(first.json.order);
  const other = await shop.send('POST', '/v1/orders', buyer, { ...body, name: 'Bob' }, key);
  expect(other.json).toMatchObject({ code: 'command_reused' });
});

it('another total than the order costs is refused, and the hold stays as it was', async () => {
  const buyer = await shop.guest();
  const hold = await shop.hold(buyer, ['R1-6']);
  const refused = await shop.send('POST', '/v1/orders', buyer, {
    holds: [hold],
    total: { amount: 1, currency: 'EUR' },
  });
  expect(refused.json).toMatchObject({ code: 'price_changed', price: { amount: 1_200, currency: 'EUR' } });
  const made = await shop.send('POST', '/v1/orders', buyer, {
    holds: [hold],
    total: { amount: 1_200, currency: 'EUR' },
  });
  expect(made.status).toBe(201);
});

it('an order is nobody else’s, but staff see it', async () => {
  const made = await shop.order(await shop.guest(), ['R1-8']);
  const path = `/v1/orders/${made.json.order.id}`;
  const stranger = await shop.guest();
  expect((await shop.send('GET', path, stranger)).json).toMatchObject({ code: 'not_found' });
  expect((await shop.send('POST', `${path}/cancel`, stranger)).json).toMatchObject({ code: 'not_found' });
  expect((await shop.send('GET', path, await shop.staff())).status).toBe(200);
  const found = await shop.send('GET', `/v1/orders?reference=${made.json.order.reference}`, await shop.staff());
  expect(found.json.orders).toEqual([made.json.order]);
});

it('a cancelled order gives the hold back, which can be ordered again', async () => {
  const buyer = await shop.guest();
  const hold = await shop.hold(buyer, ['R1-10']);
  const body = { holds: [hold], total: { amount: 1_200, currency: 'EUR' } };
  const { order } = (await shop.send('POST', '/v1/orders', buyer, body)).json;
  const inOrder = await shop.send('POST', '/v1/orders', buyer, body);
  expect(inOrder.json).toMatchObject({ code: 'hold_in_order' });
  const ended = await shop.send('POST', `/v1/orders/${order.id}/cancel`, buyer);
  expect(ended).toMatchObject({ status: 200, json: { state: 'cancelled' } });
  const pay = await shop.send('POST', `/v1/orders/${order.id}/payments`, buyer, {
    provider: 'test',
    details: { card: 'succeed' },
  });
  expect(pay.json).toMatchObject({ code: 'order_closed' });
  expect((await shop.send('POST', '/v1/orders', buyer, body)).status).toBe(201);
});
