import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventually, Shop } from '../orders/shop.js';
import { Receiver } from './receiver.js';

// Messages about seats are made from the history, which waits for open transactions: on a busy machine that takes a while.
vi.setConfig({ testTimeout: 60_000 });
const WAIT_MS_MAX = 45_000;

interface Message {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

let shop: Shop;
let receiver: Receiver;
let secret: string;
beforeAll(async () => {
  receiver = await Receiver.open();
  shop = await Shop.open({ WEBHOOKS_ALLOW_PRIVATE: 'true', ADMISSION_OPENS_MINUTES: '10080' });
  const topics = [
    ...['hold.created', 'hold.ended', 'booking.created', 'booking.cancelled', 'order.fulfilled', 'order.refunded'],
    ...['order.cancelled', 'refund.settled', 'ticket.checked_in'],
  ];
  const body = { url: receiver.url, topics, email: 'ops@example.org' };
  const made = await shop.send('POST', '/v1/webhook-endpoints', await shop.staff(), body);
  expect(made.status, JSON.stringify(made.json)).toBe(201);
  secret = made.json.secret;
});
afterAll(async () => {
  await shop.close();
  await receiver.close();
});

/** As a receiver does it: the library of the specification, and each message once. */
function messages(): Message[] {
  const byId = new Map<string, Message>();
  for (const { headers, body } of receiver.received) {
    const message = new Webhook(secret).verify(body, headers as Record<string, string>) as Message;
    byId.set(String(headers['webhook-id']), message);
  }
  return [...byId.values()];
}
const told = async (type: string, count = 1): Promise<readonly Message['data'][]> => {
  const found = () => messages().filter((message) => message.type === type);
  await eventually(async () => found().length >= count, WAIT_MS_MAX);
  return found().map(({ data }) => data);
};

it('an order that is bought, used at the door and returned is told from its hold to its refund, each once and signed', async () => {
  const { showtimeId } = shop.stage;
  const buyer = await shop.guest();
  const pay = { provider: 'test', details: { card: 'succeed' } };
  const { json } = await shop.order(buyer, ['R1-1', 'R1-2'], { pay, email: 'ada@example.org', name: 'Ada' });
  const { id: orderId, reference } = json.order;
  const booked = json.order.bookings[0].reference;
  expect(await told('hold.created')).toMatchObject([{ showtimeId, seats: ['R1-1', 'R1-2'], channel: 'web' }]);
  expect(await told('booking.created')).toMatchObject([
    { showtimeId, orderId, reference: booked, seats: ['R1-1', 'R1-2'], channel: 'web' },
  ]);
  expect(await told('order.fulfilled')).toEqual([
    {
      ...{ orderId, reference, channel: 'web', state: 'fulfilled', currency: 'EUR', total: 2_400 },
      bookings: [{ showtimeId, reference: booked, seats: ['R1-1', 'R1-2'] }],
    },
  ]);

  const { tickets } = (await shop.send('GET', `/v1/orders/${orderId}/tickets`, buyer)).json;
  const scan = { scanId: randomUUID(), code: tickets[0].code, gate: 'North', device: 'd1' };
  const admitted = await shop.send('POST', '/v1/check-ins', await shop.staff(), scan);
  expect(admitted.json, JSON.stringify(admitted.json)).toMatchObject({ result: 'admitted' });
  expect(await told('ticket.checked_in')).toEqual([{ ticketId: tickets[0].id, orderId, showtimeId, gate: 'North' }]);

  const refund = { lines: [1], reason: 'One of the two was ill.' };
  const back = await shop.send('POST', `/v1/orders/${orderId}/refunds`, await shop.staff(), refund);
  expect(back.status, JSON.stringify(back.json)).toBe(200);
  expect(await told('order.refunded')).toMatchObject([{ orderId, reference, reason: 'staff', currency: 'EUR' }]);
  const [settled] = await told('refund.settled');
  expect(settled).toMatchObject({ orderId, state: 'succeeded', currency: 'EUR', amount: 1_200, reason: 'staff' });

  const rest = await shop.send('POST', `/v1/orders/${orderId}/refunds`, await shop.staff(), {
    reason: 'And the other.',
  });
  expect(rest.status, JSON.stringify(rest.json)).toBe(200);
  await told('refund.settled', 2);
  const freed = await told('booking.cancelled', 2);
  expect(freed.map(({ seats }) => String(seats)).sort()).toEqual(['R1-1', 'R1-2']);
  for (const one of freed) expect(one).toMatchObject({ showtimeId, orderId, reference: booked });

  // A hold that was booked has not ended, and nothing was told twice.
  const count = (type: string) => messages().filter((message) => message.type === type).length;
  expect(['hold.created', 'hold.ended', 'booking.created', 'order.fulfilled', 'ticket.checked_in'].map(count)).toEqual([
    1, 0, 1, 1, 1,
  ]);
  expect([count('refund.settled'), count('order.refunded')]).toEqual([2, 2]);
  // Nobody is named: who needs to know asks the API.
  expect(receiver.received.map(({ body }) => body).join()).not.toMatch(/Ada|ada@|was ill|the other/);
});

it('an order that its buyer cancels is told, and its hold has not ended: the buyer has it again', async () => {
  const buyer = await shop.guest();
  const made = await shop.order(buyer, ['R2-1']);
  const { id: orderId, reference } = made.json.order;
  expect((await shop.send('POST', `/v1/orders/${orderId}/cancel`, buyer)).status).toBe(200);
  expect(await told('order.cancelled')).toEqual([{ orderId, reference, channel: 'web', state: 'cancelled' }]);
  const isIt = ({ data }: Message) => String(data['seats']) === 'R2-1';
  const held = await eventually(async () => messages().find(isIt), WAIT_MS_MAX);
  expect(held.type).toBe('hold.created');
  const path = `/v1/showtimes/${shop.stage.showtimeId}/holds/${held.data['holdId']}`;
  expect((await shop.send('DELETE', path, buyer)).status).toBeLessThan(300);
  expect(await told('hold.ended')).toMatchObject([{ holdId: held.data['holdId'], seats: ['R2-1'], cause: 'released' }]);
});
