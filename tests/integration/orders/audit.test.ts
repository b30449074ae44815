import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Shop } from './shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(async () => await shop.close());

async function auditOf(orderId: string) {
  const { json } = await shop.send('GET', `/v1/audit-log?subject=order:${orderId}`, await shop.staff());
  return json.entries.reverse().map(({ action, holder, role, after }: Record<string, unknown>) => {
    return { action, holder, role, after };
  });
}

const byStaff = { holder: 'user:staff', role: 'admin' };

it('an order at the counter, its cash, and what is given back of it are in the audit log, each once', async () => {
  const staff = await shop.staff();
  const key = randomUUID();
  const hold = await shop.hold(staff, ['R1-1', 'R1-2']);
  const quote = await shop.send('POST', '/v1/orders/quote', staff, { holds: [hold], channel: 'pos' });
  const pay = { provider: 'cash', details: { by: 'terminal' } };
  const body = { holds: [hold], total: quote.json.total, channel: 'pos', pay, name: 'Ann', email: 'ann@example.org' };
  const { order, payment } = (await shop.send('POST', '/v1/orders', staff, body, key)).json;
  await shop.send('POST', '/v1/orders', staff, body, key);
  const { amount } = quote.json.total;
  const made = {
    ...{ reference: order.reference, holder: 'user:staff', channel: 'pos', total: amount, currency: 'EUR' },
    ...{ showtimes: [shop.stage.showtimeId], seats: ['R1-1', 'R1-2'] },
  };
  const taken = { kind: 'cash.terminal', paymentId: payment.id, amount, currency: 'EUR', outcome: 'taken' };
  const entries = [
    { ...byStaff, action: 'order.create', after: made },
    { ...byStaff, action: 'payment.take', after: taken },
  ];
  expect(await auditOf(order.id)).toEqual(entries);
  const refund = { lines: [0], reason: 'The seat is broken.' };
  const refunded = await shop.send('POST', `/v1/orders/${order.id}/refunds`, staff, refund);
  expect(refunded.status, JSON.stringify(refunded.json)).toBeLessThan(300);
  const given = { ...byStaff, action: 'order.refund', after: { reason: refund.reason, refund: amount / 2 } };
  expect((await auditOf(order.id)).slice(2)).toMatchObject([given]);
});

it('cash for an order that can use it no more is in the audit log all the same', async () => {
  const staff = await shop.staff();
  const buyer = await shop.guest();
  const { order } = (await shop.order(buyer, ['R2-1'])).json;
  const cash = { provider: 'cash' };
  const both = await Promise.all([1, 2].map(() => shop.send('POST', `/v1/orders/${order.id}/payments`, staff, cash)));
  const taken = both.filter(({ status }) => status === 201).length;
  const outcomes = (await auditOf(order.id)).map(
    ({ action, after }: { action: string; after: { outcome: string } }) => [action, after.outcome],
  );
  expect(outcomes).toHaveLength(taken);
  expect(outcomes).toContainEqual(['payment.take', 'taken']);
});

it('staff who cancel somebody’s order are in the audit log; a buyer who cancels, buys or pays is not', async () => {
  const buyer = await shop.guest();
  const card = { pay: { provider: 'test', details: { card: 'succeed' } } };
  const bought = (await shop.order(buyer, ['R3-1'], card)).json.order;
  const own = (await shop.order(buyer, ['R3-3'])).json.order;
  await shop.send('POST', `/v1/orders/${own.id}/cancel`, buyer);
  const other = (await shop.order(buyer, ['R3-5'])).json.order;
  expect((await shop.send('POST', `/v1/orders/${other.id}/cancel`, await shop.staff())).json.state).toBe('cancelled');
  expect(await auditOf(bought.id)).toEqual([]);
  expect(await auditOf(own.id)).toEqual([]);
  const after = { reference: other.reference, reason: 'cancelled', holder: expect.stringMatching(/^guest:/) };
  expect(await auditOf(other.id)).toEqual([{ ...byStaff, action: 'order.cancel', after }]);
});
