import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessTokensOf, grantOf } from '../access/two-nodes.js';
import { Shop } from '../orders/shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open({ LOYALTY_POINTS_PER_100: '10' });
  await shop.stage.pool.query('UPDATE boxoffice.showtimes SET sale_policy = $2 WHERE id = $1', [
    shop.stage.showtimeId,
    JSON.stringify({ cancel: { untilMinutesBefore: 30, feeAmount: 100 } }),
  ]);
});
afterAll(() => shop.close());

const pay = { provider: 'test', details: { card: 'succeed' } };
const eur = (amount: number) => ({ amount, currency: 'EUR' });

/** Somebody with an account, and how many points it has. */
async function member() {
  const accountId = randomUUID();
  const holder = `user:${accountId}`;
  await shop.stage.pool.query(
    `INSERT INTO boxoffice.accounts (id, email, name, role, holder) VALUES ($1::uuid, $1::uuid || '@example.org', 'Ann', 'customer', $2)`,
    [accountId, holder],
  );
  const tokens = await accessTokensOf(shop.stage.pool);
  const { token } = await tokens.issue(grantOf({ accountId, holder, role: 'customer' }));
  const balance = async () => (await shop.send('GET', '/v1/me/points', token)).json.balance as number;
  return { token, balance };
}

async function bought(token: string, seats: readonly string[], more: object = {}) {
  const holds = [await shop.hold(token, seats)];
  const quote = await shop.send('POST', '/v1/orders/quote', token, { holds, ...more });
  const { json } = await shop.send('POST', '/v1/orders', token, { holds, ...more, total: quote.json.total, pay });
  expect(json.order.state, JSON.stringify(json)).toBe('fulfilled');
  return `/v1/orders/${json.order.id}`;
}
const refund = async (path: string, more: object) =>
  await shop.send('POST', `${path}/refunds`, await shop.staff(), { reason: 'The film broke.', ...more });

it('seats that are returned take the points with them that they earned, also where the terms keep a fee', async () => {
  const { token, balance } = await member();
  const path = await bought(token, ['R1-1', 'R1-2', 'R1-3']);
  expect(await balance()).toBe(360);
  const back = await shop.send('POST', `${path}/return`, token, { lines: [0], price: eur(1_100) });
  expect(back.status, JSON.stringify(back.json)).toBe(200);
  expect(await balance()).toBe(240);
  expect((await shop.send('POST', `${path}/return`, token, { price: eur(2_200) })).status).toBe(200);
  expect(await balance()).toBe(0);
});

it('money that staff give back for seats that are kept takes its points back, and the seats later only the rest', async () => {
  const { token, balance } = await member();
  const path = await bought(token, ['R2-1', 'R2-2']);
  expect(await balance()).toBe(180);
  const key = randomUUID();
  const half = { amount: eur(900), keepSeats: true, reason: 'The sound was off.' };
  for (let tries = 0; tries < 2; tries++) {
    expect((await shop.send('POST', `${path}/refunds`, await shop.staff(), half, key)).status).toBe(200);
  }
  expect(await balance()).toBe(90);
  expect((await refund(path, { lines: [0] })).status).toBe(200);
  // Of both seats 1,350 were given back: more than the half that the one seat is.
  expect(await balance()).toBe(45);
  expect((await refund(path, {})).status).toBe(200);
  expect(await balance()).toBe(0);
});

it('points that were paid with come back with the seats, and not with money for seats that are kept', async () => {
  const { token, balance } = await member();
  await bought(token, ['R3-1', 'R3-2']);
  expect(await balance()).toBe(180);
  const path = await bought(token, ['R4-1'], { points: 100 });
  expect(await balance()).toBe(180 - 100 + 80);
  expect((await refund(path, { amount: eur(400), keepSeats: true })).status).toBe(200);
  expect(await balance()).toBe(180 - 100 + 40);
  expect((await refund(path, {})).status).toBe(200);
  expect(await balance()).toBe(180);
});
