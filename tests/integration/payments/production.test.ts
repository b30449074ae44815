import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Shop } from '../orders/shop.js';

let shop: Shop;
let buyer: string;
beforeAll(async () => {
  shop = await Shop.open({ NODE_ENV: 'production' });
  buyer = await shop.guest();
});
afterAll(async () => await shop.close());

it('in production an order is paid by no test card, and its buyer is told what there is', async () => {
  const made = await shop.order(buyer, ['R1-1']);
  const pay = { provider: 'test', details: { card: 'succeed' } };
  const answer = await shop.send('POST', `/v1/orders/${made.json.order.id}/payments`, buyer, pay);
  expect(answer).toMatchObject({ status: 402, json: { code: 'payment_required', field: 'provider' } });
  expect(answer.json.detail).toBe('Payments are taken by nobody here.');
  const { json } = await shop.send('GET', `/v1/orders/${made.json.order.id}`, buyer);
  expect(json).toMatchObject({ state: 'awaiting_payment', payments: [] });
});

it('in production a buyer cannot say that the money is in the till, nor pay a sum with `none`', async () => {
  const made = await shop.order(buyer, ['R1-3']);
  for (const provider of ['cash', 'none']) {
    const answer = await shop.send('POST', `/v1/orders/${made.json.order.id}/payments`, buyer, { provider });
    expect(answer, provider).toMatchObject({ status: 402, json: { code: 'payment_required', field: 'provider' } });
  }
});

it('in production a hold is booked by no test payment', async () => {
  const { holdId } = await shop.hold(buyer, ['R1-5']);
  const path = `/v1/showtimes/${shop.stage.showtimeId}/bookings`;
  const answer = await shop.send('POST', path, buyer, {
    holdId,
    payment: { method: 'test' },
    price: { amount: 1_200, currency: 'EUR' },
  });
  expect(answer, JSON.stringify(answer.json)).toMatchObject({ status: 402, json: { code: 'payment_required' } });
});

it('in production nothing of the test provider is there, and nobody takes events of Stripe without its settings', async () => {
  const staff = await shop.staff();
  expect((await shop.send('GET', '/v1/test-payments', staff)).status).toBe(404);
  const ref = `test_${randomUUID()}`;
  expect((await shop.send('GET', `/v1/test-payments/${ref}`, buyer)).status).toBe(404);
  expect((await shop.send('POST', `/v1/test-payments/${ref}/answer`, buyer, { outcome: 'confirmed' })).status).toBe(
    404,
  );
  expect((await fetch(`http://127.0.0.1:${shop.stage.port}/test-payment`)).status).toBe(404);
  expect((await shop.send('POST', '/v1/payment-events/stripe', buyer, { id: 'evt_1' })).status).toBe(404);
});
