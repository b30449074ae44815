import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessTokensOf, grantOf } from '../access/two-nodes.js';
import { Shop } from '../orders/shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open({ LOYALTY_POINTS_PER_100: '10' });
});
afterAll(() => shop.close());

const pay = { provider: 'test', details: { card: 'succeed' } };

it('an order that a voucher lowers costs less, and a second one cannot use it up again', async () => {
  const staff = await shop.staff();
  const made = await shop.send('POST', '/v1/vouchers', staff, { percent: 5_000, usesMax: 1 });
  expect(made).toMatchObject({ status: 201, json: { uses: 0, code: expect.stringMatching(/^[A-Z0-9]{12}$/) } });
  const { code, id } = made.json;
  const guest = await shop.guest();
  const holds = [await shop.hold(guest, ['R1-1'])];
  const full = (await shop.send('POST', '/v1/orders/quote', guest, { holds })).json.total.amount;
  const quote = await shop.send('POST', '/v1/orders/quote', guest, { holds, vouchers: [code] });
  expect(quote.json.total.amount).toBe(full - Math.floor(full / 2));
  const body = { holds, vouchers: [code], total: quote.json.total, pay };
  const key = randomUUID();
  const order = await shop.send('POST', '/v1/orders', guest, body, key);
  expect(order, JSON.stringify(order.json)).toMatchObject({ status: 201 });
  const again = await shop.send('POST', '/v1/orders', guest, body, key);
  expect(again.json.order.id).toBe(order.json.order.id);
  expect((await shop.send('GET', `/v1/vouchers/${id}`, staff)).json.uses).toBe(1);
  const other = [await shop.hold(guest, ['R2-1'])];
  const refused = await shop.send('POST', '/v1/orders/quote', guest, { holds: other, vouchers: [code] });
  expect(refused).toMatchObject({ status: 422, json: { code: 'invalid_code', field: 'vouchers[0]' } });
});

it('an account earns points with what it pays, and pays the next order with them', async () => {
  const accountId = randomUUID();
  await shop.stage.pool.query(
    `INSERT INTO boxoffice.accounts (id, email, name, role, holder) VALUES ($1, 'ann@example.org', 'Ann', 'customer', $2)`,
    [accountId, `user:${accountId}`],
  );
  const tokens = await accessTokensOf(shop.stage.pool);
  const holder = `user:${accountId}`;
  const { token } = await tokens.issue(grantOf({ accountId, holder, role: 'customer' }));
  const order = await shop.order(token, ['R3-1'], { pay });
  expect(order.json.order.state, JSON.stringify(order.json)).toMatch(/^(paid|fulfilled)$/);
  const paid = order.json.order.total.amount;
  const points = async () => (await shop.send('GET', '/v1/me/points', token)).json;
  await expect.poll(async () => (await points()).balance, { timeout: 10_000 }).toBe(Math.floor(paid / 10));
  const holds = [await shop.hold(token, ['R3-10'])];
  const quote = await shop.send('POST', '/v1/orders/quote', token, { holds, points: 50 });
  expect(quote.json.discounts, JSON.stringify(quote.json)).toMatchObject([{ kind: 'points', points: 50 }]);
  const next = await shop.send('POST', '/v1/orders', token, { holds, points: 50, total: quote.json.total });
  expect(next.status, JSON.stringify(next.json)).toBe(201);
  expect((await points()).balance).toBe(Math.floor(paid / 10) - 50);
  const cancelled = await shop.send('POST', `/v1/orders/${next.json.order.id}/cancel`, token);
  expect(cancelled.status, JSON.stringify(cancelled.json)).toBe(200);
  expect((await points()).balance).toBe(Math.floor(paid / 10));
});
