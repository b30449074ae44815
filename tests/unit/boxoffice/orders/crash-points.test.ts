import fc from 'fast-check';
import { expect, it } from 'vitest';
import { endFrom } from '../../../../src/boxoffice/orders/keep-holds.js';
import type { Order } from '../../../../src/boxoffice/orders/order-port.js';
import { asked, BUYER } from './one-order.js';
import { HOLD_TTL_MS, OrderWorld, PAYMENT_TTL_MS, SHOWTIMES } from './order-world.js';

const RIVAL = 'guest:rival';

function hold(world: OrderWorld, showtimes: readonly string[]) {
  return showtimes.map((showtimeId) => ({ showtimeId, holdId: world.holdSeats(showtimeId, BUYER, ['R1-1', 'R1-2']) }));
}

/** Confirmed bookings of an order, and seats that its holds keep from others. */
function seatsOf(world: OrderWorld, { id }: Pick<Order, 'id'>) {
  let [booked, held] = [0, 0];
  for (const house of world.houses.values()) {
    for (const { orderId, status, seats } of house.bookings.values()) {
      if (orderId === id && status === 'confirmed') booked += seats.length;
    }
    for (const { orderId, seats } of house.holds.values()) if (orderId === id) held += seats.length;
  }
  return { booked, held };
}

/** All that time and the monitor bring to an end. */
async function rest(world: OrderWorld): Promise<void> {
  const { monitor, orders } = world.alone();
  for (let round = 0; round < 8; round++) {
    world.now += 70_000;
    await monitor.look();
    await orders.idle();
  }
}

/** Seats and tickets, or a refund: all of one and nothing of the other. */
function expectOneOfBoth(world: OrderWorld, orderId: string): void {
  const order = world.store.all().find(({ id }) => id === orderId) as Order;
  const tickets = world.store.tables.tickets.filter((ticket) => ticket.orderId === orderId).length;
  const told = world.store.tables.outbox.filter((row) => row.orderId === orderId).map(({ topic }) => topic);
  const refunds = order.refunds.map(({ amount, reason }) => [amount, reason]);
  const what = { state: order.state, ...seatsOf(world, order), tickets, refunds };
  const seats = order.lines.length;
  if (order.state === 'fulfilled') {
    expect(what).toEqual({ state: 'fulfilled', booked: seats, held: 0, tickets: seats, refunds: [] });
    expect(told.filter((topic) => topic === 'order.fulfilled')).toHaveLength(1);
  } else {
    const whole = [[order.total, 'late_payment']];
    expect(what).toEqual({ state: 'refunded', booked: 0, held: 0, tickets: 0, refunds: whole });
    expect(told.filter((topic) => topic === 'order.refunded')).toHaveLength(1);
  }
}

/** Somebody else buys a seat, for good, if it is free. */
function outbid(world: OrderWorld, showtimeId: string, pick: number): void {
  const newHoldId = `rival ${showtimeId} ${pick}`;
  const held = world.ask(showtimeId, { type: 'hold', holder: RIVAL, seats: [`R1-${1 + (pick % 2)}`], newHoldId });
  if (!held.ok) return;
  const price = { amount: 1_000, currency: 'EUR' };
  const ids = { newBookingId: `of ${newHoldId}`, newReference: `of ${newHoldId}` };
  world.ask(showtimeId, { type: 'book', holder: RIVAL, holdId: newHoldId, price, ...ids });
}

type Act = 'step' | 'kill' | 'rival' | 'wait';
const acts = fc.array(
  fc.record({
    act: fc.oneof(
      { weight: 30, arbitrary: fc.constant<Act>('step') },
      { weight: 1, arbitrary: fc.constant<Act>('kill') },
      { weight: 1, arbitrary: fc.constant<Act>('rival') },
      { weight: 1, arbitrary: fc.constant<Act>('wait') },
    ),
    pick: fc.nat(1_000),
  }),
  { maxLength: 150 },
);

/** Workers take turns as the acts say, until nobody waits or the acts are over. */
async function play(world: OrderWorld, plan: readonly { readonly act: Act; readonly pick: number }[]): Promise<void> {
  await world.settle();
  for (const { act, pick } of plan) {
    const { waiting } = world;
    if (act === 'kill') world.kill(pick % 4);
    else if (act === 'wait') world.now += 61_000;
    else if (act === 'rival') {
      const showtimeId = SHOWTIMES[pick % SHOWTIMES.length] ?? '';
      outbid(world, showtimeId, pick);
    } else if (waiting.length > 0) await world.step(pick % waiting.length);
  }
}

const scenes = fc.record({
  two: fc.boolean(),
  /** How long it takes until the money comes. */
  lateMs: fc.constantFrom(0, HOLD_TTL_MS + 1, endFrom(1, PAYMENT_TTL_MS)),
  hasExpired: fc.boolean(),
  /** Where somebody takes a seat as soon as it is free. */
  rival: fc.constantFrom(undefined, ...SHOWTIMES),
  plan: acts,
});

it('a paid order has its seats or its refund, whoever dies when and whoever does what twice', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(scenes, async ({ two, lateMs, hasExpired, rival, plan }) => {
      const world = new OrderWorld();
      const setting = world.alone();
      const created = await setting.orders.create(asked(hold(world, two ? SHOWTIMES : [SHOWTIMES[0]])));
      if (!created.ok) throw new Error(created.error.code);
      const { order } = created;
      world.now += lateMs;
      if (hasExpired) await setting.monitor.look();
      if (rival) outbid(world, rival, 1);
      const [one, other, third, fourth] = [0, 1, 2, 3].map((number) => world.worker(number));
      // The same event twice, the same money under another event, and a monitor that comes in between.
      for (const [worker, event] of [
        [one, 'e1'],
        [other, 'e1'],
        [third, 'e2'],
      ] as const) {
        void worker?.orders.settled(world.report(order, event)).then(() => worker.orders.bringOn(order.id));
      }
      void fourth?.monitor.look();
      await play(world, plan);
      // A provider repeats a report until somebody has taken it.
      await setting.orders.settled(world.report(order));
      await rest(world);
      expectOneOfBoth(world, order.id);
      seen.add(`${world.store.all()[0]?.state} ${world.store.all()[0]?.bookings.some(({ attempt }) => attempt > 0)}`);
    }),
    { numRuns: 400 },
  );
  expect([...seen].sort()).toEqual(['fulfilled false', 'fulfilled true', 'refunded false', 'refunded true']);
});

it('a purchase in one request that dies after any step, and is sent again, is one purchase', async () => {
  for (let steps = 0; ; steps++) {
    const world = new OrderWorld();
    const holds = hold(world, SHOWTIMES);
    const buy = async ({ orders }: ReturnType<OrderWorld['alone']>) => {
      const created = await orders.create(asked(holds));
      if (!created.ok) return created;
      const payment = { provider: 'test', details: {}, returnUrl: '', key: asked(holds).key, staff: undefined };
      return await orders.pay(created.order, payment);
    };
    const first = buy(world.worker(0));
    await world.settle();
    let done = 0;
    while (done < steps && world.waiting.length > 0) {
      await world.step(0);
      done++;
    }
    world.kill(0);
    const again = await buy(world.alone());
    expect(again, `after ${steps} steps`).toMatchObject({ ok: true });
    await rest(world);
    const sold = world.store.all().filter(({ state }) => state !== 'cancelled');
    expect(sold.map(({ state }) => state)).toEqual(['fulfilled']);
    expectOneOfBoth(world, sold[0]?.id ?? '');
    if (done < steps) {
      await first;
      expect(steps).toBeGreaterThan(15);
      return;
    }
  }
});

it('whoever dies while an order is made or cancelled, no seat stays in an order that is none', async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), acts, async (isStolen, plan) => {
      const world = new OrderWorld();
      const holds = hold(world, SHOWTIMES);
      if (isStolen) world.ask(SHOWTIMES[1], { type: 'release', holder: BUYER, holdId: holds[1]?.holdId ?? '' });
      for (const number of [0, 1]) void world.worker(number).orders.create(asked(holds));
      const canceller = world.worker(2);
      const cancel = async () => {
        const [order] = world.store.all();
        if (order) await canceller.orders.cancel(order, 'cancelled');
      };
      void world.worker(3).monitor.look();
      await play(world, plan.slice(0, 40));
      void cancel();
      await play(world, plan.slice(40));
      await rest(world);
      // Before the time of the order is over.
      const cancelled = world.store.all().filter(({ state }) => state === 'cancelled');
      for (const order of cancelled) expect(seatsOf(world, order)).toEqual({ booked: 0, held: 0 });
      world.now += PAYMENT_TTL_MS;
      await rest(world);
      for (const order of world.store.all()) {
        expect(['cancelled', 'expired']).toContain(order.state);
        expect(seatsOf(world, order)).toEqual({ booked: 0, held: 0 });
      }
    }),
    { numRuns: 150 },
  );
});
