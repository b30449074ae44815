import { expect, it } from 'vitest';
import { endFrom, endOf } from '../../../../src/boxoffice/orders/keep-holds.js';
import { BUYER, key, ordered } from './one-order.js';
import { PAYMENT_TTL_MS, SHOWTIMES } from './order-world.js';

const MADE_AT = 1_000_000;
const LAST_END = MADE_AT + 3 * PAYMENT_TTL_MS;

it('a payment that starts late has the seats for the whole payment time', async () => {
  const { world, monitor, read, pay, heldUntil } = await ordered(SHOWTIMES);
  world.now = read().expiresAt - 1;
  world.answers = 'processing';
  expect(await pay(1)).toMatchObject({ ok: true, payment: { state: 'processing' } });
  const startedAt = world.now;
  for (const showtimeId of SHOWTIMES) expect(heldUntil(showtimeId)).toEqual([read().expiresAt]);
  expect(read().expiresAt).toBeGreaterThanOrEqual(startedAt + PAYMENT_TTL_MS);
  world.now = startedAt + PAYMENT_TTL_MS - 1;
  await monitor.look();
  expect(read().state).toBe('awaiting_payment');
});

it('a payment in the request that makes the order asks no house again', async () => {
  const { world, read, pay } = await ordered();
  const end = read().expiresAt;
  world.now += PAYMENT_TTL_MS / 20;
  world.away.add(SHOWTIMES[0]);
  world.answers = 'processing';
  expect(await pay(1)).toMatchObject({ ok: true });
  expect(read().expiresAt).toBe(end);
});

it('nobody keeps seats for ever by starting payments: one that would not have its whole time does not start', async () => {
  const { world, monitor, read, pay, heldUntil } = await ordered();
  world.answers = 'processing';
  let started = 0;
  for (let number = 1; number < 10 && (await pay(number)).ok; number++) {
    started++;
    world.now = read().expiresAt - 1;
  }
  expect(started).toBeGreaterThan(1);
  expect(started).toBeLessThan(4);
  const refused = await pay(9);
  expect(refused).toMatchObject({ ok: false, error: { code: 'order_closed' } });
  expect(world.charged).toBe(started);
  expect(heldUntil()).toEqual([read().expiresAt]);
  expect(read().expiresAt).toBeLessThanOrEqual(LAST_END);
  world.now = LAST_END;
  await monitor.look();
  expect(read().state).toBe('expired');
  expect(heldUntil()).toEqual([]);
});

it('a payment is not charged where a house has the seats no longer, or does not answer', async () => {
  const { world, read, pay } = await ordered(SHOWTIMES);
  world.now = read().expiresAt - 1;
  world.away.add(SHOWTIMES[1]);
  expect(await pay(1)).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } });
  world.away.clear();
  const [hold] = [...(world.houses.get(SHOWTIMES[1])?.holds.values() ?? [])];
  const release = { type: 'release', holder: BUYER, holdId: hold?.id ?? '', orderId: read().id } as const;
  expect(world.ask(SHOWTIMES[1], release)).toMatchObject({ ok: true });
  expect(await pay(1)).toMatchObject({ ok: false, error: { code: 'order_closed' } });
  expect(world.charged).toBe(0);
  expect(read().payments).toEqual([]);
});

it('a report that a payment is under way keeps the seats from then on, also where a house answers to its repeat only', async () => {
  const { world, orders, read, pay, heldUntil } = await ordered();
  world.answers = 'processing';
  await pay(1);
  world.now += PAYMENT_TTL_MS;
  const report = world.report(read(), 'under way', 'processing');
  world.away.add(SHOWTIMES[0]);
  await expect(orders.settled(report)).rejects.toThrow('did not answer');
  expect(read().expiresAt).toBeLessThan(world.now + PAYMENT_TTL_MS);
  world.away.clear();
  expect(await orders.settled(report)).toBe('repeated');
  expect(read().expiresAt).toBeGreaterThanOrEqual(world.now + PAYMENT_TTL_MS);
  expect(heldUntil()).toEqual([read().expiresAt]);
});

it('a node that dies while it keeps the seats leaves an order that ends no later than its holds', async () => {
  for (let steps = 0; steps < 12; steps++) {
    const { world, monitor, read, heldUntil } = await ordered(SHOWTIMES);
    world.now = read().expiresAt - 1;
    world.answers = 'processing';
    const { orders } = world.worker(0);
    void orders.pay(read(), { provider: 'test', details: {}, returnUrl: '', key: key(1), staff: undefined });
    await world.settle();
    for (let step = 0; step < steps && world.waiting.length > 0; step++) await world.step(0);
    world.kill(0);
    const ends = SHOWTIMES.flatMap((showtimeId) => heldUntil(showtimeId));
    expect(Math.min(...ends), `after ${steps} steps`).toBeGreaterThanOrEqual(read().expiresAt);
    world.now = read().expiresAt;
    await monitor.look();
    expect(SHOWTIMES.flatMap((showtimeId) => heldUntil(showtimeId))).toEqual([]);
  }
});

it('the end of an order moves only where a payment would have less than its time, and never past the last one', () => {
  const order = { createdAt: 0, expiresAt: endFrom(0, 1_000) };
  expect(order.expiresAt).toBe(1_100);
  expect(endOf(order, 100, 1_000)).toBe(1_100);
  expect(endOf(order, 101, 1_000)).toBe(1_201);
  expect(endOf({ ...order, expiresAt: 2_950 }, 2_000, 1_000)).toBe(3_000);
  expect(endOf({ ...order, expiresAt: 3_000 }, 2_900, 1_000)).toBe(3_000);
});
