import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../orders/shop.js';
import { card, ExchangeStage } from './exchange-stage.js';

let stage: ExchangeStage;
beforeAll(async () => {
  stage = await ExchangeStage.open();
});
afterAll(() => stage.close());

it('is told to endpoints of webhooks: what the old order gave up, and what the new one is', async () => {
  const staff = await stage.shop.staff();
  const endpoint = {
    url: 'http://127.0.0.1:9/',
    topics: ['order.exchanged', 'order.fulfilled'],
    email: 'ops@example.org',
  };
  const added = await stage.shop.send('POST', '/v1/webhook-endpoints', staff, endpoint);
  expect(added.status, JSON.stringify(added.json)).toBe(201);
  const bought = await stage.bought(['R3-1', 'R3-2']);
  const { json } = await stage.exchanged(bought, ['R1-1'], { lines: [0], pay: card() });
  const { id, reference } = json.order;
  const told = async (topic: string, orderId: string) =>
    await eventually(async () => {
      const sql = `SELECT body::jsonb -> 'data' AS data FROM boxoffice.webhook_messages
                    WHERE topic = $1 AND body::jsonb -> 'data' ->> 'orderId' = $2`;
      return (await stage.shop.stage.pool.query(sql, [topic, orderId])).rows[0]?.data;
    });
  expect(await told('order.exchanged', bought.id)).toMatchObject({
    ...{ state: 'partly_refunded', seats: ['R3-1'], newOrderId: id, newReference: reference },
    ...{ currency: 'EUR', credit: 800, refund: 0 },
  });
  expect(await told('order.fulfilled', id)).toMatchObject({ total: 400, credit: 800, bookings: [{ seats: ['R1-1'] }] });
});
