import { afterAll, beforeAll, expect, it } from 'vitest';
import { Shop } from './shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(async () => await shop.close());

it('a manager sets fees and tax, buyers see them before they buy, and an order has them', async () => {
  const { port, showtimeId } = shop.stage;
  const salePolicy = { feePerTicket: 100, feePercent: 250, taxRate: 1_900 };
  const change = async (body: object) => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/showtimes/${showtimeId}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${await shop.staff()}`, 'content-type': 'application/json', 'if-match': '*' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as object;
  };
  expect(await change({ salePolicy: { feePerTicket: -1 } })).toMatchObject({ field: 'salePolicy.feePerTicket' });
  expect(await change({ salePolicy })).toMatchObject({ salePolicy });
  const buyer = await shop.guest();
  expect((await shop.send('GET', `/v1/showtimes/${showtimeId}`, buyer)).json).toMatchObject({ salePolicy });
  const { json } = await shop.order(buyer, ['R1-1', 'R1-2']);
  expect(json.order).toMatchObject({
    price: { amount: 2_400 },
    fee: { amount: 260 },
    tax: { amount: 424 },
    total: { amount: 2_660 },
  });
});
