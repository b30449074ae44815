import { expect, it } from 'vitest';
import { BUYER, ordered } from './one-order.js';
import { type OrderWorld, PAYMENT_TTL_MS, SHOWTIMES } from './order-world.js';

/** Longer than whoever ended an order has it alone. */
const LATER_MS = 31_000;

const holdsOf = (world: OrderWorld) =>
  SHOWTIMES.flatMap((showtimeId) => [...(world.houses.get(showtimeId)?.holds.values() ?? [])]);
const areFrozen = (world: OrderWorld) => holdsOf(world).some(({ orderId }) => orderId !== undefined);

it('whoever dies while an order is cancelled, its buyer soon has the holds again', async () => {
  for (let steps = 0; ; steps++) {
    const { world, monitor, read } = await ordered(SHOWTIMES);
    void world.worker(0).orders.cancel(read(), 'cancelled');
    await world.settle();
    let done = 0;
    for (; done < steps && world.waiting.length > 0; done++) await world.step(0);
    world.kill(0);
    const isCancelled = read().state === 'cancelled';
    world.now += LATER_MS;
    await monitor.look();
    expect(areFrozen(world), `after ${steps} steps`).toBe(!isCancelled);
    expect(holdsOf(world)).toHaveLength(2);
    if (done < steps) return;
  }
});

it('whoever dies while orders expire, their seats are soon free', async () => {
  for (let steps = 0; ; steps++) {
    const { world, monitor, read } = await ordered(SHOWTIMES);
    // The houses keep the seats for longer than the row says, as after a node that died while it prolonged them.
    for (const [at, showtimeId] of SHOWTIMES.entries()) {
      const { id: orderId, bookings, expiresAt } = read();
      const until = expiresAt + PAYMENT_TTL_MS;
      const keep = { type: 'check_out', holder: BUYER, holdId: bookings[at]?.holdId ?? '', orderId, until } as const;
      expect(world.ask(showtimeId, keep)).toMatchObject({ ok: true });
    }
    world.now = read().expiresAt;
    void world.worker(0).monitor.look();
    await world.settle();
    let done = 0;
    for (; done < steps && world.waiting.length > 0; done++) await world.step(0);
    world.kill(0);
    world.now += LATER_MS;
    await monitor.look();
    expect(read().state).toBe('expired');
    expect(holdsOf(world), `after ${steps} steps`).toEqual([]);
    if (done < steps) return;
  }
});

it('a house that does not answer is asked until it has, and then no more', async () => {
  const { world, orders, monitor, read } = await ordered(SHOWTIMES);
  world.away.add(SHOWTIMES[1]);
  await orders.cancel(read(), 'cancelled');
  world.now += LATER_MS;
  await monitor.look();
  expect(areFrozen(world)).toBe(true);
  world.away.clear();
  world.now += LATER_MS;
  await monitor.look();
  expect(areFrozen(world)).toBe(false);
  expect(await world.store.holdsDue(Number.MAX_SAFE_INTEGER, 0, 10)).toEqual([]);
});

it('a hold that a slow request puts into an order after it was cancelled is given back all the same', async () => {
  const { world, orders, monitor, read } = await ordered();
  const { id: orderId, bookings, expiresAt: until } = read();
  await orders.cancel(read(), 'cancelled');
  expect(areFrozen(world)).toBe(false);
  const slow = { type: 'check_out', holder: BUYER, holdId: bookings[0]?.holdId ?? '', orderId, until } as const;
  world.ask(SHOWTIMES[0], slow);
  expect(areFrozen(world)).toBe(true);
  world.now += LATER_MS;
  await monitor.look();
  expect(areFrozen(world)).toBe(false);
});

it('an order that is paid after it expired keeps the seats that it took again', async () => {
  const { world, orders, monitor, read, pay } = await ordered();
  world.answers = 'processing';
  await pay(1);
  world.now = read().expiresAt;
  world.away.add(SHOWTIMES[0]);
  await monitor.look();
  world.away.clear();
  await orders.settled(world.report(read()));
  await orders.idle();
  expect(read().state).toBe('fulfilled');
  world.now += LATER_MS;
  await monitor.look();
  expect([...(world.houses.get(SHOWTIMES[0])?.bookings.values() ?? [])]).toMatchObject([{ status: 'confirmed' }]);
});
