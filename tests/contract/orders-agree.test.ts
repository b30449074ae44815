import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MemoryOrderStore } from '../../src/boxoffice/orders/memory-order-store.js';
import type { Order } from '../../src/boxoffice/orders/order-port.js';
import type { MoneyFault, NewOrder, NewPayment, OrderStore } from '../../src/boxoffice/orders/order-store-port.js';
import { PostgresOrderStore } from '../../src/boxoffice/orders/postgres-order-store.js';
import { createDatabase } from '../integration/database.js';
import { draftOf, openedOf, paymentOf, quietTime, reportOf } from './an-order.js';

/** Both stores do the same with the same calls: the simulation, which has the one, says something about the other. */
let close: () => Promise<void>;
let postgres: OrderStore;
beforeAll(async () => {
  const database = await createDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  postgres = new PostgresOrderStore(pool, { take: async () => true, giveBack: async () => {}, earn: async () => {} });
  close = async () => {
    await pool.end();
    await database.drop();
  };
});
afterAll(() => close());

const ORDERS = 3;
const PAYMENTS = 3;
const MINUTE_MS = 60_000;
/** Of each order, minor units. */
const TOTAL = 2_000;

const order = fc.nat(ORDERS - 1);
const payment = fc.nat(PAYMENTS - 1);
const settles = fc.record({
  act: fc.constant('settle' as const),
  ...{ order, payment, event: fc.nat(2) },
  state: fc.constantFrom('succeeded', 'succeeded', 'succeeded', 'failed', 'processing', 'cancelled'),
  received: fc.constantFrom(TOTAL, TOTAL, TOTAL, TOTAL - 1, 0),
});
const act = fc.oneof(
  { weight: 6, arbitrary: settles },
  fc.record({
    act: fc.constantFrom('draft' as const, 'open' as const, 'fulfil' as const, 'endRefunded' as const),
    order,
  }),
  fc.record({ act: fc.constantFrom('open' as const), order }),
  fc.record({ act: fc.constant('cancel' as const), order, from: fc.constantFrom('draft', 'awaiting_payment') }),
  { weight: 3, arbitrary: fc.record({ act: fc.constant('addPayment' as const), order, payment }) },
  fc.record({
    act: fc.constant('noteStarted' as const),
    order,
    payment,
    state: fc.constantFrom('processing', 'failed'),
  }),
  fc.record({ act: fc.constantFrom('raiseAttempt' as const, 'decideRefund' as const), order, attempt: fc.nat(1) }),
  fc.record({
    act: fc.constant('settleRefund' as const),
    ...{ order, event: fc.nat(2), state: fc.constantFrom('succeeded', 'failed', 'pending') },
  }),
  fc.record({ act: fc.constantFrom('expire' as const, 'due' as const, 'holdsDue' as const), minutes: fc.nat(30) }),
  fc.record({ act: fc.constant('prolong' as const), order, minutes: fc.nat(30) }),
);
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;

/** What the calls of one run name: the same for both stores. */
class Scene {
  readonly at = quietTime();
  /** The last order wants the hold of the first. */
  readonly drafts: readonly NewOrder[] = Array.from({ length: ORDERS }, (_, number) =>
    draftOf({ createdAt: this.at, expiresAt: this.at + (number + 1) * 5 * MINUTE_MS, holder: `guest:${this.at}` }),
  ).map((draft, number, all) => (number === ORDERS - 1 ? wantingHoldOf(draft, all[0] as NewOrder) : draft));
  readonly payments: readonly (readonly NewPayment[])[] = this.drafts.map((draft) =>
    Array.from({ length: PAYMENTS }, () => paymentOf(draft)),
  );
  readonly events = Array.from({ length: 3 }, () => randomUUID());
  readonly #ids = new Map<string, string>();

  /** Of the refund or ticket that this step makes. */
  idFor(step: string): string {
    const known = this.#ids.get(step) ?? randomUUID();
    this.#ids.set(step, known);
    return known;
  }
}

function wantingHoldOf(draft: NewOrder, other: NewOrder): NewOrder {
  const holdId = other.bookings[0]?.holdId ?? '';
  return { ...draft, bookings: draft.bookings.map((booking) => ({ ...booking, holdId })) };
}

async function perform(store: OrderStore, scene: Scene, one: Act, step: number): Promise<unknown> {
  const { at } = scene;
  const now = at + step;
  if ('minutes' in one && one.act !== 'prolong') return await look(store, at + one.minutes * MINUTE_MS, one.act);
  const draft = scene.drafts[one.order] as NewOrder;
  const { id } = draft;
  const paid = 'payment' in one ? (scene.payments[one.order]?.[one.payment] as NewPayment) : undefined;
  switch (one.act) {
    case 'draft': {
      // Another try after it was given up has another id.
      if ((await store.find(id))?.state === 'cancelled') return 'given up';
      const drafted = await store.draft(draft, 2);
      return 'order' in drafted ? { ...drafted, order: comparable(drafted.order) } : drafted;
    }
    case 'open':
      return await store.open({
        ...openedOf(draft),
        discounts: one.order === 1 ? [{ kind: 'voucher', code: 'A', amount: 1 }] : [],
      });
    case 'cancel':
      return await store.cancel({ orderId: id, from: one.from as 'draft', reason: 'x', now, holdsDueAt: now });
    case 'addPayment':
      return await store.addPayment(paid as NewPayment);
    case 'noteStarted': {
      const started = { paymentId: paid?.id ?? '', providerRef: `ref ${paid?.id}`, failure: 'f', now };
      return await store.noteStarted({ ...started, state: one.state as 'failed' });
    }
    case 'settle': {
      const received = { amount: one.received, currency: 'EUR' };
      const state = one.state as 'succeeded';
      const more = { state, eventId: `${scene.events[one.event]} ${paid?.id} ${state}` };
      const report = reportOf(paid as NewPayment, state === 'succeeded' ? { ...more, received } : more);
      return await store.settle(report, scene.idFor(`refund ${step}`), now);
    }
    case 'fulfil': {
      const known = await store.find(id);
      const ids = [0, 1].map((line) => scene.idFor(`ticket ${step} ${line}`));
      return known && (await store.fulfil(known, ids, now));
    }
    case 'endRefunded':
      return await store.endRefunded(id, now);
    case 'raiseAttempt':
      return await store.raiseAttempt(id, 0, one.attempt);
    case 'decideRefund': {
      const refundId = scene.idFor(`refund ${step}`);
      return await store.decideRefund({
        orderId: id,
        number: 0,
        attempt: one.attempt,
        reason: 'late_payment',
        refundId,
        now,
      });
    }
    case 'settleRefund': {
      const refundId = (await store.find(id))?.refunds[0]?.id ?? scene.idFor(`none ${step}`);
      const report = {
        provider: 'test',
        eventId: `${scene.events[one.event]} ${refundId}`,
        kind: 'k',
        refundId,
      } as const;
      return await store.settleRefund({ ...report, providerRef: `r ${refundId}`, state: one.state as 'failed' }, now);
    }
    case 'prolong':
      return await store.prolong(id, at + one.minutes * MINUTE_MS);
  }
}

async function look(store: OrderStore, now: number, what: 'expire' | 'due' | 'holdsDue'): Promise<unknown> {
  if (what === 'due') return await store.due(now, now + MINUTE_MS, 10);
  if (what === 'holdsDue') return sorted(await store.holdsDue(now, now + MINUTE_MS, 10));
  return sorted(await store.expire(now, now + MINUTE_MS, 10));
}

function sorted(orders: readonly Order[]): Order[] {
  return orders.map(comparable).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Payments and refunds of one moment have no order. */
function comparable(known: Order): Order {
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  return { ...known, payments: [...known.payments].sort(byId), refunds: [...known.refunds].sort(byId) };
}

it('whatever is asked of the stores of orders, in whatever order, they answer alike and keep the same', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 60 }), async (acts) => {
      const scene = new Scene();
      const memory = new MemoryOrderStore();
      const opening: Act[] = scene.drafts.flatMap((_, number) => [
        { act: 'draft', order: number },
        { act: 'open', order: number },
        { act: 'addPayment', order: number, payment: 0 },
      ]);
      for (const [step, one] of [...opening, ...acts].entries()) {
        const [left, right] = [await perform(memory, scene, one, step), await perform(postgres, scene, one, step)];
        expect(left, JSON.stringify(one)).toEqual(right);
        const touched = 'order' in one ? [scene.drafts[one.order] as NewOrder] : scene.drafts;
        for (const { id } of touched) {
          const [kept, other] = [await memory.find(id), await postgres.find(id)];
          expect(kept && comparable(kept), JSON.stringify(one)).toEqual(other && comparable(other));
          seen.add(kept?.state ?? 'none');
        }
      }
      const faultsOf = async (store: OrderStore) =>
        (await store.moneyFaults(scene.at, scene.at + 1_000)).filter(isOfMoney).map(({ orderId }) => orderId);
      expect((await faultsOf(memory)).sort()).toEqual((await faultsOf(postgres)).sort());
    }),
    { numRuns: 20, examples: PATHS, endOnFailure: true },
  );
  for (const state of ['awaiting_payment', 'expired', 'cancelled', 'paid', 'fulfilled', 'refunded'])
    expect(seen).toContain(state);
}, 120_000);

/** States that are seldom reached by chance. */
const PATHS: [Act[]][] = [
  [[paid(0), { act: 'fulfil', order: 0 }]],
  [
    [
      paid(1),
      { act: 'decideRefund', order: 1, attempt: 0 },
      { act: 'endRefunded', order: 1 },
      { act: 'settleRefund', order: 1, event: 0, state: 'succeeded' },
    ],
  ],
  [[{ act: 'expire', minutes: 30 }, paid(1), { act: 'endRefunded', order: 1 }]],
];

function paid(order: number): Act {
  return { act: 'settle', order, payment: 0, event: 0, state: 'succeeded', received: TOTAL };
}

/** Not an order that lacks nothing but its booking: the journal is beside the stores. */
function isOfMoney({ state, received, returned }: MoneyFault): boolean {
  return state !== 'fulfilled' || received - returned !== TOTAL;
}
