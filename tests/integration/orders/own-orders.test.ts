import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessTokensOf, grantOf } from '../access/two-nodes.js';
import { Shop } from './shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(async () => await shop.close());

async function logIn(): Promise<string> {
  const accountId = randomUUID();
  const holder = `user:${accountId}`;
  await shop.stage.pool.query(
    `WITH new AS (INSERT INTO boxoffice.accounts (id, email, name, role, holder)
                  VALUES ($1::uuid, $2 || '@example.org', 'Ann', 'customer', $2) RETURNING id, holder)
     INSERT INTO boxoffice.account_holders (account_id, holder) SELECT id, holder FROM new`,
    [accountId, holder],
  );
  const tokens = await accessTokensOf(shop.stage.pool);
  return (await tokens.issue(grantOf({ accountId, holder, role: 'customer' }))).token;
}

const pay = { provider: 'test', details: { card: 'succeed' } };

it('whoever is logged in finds their orders, and of each booking the order that it belongs to', async () => {
  const [ann, bob] = [await logIn(), await logIn()];
  const { order } = (await shop.order(ann, ['R1-1', 'R1-2'], { pay })).json;
  const waiting = (await shop.order(ann, ['R1-4'])).json.order;
  await shop.order(bob, ['R1-6'], { pay });
  expect((await shop.send('GET', '/v1/orders', ann)).json.orders).toEqual([waiting, order]);
  const bookings = async () => (await shop.send('GET', '/v1/me/bookings', ann)).json.bookings;
  const { id, reference } = order;
  expect(await bookings()).toMatchObject([
    { booking: { seats: ['R1-1', 'R1-2'] }, order: { id, reference, state: 'fulfilled' } },
  ]);
  const refunded = await shop.send('POST', `/v1/orders/${id}/refunds`, await shop.staff(), { lines: [0], reason: 'x' });
  expect(refunded.status, JSON.stringify(refunded.json)).toBeLessThan(300);
  await expect.poll(async () => (await bookings())[0].order.state, { timeout: 10_000 }).toBe('partly_refunded');
});

it('a booking that was made without an order has none', async () => {
  const ann = await logIn();
  const held = await shop.send('POST', `/v1/showtimes/${shop.stage.showtimeId}/holds`, ann, { seats: ['R2-1'] });
  const { id: holdId, price } = held.json.hold;
  const path = `/v1/showtimes/${shop.stage.showtimeId}/bookings`;
  const booked = await shop.send('POST', path, ann, { holdId, price, payment: { method: 'test' } });
  expect(booked.status, JSON.stringify(booked.json)).toBeLessThan(300);
  const [booking] = (await shop.send('GET', '/v1/me/bookings', ann)).json.bookings;
  expect(booking.booking.seats).toEqual(['R2-1']);
  expect(booking).not.toHaveProperty('order');
});
