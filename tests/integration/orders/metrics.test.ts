import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../../src/adapters/free-port.js';
import { eventually, Shop } from './shop.js';

let shop: Shop;
let port: number;
beforeAll(async () => {
  port = await freePort();
  shop = await Shop.open({ METRICS_PORT: String(port), PAYMENT_TTL_MS: '2000' });
});
afterAll(async () => await shop.close());

async function metrics(): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('usher_'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

const card = (name: string) => ({ pay: { provider: 'test', details: { card: name } } });

it('a node counts what becomes of orders and their money', async () => {
  const buyer = await shop.guest();
  await shop.order(buyer, ['R1-1'], card('succeed'));
  await shop.order(buyer, ['R1-3'], card('decline'));
  const other = (await shop.order(buyer, ['R1-5'], card('other_sum'))).json.order;
  const cancelled = (await shop.order(buyer, ['R1-7'])).json.order;
  await shop.send('POST', `/v1/orders/${cancelled.id}/cancel`, buyer);
  const counts = await eventually(async () => {
    const now = await metrics();
    return (
      now.get('usher_orders_total{state="expired"}') === 2 &&
      now.get('usher_refunds_total{state="succeeded"}') === 1 &&
      now
    );
  });
  expect(Object.fromEntries(counts)).toMatchObject({
    'usher_orders_total{state="opened"}': 4,
    'usher_orders_total{state="fulfilled"}': 1,
    'usher_orders_total{state="cancelled"}': 1,
    'usher_orders_total{state="refunded"}': 0,
    'usher_payments_total{state="succeeded"}': 2,
    'usher_payments_total{state="failed"}': 1,
    'usher_payment_reports_total{outcome="wrong_sum"}': 1,
    usher_order_money_faults_total: 0,
    usher_orders_hanging: 0,
  });
  expect((await shop.send('GET', `/v1/orders/${other.id}`, buyer)).json.state).toBe('expired');
});

it('a node says what is under way in the whole database', async () => {
  const sql = `INSERT INTO boxoffice.orders (id, reference, holder, state, currency, expires_at, paid_at, claimed_until)
               VALUES (gen_random_uuid(), 'hangs', 'guest:1', 'paid', 'EUR', now(), now() - interval '1 hour', now() + interval '1 hour')`;
  await shop.stage.pool.query(sql);
  await eventually(async () => {
    const now = await metrics();
    return now.get('usher_orders_hanging') === 1 && now.get('usher_orders_under_way{state="paid"}') === 1;
  });
});
