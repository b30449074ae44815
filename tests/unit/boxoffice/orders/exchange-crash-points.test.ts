import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AskedOrder } from '../../../../src/boxoffice/orders/create-order.js';
import type { Order } from '../../../../src/boxoffice/orders/order-port.js';
import { asked, BUYER } from './one-order.js';
import { OrderWorld, SHOWTIMES } from './order-world.js';

function askedFor(showtimeId: string, holdId: string, amount: number, number: number): AskedOrder {
  return { ...asked([{ showtimeId, holdId }], number), total: { amount, currency: 'EUR' }, asked: `hash ${number}` };
}

async function buy({ orders }: ReturnType<OrderWorld['alone']>, what: AskedOrder): Promise<Order> {
  const created = await orders.create(what);
  if (!created.ok) throw new Error(created.error.message);
  const payment = { provider: 'test', details: {}, returnUrl: '', key: what.key, staff: undefined };
  const paid = await orders.pay(created.order, payment);
  if (!paid.ok) throw new Error(paid.error.message);
  return paid.order;
}

const find = (world: OrderWorld, id: string) => world.store.all().find((order) => order.id === id) as Order;

async function rest(world: OrderWorld): Promise<void> {
  const { monitor, orders } = world.alone();
  for (let round = 0; round < 8; round++) {
    world.now += 70_000;
    await monitor.look();
    await orders.idle();
  }
}

function tickets(world: OrderWorld, id: string): number {
  return world.store.tables.tickets.filter(({ orderId }) => orderId === id).length;
}

/** Exactly one of the two has each seat that was paid for, and all money is in one of them or on its way back. */
function expectOneOfBoth(world: OrderWorld, oldId: string, newId: string, due: number): string {
  const [old, next] = [find(world, oldId), find(world, newId)];
  const sold = old.lines.filter(({ state }) => state === 'sold').length;
  const { returns, credits } = world.store.tables;
  const sum = credits.reduce((total, { amount }) => total + amount, 0);
  expect(sum).toBe(0);
  if (next.state === 'fulfilled') {
    const what = { state: old.state, sold, tickets: tickets(world, oldId), returns: returns.length };
    expect(what).toEqual({ state: due === 0 ? old.state : 'refunded', sold: 0, tickets: 0, returns: 1 });
    expect(tickets(world, newId)).toBe(next.lines.length);
    expect(old.lines.every(({ exchangedFor }) => exchangedFor === newId)).toBe(true);
    expect(old.refunds.map(({ amount }) => amount)).toEqual(due === 0 ? [1_000] : []);
  } else {
    expect(next.state).toBe('refunded');
    expect([sold, tickets(world, oldId), tickets(world, newId), returns.length]).toEqual([2, 2, 0, 0]);
    expect(next.refunds.map(({ amount }) => amount)).toEqual(due === 0 ? [] : [due]);
  }
  return next.state;
}

/** Two seats that were bought, and a hold of others: of two for the same price and one more, or of one. */
async function prepared(seats: readonly string[]) {
  const world = new OrderWorld();
  const first = world.holdSeats(SHOWTIMES[0], BUYER, ['R1-1', 'R1-2']);
  const old = await buy(world.alone(), askedFor(SHOWTIMES[0], first, 2_000, 1));
  const due = Math.max(0, seats.length * 1_000 - 2_000);
  const refund = Math.max(0, 2_000 - seats.length * 1_000);
  const holdId = world.holdSeats(SHOWTIMES[1], BUYER, seats);
  const exchange = { of: old, lines: undefined, refund, staff: undefined };
  return { world, old, due, what: { ...askedFor(SHOWTIMES[1], holdId, due, 2), exchange } };
}

it.each([
  ['dearer', ['R1-1', 'R1-2', 'R1-3']],
  ['cheaper', ['R1-1']],
])('an exchange for %s seats that dies after any step, and is sent again, is one exchange', async (_, seats) => {
  for (let steps = 0; ; steps++) {
    const { world, old, due, what } = await prepared(seats);
    const first = buy(world.worker(0), what).catch(() => {});
    await world.settle();
    let done = 0;
    while (done < steps && world.waiting.length > 0) {
      await world.step(0);
      done++;
    }
    world.kill(0);
    const next = await buy(world.alone(), what);
    await rest(world);
    expect(expectOneOfBoth(world, old.id, next.id, due), `after ${steps} steps`).toBe('fulfilled');
    if (done < steps) {
      await first;
      expect(steps).toBeGreaterThan(12);
      return;
    }
  }
});

it('an old seat that is used at any time is used or exchanged, and never both', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.nat(40), fc.nat(40), fc.boolean(), async (usedAfter, diesAfter, isDearer) => {
      const { world, old, due, what } = await prepared(isDearer ? ['R1-1', 'R1-2', 'R1-3'] : ['R1-1']);
      void buy(world.worker(0), what).catch(() => {});
      await world.settle();
      for (let step = 0; step < 40; step++) {
        // Somebody is let in only with a ticket that is valid.
        if (step === usedAfter && find(world, old.id).lines[0]?.state === 'sold') {
          world.store.tables.lost.push({ orderId: old.id, line: 0 });
        }
        if (step === diesAfter) world.kill(0);
        if (world.waiting.length > 0) await world.step(0);
      }
      const next = await buy(world.alone(), what);
      await rest(world);
      const isUsed = world.store.tables.lost.length > 0;
      const state = expectOneOfBoth(world, old.id, next.id, due);
      expect(state).toBe(isUsed ? 'refunded' : 'fulfilled');
      seen.add(state);
    }),
    { numRuns: 150 },
  );
  expect([...seen].sort()).toEqual(['fulfilled', 'refunded']);
});

it('of two exchanges of the same seats that are paid, one is fulfilled and the other refunded', async () => {
  const { world, old, what } = await prepared(['R1-1', 'R1-2', 'R1-3']);
  const holdId = world.holdSeats(SHOWTIMES[0], BUYER, ['R1-3', 'R1-4']);
  const other = { ...askedFor(SHOWTIMES[0], holdId, 0, 3), exchange: { ...what.exchange, refund: 0 } };
  const opened = await world.alone().orders.create(what);
  if (!opened.ok) throw new Error(opened.error.message);
  const won = await buy(world.alone(), other);
  await world.alone().orders.settled(world.report(opened.order));
  await rest(world);
  expect([won.state, find(world, opened.order.id).state]).toEqual(['fulfilled', 'refunded']);
  expect(find(world, opened.order.id)).toMatchObject({
    reason: 'exchange_gone',
    refunds: [{ amount: 1_000, reason: 'exchange_gone' }],
  });
  expect(find(world, old.id).lines.map(({ exchangedFor }) => exchangedFor)).toEqual([won.id, won.id]);
});
