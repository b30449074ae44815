import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TcpProxy } from '../../contract/tcp-proxy.js';
import { eventually } from '../orders/shop.js';
import { intentOf, StripeShop } from './stripe-shop.js';

let proxy: TcpProxy;
let at: StripeShop;
beforeAll(async () => {
  at = await StripeShop.open({ PAYMENT_TTL_MS: '3000' }, async (url) => {
    proxy = await TcpProxy.start(url);
    return proxy.url;
  });
});
afterAll(async () => {
  await at.close();
  await proxy.stop();
});

it('money that arrives when the order has expired buys its seats where they are free', async () => {
  const { orderId, clientSecret } = await at.awaiting(['R1-1', 'R1-2']);
  await at.inState(orderId, 'expired');
  await at.confirmInBrowser(clientSecret, 'pm_card_visa');
  await at.inState(orderId, 'fulfilled');
  expect(await at.count(orderId)).toEqual({ tickets: 2, bookings: 1, payments: 1 });
  expect(at.moneyOf(orderId)).toEqual({ received: 2_400, refunds: [] });
});

it('money that arrives when somebody else has the seats is given back by Stripe, once', async () => {
  const { orderId, clientSecret } = await at.awaiting(['R2-1', 'R2-2']);
  await at.inState(orderId, 'expired');
  const other = await at.shop.guest();
  const sold = await at.shop.order(other, ['R2-2']);
  expect((await at.pay(other, sold.json.order.id, 'pm_card_visa')).json.order.state).toBe('fulfilled');
  at.stripe.control({ next: ['twice'] });
  await at.confirmInBrowser(clientSecret, 'pm_card_visa');
  await eventually(async () => (await at.find(orderId)).refunds[0]?.state === 'succeeded');
  await at.taken(intentOf(clientSecret), 2);
  expect(await at.find(orderId)).toMatchObject({
    state: 'refunded',
    reason: 'late_payment',
    refunded: { amount: 1_800, currency: 'EUR' },
    refunds: [{ amount: { amount: 1_800 }, reason: 'late_payment', state: 'succeeded' }],
  });
  expect(await at.count(orderId)).toEqual({ tickets: 0, bookings: 0, payments: 1 });
  expect(at.moneyOf(orderId)).toEqual({ received: 1_800, refunds: [{ amount: 1_800, status: 'succeeded' }] });
});

it('money that arrives while Postgres is away is answered with 503, sent again, and sells once', async () => {
  const { orderId, clientSecret } = await at.awaiting(['R3-1']);
  proxy.cut();
  await at.confirmInBrowser(clientSecret, 'pm_card_visa');
  const [event] = at.eventsAbout(intentOf(clientSecret));
  const { deliveries, ...sent } = event!;
  expect(deliveries).toBe(0);
  expect(await at.send(sent)).toEqual({ status: 503, outcome: 'unavailable' });
  proxy.mend();
  await at.taken(intentOf(clientSecret));
  await at.inState(orderId, 'fulfilled');
  expect(await at.count(orderId)).toEqual({ tickets: 1, bookings: 1, payments: 1 });
  expect(at.moneyOf(orderId)).toEqual({ received: 900, refunds: [] });
});

it('money of a payment that was turned away, and that a repeat made without anybody being told, is found', async () => {
  const session = await at.shop.guest();
  const made = await at.shop.order(session, ['R4-1']);
  const orderId = made.json.order.id as string;
  const [path, body] = [
    `/v1/orders/${orderId}/payments`,
    { provider: 'stripe', details: { paymentMethod: 'pm_card_visa' } },
  ];
  const key = randomUUID();
  at.stripe.control({ next: ['busy'] });
  expect((await at.shop.send('POST', path, session, body, key)).status).toBe(503);
  at.stripe.control({ faults: { lost_answer: 1, never: 1 } });
  expect((await at.shop.send('POST', path, session, body, key)).status).toBe(504);
  at.stripe.control({ faults: {} });
  // As if nobody had looked for a while.
  await at.shop.stage.pool.query(
    `UPDATE boxoffice.payments SET created_at = created_at - interval '1 minute' WHERE order_id = $1`,
    [orderId],
  );
  await at.inState(orderId, 'fulfilled');
  expect(at.moneyOf(orderId)).toEqual({ received: 900, refunds: [] });
});
