import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Order } from '../../src/boxoffice/orders/order-port.js';
import type { OrderStore } from '../../src/boxoffice/orders/order-store-port.js';
import {
  draftOf,
  HOUR_MS,
  type OrderStoreStage,
  openedOf,
  orderedIn,
  paidIn,
  paymentOf,
  quietTime,
  reportOf,
} from './an-order.js';

/** What every store of orders promises until an order is paid. The times are those that the callers hand in. */
export function orderStoreSuite(name: string, open: () => Promise<OrderStoreStage>): void {
  describe(name, () => {
    let stage: OrderStoreStage;
    let store: OrderStore;
    beforeAll(async () => {
      stage = await open();
      store = stage.store;
    });
    afterAll(async () => await stage?.close());

    it('drafts an order once for each request, and gives back what it was given', async () => {
      const draft = draftOf({
        email: 'ann@example.org',
        name: 'Ann',
        locale: 'de-CH',
        channel: 'pos',
        orderedBy: 'user:1',
      });
      expect(await store.draft(draft, 10)).toEqual({ ok: true, isNew: true });
      const { requestId: _, asked: __, ...members } = draft;
      const order = {
        ...{ ...members, state: 'draft', reason: undefined, decision: undefined, refunded: 0 },
        ...{ paidAt: undefined, fulfilledAt: undefined, exchange: undefined, credit: 0, exchanged: 0 },
        bookings: draft.bookings.map((booking) => ({ ...booking, status: 'pending', attempt: 0 })),
        ...{ lines: [], discounts: [], payments: [], refunds: [] },
      };
      expect(await store.find(draft.id)).toEqual(order);
      const again = { ...draftOf(), requestId: draft.requestId };
      expect(await store.draft(again, 10)).toEqual({ ok: true, isNew: false, order });
      expect(await store.draft({ ...again, asked: 'something else' }, 10)).toEqual({
        ok: false,
        fault: 'request_reused',
      });
      expect(await store.findRequest(draft.requestId)).toEqual({ order, asked: draft.asked });
      expect(await store.find(randomUUID())).toBeUndefined();
      expect(await store.findRequest(randomUUID())).toBeUndefined();
    });

    it('counts the orders that a holder has under way', async () => {
      const { holder, ...order } = await orderedIn(store);
      expect(await store.draft(draftOf({ holder }), 2)).toEqual({ ok: true, isNew: true });
      expect(await store.draft(draftOf({ holder }), 2)).toEqual({ ok: false, fault: 'too_many' });
      await store.cancel({ orderId: order.id, from: 'awaiting_payment', reason: 'x', now: 0, holdsDueAt: undefined });
      expect(await store.draft(draftOf({ holder }), 2)).toEqual({ ok: true, isNew: true });
    });

    it('lets a hold be in one order only, until that one has ended', async () => {
      const first = await orderedIn(store);
      const [booking] = first.bookings;
      const second = draftOf();
      const bookings = [...second.bookings, { ...second.bookings[0], number: 1, holdId: booking?.holdId }] as never;
      const both = { ...second, bookings };
      expect(await store.draft(both, 10)).toEqual({ ok: false, fault: 'hold_in_order' });
      expect(await store.find(second.id)).toMatchObject({
        state: 'cancelled',
        reason: 'hold_in_order',
        bookings: [{ number: 0, status: 'failed' }],
      });
      expect(await store.findRequest(second.requestId)).toBeUndefined();
      await store.cancel({ orderId: first.id, from: 'awaiting_payment', reason: 'x', now: 0, holdsDueAt: undefined });
      const third = draftOf();
      const other = { ...third, bookings: third.bookings.map((one) => ({ ...one, holdId: booking?.holdId ?? '' })) };
      expect(await store.draft(other, 10)).toEqual({ ok: true, isNew: true });
    });

    it('opens a draft once, with its lines, discounts and payment', async () => {
      const draft = draftOf();
      await store.draft(draft, 10);
      const discounts = [{ kind: 'voucher', code: 'SPRING', amount: 100 }] as const;
      const opened = { ...openedOf(draft), discounts, payment: paymentOf(draft) };
      expect(await store.open(opened)).toBe('opened');
      expect(await store.open(opened)).toBe('no_draft');
      expect(await store.open(openedOf(draftOf()))).toBe('no_draft');
      const order = await store.find(draft.id);
      expect(order).toMatchObject({
        state: 'awaiting_payment',
        discounts,
        payments: [{ id: opened.payment.id, state: 'created' }],
      });
      expect(order?.lines).toEqual(opened.lines.map((line) => ({ ...line, state: 'sold', refunded: 0, exchanged: 0 })));
    });

    it('cancels from the named state only, tells of what was open, and lets the request of a draft ask again', async () => {
      const draft = draftOf();
      await store.draft(draft, 10);
      const cancelled = { orderId: draft.id, reason: 'gone', now: 0, holdsDueAt: undefined };
      expect(await store.cancel({ ...cancelled, from: 'awaiting_payment' })).toBe(false);
      expect(await store.cancel({ ...cancelled, from: 'draft' })).toBe(true);
      expect(await store.cancel({ ...cancelled, from: 'draft' })).toBe(false);
      expect(await store.open(openedOf(draft))).toBe('no_draft');
      expect(await stage.told(draft.id)).toEqual([]);
      expect(await store.draft({ ...draftOf(), requestId: draft.requestId }, 10)).toMatchObject({ isNew: true });
      const order = await orderedIn(store);
      expect(await store.cancel({ ...cancelled, orderId: order.id, from: 'awaiting_payment' })).toBe(true);
      expect(await store.find(order.id)).toMatchObject({
        state: 'cancelled',
        reason: 'gone',
        bookings: [{ status: 'failed' }],
      });
      expect(await stage.told(order.id)).toEqual(['order.cancelled']);
    });

    it('adds a payment once, and only while the order awaits one', async () => {
      const order = await orderedIn(store);
      const payment = paymentOf(order);
      expect(await store.addPayment(payment)).toBe('added');
      expect(await store.addPayment(payment)).toBe('known');
      await store.cancel({ orderId: order.id, from: 'awaiting_payment', reason: 'x', now: 0, holdsDueAt: undefined });
      expect(await store.addPayment(payment)).toBe('known');
      expect(await store.addPayment(paymentOf(order))).toBe('closed');
      expect(await store.addPayment(paymentOf({ ...order, id: randomUUID() }))).toBe('closed');
      expect((await store.find(order.id))?.payments).toHaveLength(1);
    });

    it('notes what a start came to, but for what is known better', async () => {
      const order = await orderedIn(store);
      const [one, other] = [paymentOf(order), paymentOf(order)];
      for (const payment of [one, other]) await store.addPayment(payment);
      const note = { state: 'requires_action', now: 0 } as const;
      await store.noteStarted({ ...note, paymentId: one.id, providerRef: `ref ${one.id}` });
      await store.noteStarted({ ...note, paymentId: one.id, providerRef: 'another', state: 'failed', failure: 'late' });
      await store.settle(reportOf(other, { state: 'cancelled' }), randomUUID(), 0);
      await store.noteStarted({ ...note, paymentId: other.id, providerRef: 'another' });
      const payments = (await store.find(order.id))?.payments;
      expect(payments?.find(({ id }) => id === one.id)).toMatchObject({
        ...{ state: 'requires_action', providerRef: `ref ${one.id}`, failure: undefined },
      });
      expect(payments?.find(({ id }) => id === other.id)).toMatchObject({
        state: 'cancelled',
        providerRef: `ref ${other.id}`,
      });
    });

    it('prolongs an order that awaits its payment, and never shortens one', async () => {
      const order = await orderedIn(store);
      expect(await store.prolong(order.id, order.expiresAt + 5_000)).toBe(true);
      expect(await store.prolong(order.id, order.expiresAt)).toBe(true);
      expect((await store.find(order.id))?.expiresAt).toBe(order.expiresAt + 5_000);
      await store.cancel({ orderId: order.id, from: 'awaiting_payment', reason: 'x', now: 0, holdsDueAt: undefined });
      expect(await store.prolong(order.id, order.expiresAt + 9_000)).toBe(false);
      expect(await store.prolong(randomUUID(), order.expiresAt)).toBe(false);
    });

    it('expires what ends first, once, and says whose holds are due until they were given back', async () => {
      const at = quietTime();
      const ordered = async (expiresAt: number) => await orderedIn(store, { createdAt: at, expiresAt });
      const [late, soon, paid] = [await ordered(at + 2), await ordered(at + 1), await ordered(at + 1)];
      await paidIn(store, paid, at);
      expect(await store.expire(at, at + HOUR_MS, 10)).toEqual([]);
      const [expired] = await store.expire(at + 3, at + HOUR_MS, 1);
      expect(expired).toEqual({ ...soon, state: 'expired' });
      expect((await store.expire(at + 3, at + HOUR_MS, 10)).map(({ id }) => id)).toEqual([late.id]);
      expect(await stage.told(soon.id)).toEqual(['order.expired']);
      const due = async (now: number, until: number) => (await store.holdsDue(now, until, 10)).map(({ id }) => id);
      expect(await due(at + HOUR_MS - 1, 0)).toEqual([]);
      expect((await due(at + HOUR_MS, at + 2 * HOUR_MS)).sort()).toEqual([soon.id, late.id].sort());
      expect(await due(at + HOUR_MS, at + 2 * HOUR_MS)).toEqual([]);
      await store.holdsGivenBack([soon.id]);
      expect(await due(at + 2 * HOUR_MS, at + 3 * HOUR_MS)).toEqual([late.id]);
      await store.holdsGivenBack([late.id]);
      await store.holdsGivenBack([]);
      expect(await due(at + 9 * HOUR_MS, 0)).toEqual([]);
    });

    it('says of cancelled orders when their holds are due, and of those whose houses were not asked that they are not', async () => {
      const at = quietTime();
      const [order, draft] = [await orderedIn(store), draftOf()];
      await store.draft(draft, 10);
      await store.cancel({ orderId: order.id, from: 'awaiting_payment', reason: 'x', now: at, holdsDueAt: at });
      await store.cancel({ orderId: draft.id, from: 'draft', reason: 'x', now: at, holdsDueAt: undefined });
      expect((await store.holdsDue(at, at + 1, 10)).map(({ id }) => id)).toEqual([order.id]);
      await store.holdsGivenBack([order.id]);
    });

    it('gives what is due to one node at a time', async () => {
      const at = quietTime();
      const draft = draftOf({ createdAt: at, expiresAt: at + 10 * HOUR_MS });
      await store.draft(draft, 10);
      const paid = await orderedIn(store, { createdAt: at, expiresAt: at + 20 * HOUR_MS });
      await paidIn(store, paid, at);
      await orderedIn(store, { createdAt: at, expiresAt: at + HOUR_MS });
      expect(await store.due(at + 1, at + HOUR_MS, 10)).toEqual({ drafts: [], paid: [] });
      expect(await store.due(at + HOUR_MS, at + 2 * HOUR_MS, 1)).toEqual({ drafts: [draft.id], paid: [] });
      expect(await store.due(at + HOUR_MS, at + 2 * HOUR_MS, 10)).toEqual({
        drafts: [],
        paid: [{ orderId: paid.id, paidAt: at }],
      });
      expect(await store.due(at + HOUR_MS, at + 2 * HOUR_MS, 10)).toEqual({ drafts: [], paid: [] });
      expect(await store.due(at + 2 * HOUR_MS, at + 3 * HOUR_MS, 10)).toMatchObject({ drafts: [draft.id] });
    });

    it('finds orders, the newest first', async () => {
      const holder = `guest:${randomUUID()}`;
      const email = `${randomUUID()}@example.org`;
      const orders: Order[] = [];
      for (let made = 0; made < 3; made++) orders.push(await orderedIn(store, { holder, email }));
      const ids = orders.map(({ id }) => id).reverse();
      const found = async (search: object) => (await store.search({ limit: 10, ...search })).map(({ id }) => id);
      expect(await found({ holder })).toEqual(ids);
      expect(await found({ email })).toEqual(ids);
      expect(await found({ email, limit: 2 })).toEqual(ids.slice(0, 2));
      expect(await found({ holder, before: ids[0] })).toEqual(ids.slice(1));
      expect(await found({ reference: orders[1]?.reference })).toEqual([ids[1]]);
      expect(await found({ showtimeId: orders[2]?.bookings[0]?.showtimeId })).toEqual([ids[0]]);
      expect(await found({ holder, reference: 'none such' })).toEqual([]);
      expect(await found({ accountId: randomUUID() })).toEqual([]);
    });
  });
}
