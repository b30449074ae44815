import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answer, eventually, Shop } from './shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(async () => await shop.close());

const card = (name: string, more: object = {}) => ({ provider: 'test', details: { card: name, ...more } });

async function pay(session: string, made: Answer, details: object, key?: string): Promise<Answer> {
  return await shop.send('POST', `/v1/orders/${made.json.order.id}/payments`, session, details, key);
}

it('of two payments at once one buys the seats, and the other goes back', async () => {
  const buyer = await shop.guest();
  const made = await shop.order(buyer, ['R1-1']);
  const both = await Promise.all([pay(buyer, made, card('succeed')), pay(buyer, made, card('succeed'))]);
  const { id } = made.json.order;
  const order = await eventually(async () => {
    const { json } = await shop.send('GET', `/v1/orders/${id}`, buyer);
    return json.state === 'fulfilled' && json;
  });
  const paid = order.payments.filter(({ state }: { state: string }) => state === 'succeeded');
  // The second may have come when the order took none any more.
  expect(order.refunds).toHaveLength(paid.length - 1);
  for (const refund of order.refunds) expect(refund).toMatchObject({ amount: { amount: 1_200 }, reason: 'paid_twice' });
  expect(both.filter(({ status }) => status === 201).length).toBe(paid.length);
});

it('another sum goes back, and the order waits for the right one', async () => {
  const buyer = await shop.guest();
  const made = await shop.order(buyer, ['R1-3']);
  const wrong = await pay(buyer, made, card('other_sum'));
  expect(wrong.json.order).toMatchObject({
    state: 'awaiting_payment',
    refunds: [{ amount: { amount: 1_199 }, reason: 'wrong_sum' }],
  });
  const right = await pay(buyer, made, card('succeed'));
  expect(right.json.order).toMatchObject({ state: 'fulfilled', refunded: { amount: 0 } });
});

it('a declined payment can be followed by another, and one that is reported twice buys once', async () => {
  const buyer = await shop.guest();
  const made = await shop.order(buyer, ['R1-5']);
  const declined = await pay(buyer, made, card('decline'));
  expect(declined.json).toMatchObject({ order: { state: 'awaiting_payment' }, payment: { state: 'failed' } });
  const paid = await pay(buyer, made, card('twice', { delayMs: 100 }));
  expect(paid.json.order.state).toBe('fulfilled');
  const { rows } = await shop.stage.pool.query(
    `SELECT (SELECT count(*)::int FROM boxoffice.tickets WHERE order_id = $1) AS tickets,
            (SELECT count(*)::int FROM usher.bookings WHERE order_id = $1) AS bookings`,
    [made.json.order.id],
  );
  expect(rows).toEqual([{ tickets: 1, bookings: 1 }]);
});

it('a payment under one key is one payment', async () => {
  const buyer = await shop.guest();
  const made = await shop.order(buyer, ['R1-7']);
  const key = randomUUID();
  const first = await pay(buyer, made, card('succeed'), key);
  const again = await pay(buyer, made, card('succeed'), key);
  expect(again.json.order).toEqual(first.json.order);
  expect(again.json.order.payments).toHaveLength(1);
});

it('staff sell at the counter for cash; buyers cannot say that they have paid', async () => {
  const staff = await shop.staff();
  const sold = await shop.order(staff, ['R1-9'], { channel: 'pos', pay: { provider: 'cash' } });
  expect(sold.json).toMatchObject({ order: { state: 'fulfilled', channel: 'pos' }, payment: { provider: 'cash' } });
  const buyer = await shop.guest();
  const made = await shop.order(buyer, ['R1-11']);
  expect((await pay(buyer, made, { provider: 'cash' })).json).toMatchObject({
    code: 'payment_required',
    field: 'provider',
  });
  const forSomebody = await shop.order(buyer, ['R1-13'], { channel: 'pos' });
  expect(forSomebody.json).toMatchObject({ code: 'forbidden' });
});
