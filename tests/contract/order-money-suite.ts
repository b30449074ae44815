import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Order, OrderRefund } from '../../src/boxoffice/orders/order-port.js';
import type { OrderStore } from '../../src/boxoffice/orders/order-store-port.js';
import type { RefundReport } from '../../src/boxoffice/payments/paid-orders-port.js';
import { type OrderStoreStage, orderedIn, paidIn, paymentOf, quietTime, reportOf } from './an-order.js';

/** What every store of orders promises about money: what arrives, what is sold for it, and what is given back. */
export function orderMoneySuite(name: string, open: () => Promise<OrderStoreStage>): void {
  describe(name, () => {
    let stage: OrderStoreStage;
    let store: OrderStore;
    beforeAll(async () => {
      stage = await open();
      store = stage.store;
    });
    afterAll(async () => await stage?.close());

    const read = async ({ id }: Pick<Order, 'id'>) => (await store.find(id)) as Order;
    const ticketIds = () => [randomUUID(), randomUUID()];
    const decided = (orderId: string, attempt = 0) => {
      const reason = 'late_payment';
      return { orderId, number: 0, attempt, reason, refundId: randomUUID(), now: 0 };
    };
    const refundReport = ({ id: refundId }: Pick<OrderRefund, 'id'>, state: RefundReport['state']): RefundReport => {
      return { provider: 'test', eventId: randomUUID(), kind: 'refund', refundId, providerRef: `r ${refundId}`, state };
    };
    const refundedAs = async (order: Order) => {
      const { state, refunded, refunds, reason } = await read(order);
      return {
        state,
        refunded,
        reason,
        refunds: refunds.map((refund) => [refund.amount, refund.reason, refund.state]),
      };
    };

    it('takes an event once, and money once', async () => {
      const at = quietTime();
      const order = await orderedIn(store);
      const payment = paymentOf(order);
      await store.addPayment(payment);
      const report = reportOf(payment);
      const taken = { outcome: 'taken', orderId: order.id, isPaid: true };
      expect(await store.settle(report, randomUUID(), at)).toEqual(taken);
      const repeated = { outcome: 'repeated', orderId: order.id };
      expect(await store.settle(report, randomUUID(), at)).toEqual(repeated);
      expect(await store.settle(reportOf(payment), randomUUID(), at)).toEqual(repeated);
      expect(await store.settle(reportOf(payment, { state: 'failed' }), randomUUID(), at)).toEqual(repeated);
      expect(await read(order)).toMatchObject({
        ...{ state: 'paid', paidAt: at, refunds: [] },
        payments: [{ state: 'succeeded', received: 2_000, providerRef: report.providerRef }],
      });
      expect(await stage.told(order.id)).toEqual([]);
    });

    it('of two reports at once one pays, and of two payments at once the second goes back', async () => {
      const order = await orderedIn(store);
      const [one, other] = [paymentOf(order), paymentOf(order)];
      for (const payment of [one, other]) await store.addPayment(payment);
      const reports = [reportOf(one), reportOf(one), reportOf(other)];
      const settled = await Promise.all(reports.map((report) => store.settle(report, randomUUID(), 0)));
      expect(settled.filter(({ isPaid }) => isPaid)).toHaveLength(1);
      expect(settled.map(({ outcome }) => outcome).sort()).toEqual(['late', 'repeated', 'taken']);
      expect(await refundedAs(order)).toMatchObject({ state: 'paid', refunds: [[2_000, 'paid_twice', 'pending']] });
      expect(await stage.told(order.id)).toEqual(['order.refunded']);
    });

    it('knows a payment by our id and by that of its provider, and of that provider only', async () => {
      const order = await orderedIn(store);
      const payment = paymentOf(order);
      const early = reportOf(payment, { state: 'processing' });
      expect(await store.settle(early, randomUUID(), 0)).toEqual({ outcome: 'unknown_payment' });
      await store.addPayment(payment);
      const stripe = reportOf(payment, { provider: 'stripe' });
      expect(await store.settle(stripe, randomUUID(), 0)).toEqual({ outcome: 'unknown_payment' });
      // The event that came before its payment is taken when it comes again.
      expect(await store.settle(early, randomUUID(), 0)).toEqual({ outcome: 'taken', orderId: order.id });
      const { paymentId: _, ...byRef } = reportOf(payment);
      expect(await store.settle(byRef, randomUUID(), 0)).toMatchObject({ outcome: 'taken', isPaid: true });
      const strange = reportOf(paymentOf(order), { paymentId: 'of another system' });
      expect(await store.settle(strange, randomUUID(), 0)).toEqual({ outcome: 'unknown_payment' });
    });

    it('takes reports of open payments in any order, and money also after them', async () => {
      const order = await orderedIn(store);
      const payment = paymentOf(order);
      await store.addPayment(payment);
      const told = async (state: 'requires_action' | 'failed' | 'cancelled' | 'processing') => {
        const failure = state === 'failed' ? { failure: 'declined' } : {};
        const report = reportOf(payment, { state, ...failure });
        expect(await store.settle(report, randomUUID(), 0)).toEqual({ outcome: 'taken', orderId: order.id });
        const [known] = (await read(order)).payments;
        return [known?.state, known?.failure];
      };
      expect(await told('requires_action')).toEqual(['requires_action', undefined]);
      expect(await told('failed')).toEqual(['failed', 'declined']);
      expect(await told('processing')).toEqual(['processing', undefined]);
      expect(await told('cancelled')).toEqual(['cancelled', undefined]);
      expect(await told('processing')).toEqual(['cancelled', undefined]);
      expect(await store.settle(reportOf(payment), randomUUID(), 0)).toMatchObject({ isPaid: true });
    });

    it('gives another sum, and another currency, back, and waits for the right one', async () => {
      const order = await orderedIn(store);
      for (const received of [
        { amount: 1_999, currency: 'EUR' },
        { amount: 2_000, currency: 'CHF' },
      ]) {
        const payment = paymentOf(order);
        await store.addPayment(payment);
        const settled = await store.settle(reportOf(payment, { received }), randomUUID(), 0);
        expect(settled).toEqual({ outcome: 'wrong_sum', orderId: order.id });
      }
      const refunds = [
        [1_999, 'wrong_sum', 'pending'],
        [2_000, 'wrong_sum', 'pending'],
      ];
      const waiting = await refundedAs(order);
      const { payments, refunds: made } = await read(order);
      const came = payments.map(({ received, receivedCurrency }) => `${received} ${receivedCurrency}`);
      const goes = made.map(({ amount, currency }) => `${amount} ${currency}`);
      expect([came.sort(), goes.sort()]).toEqual(Array(2).fill(['1999 EUR', '2000 CHF']));
      expect({ ...waiting, refunds: waiting.refunds.sort() }).toMatchObject({ state: 'awaiting_payment', refunds });
      await paidIn(store, order);
    });

    it('fulfils a paid order once, with a ticket for each line', async () => {
      const at = quietTime();
      const order = await orderedIn(store);
      expect(await store.fulfil(order, ticketIds(), at)).toBe(false);
      await paidIn(store, order);
      const ids = ticketIds();
      const both = await Promise.all([store.fulfil(order, ids, at), store.fulfil(order, ids, at)]);
      expect(both.filter(Boolean).length).toBeGreaterThanOrEqual(1);
      expect(await store.fulfil(order, ticketIds(), at)).toBe(false);
      expect(await read(order)).toMatchObject({
        ...{ state: 'fulfilled', decision: 'fulfil', fulfilledAt: at, bookings: [{ status: 'confirmed' }] },
      });
      const bookingId = order.bookings[0]?.bookingId;
      expect(await stage.tickets(order.id)).toEqual(ids.map((id) => ({ id, bookingId })));
      expect(await stage.told(order.id)).toEqual(['order.fulfilled']);
      expect(await store.decideRefund(decided(order.id))).toBe(false);
      expect(await store.raiseAttempt(order.id, 0, 0)).toBe(false);
    });

    it('decides for a refund once, for the attempt that was refused, and then does not fulfil', async () => {
      const order = await orderedIn(store);
      expect(await store.decideRefund(decided(order.id))).toBe(false);
      expect(await store.raiseAttempt(order.id, 0, 0)).toBe(false);
      await paidIn(store, order);
      expect(await store.endRefunded(order.id, 0)).toBe(false);
      expect(await store.raiseAttempt(order.id, 0, 1)).toBe(false);
      const raised = await Promise.all([0, 0].map((from) => store.raiseAttempt(order.id, 0, from)));
      expect(raised.filter(Boolean)).toHaveLength(1);
      expect(await store.decideRefund(decided(order.id, 0))).toBe(false);
      expect(await store.decideRefund({ ...decided(order.id, 1), number: 1 })).toBe(false);
      expect(await store.decideRefund(decided(order.id, 1))).toBe(true);
      expect(await store.decideRefund(decided(order.id, 1))).toBe(false);
      expect(await store.fulfil(order, ticketIds(), 0)).toBe(false);
      expect(await store.raiseAttempt(order.id, 0, 1)).toBe(false);
      const refunds = [[2_000, 'late_payment', 'pending']];
      expect(await refundedAs(order)).toEqual({ state: 'paid', refunded: 0, reason: 'late_payment', refunds });
      expect(await stage.told(order.id)).toEqual([]);
      expect(await store.endRefunded(order.id, 0)).toBe(true);
      expect(await store.endRefunded(order.id, 0)).toBe(false);
      expect(await read(order)).toMatchObject({ state: 'refunded', bookings: [{ status: 'failed' }] });
      expect(await stage.told(order.id)).toEqual(['order.refunded']);
      expect(await stage.tickets(order.id)).toEqual([]);
    });

    it('pays an expired order, which then has to find its seats', async () => {
      const at = quietTime();
      const order = await orderedIn(store, { createdAt: at, expiresAt: at });
      const payment = paymentOf(order);
      await store.addPayment(payment);
      await store.expire(at, at, 10);
      const late = { outcome: 'late', orderId: order.id, isPaid: true };
      expect(await store.settle(reportOf(payment), randomUUID(), at)).toEqual(late);
      expect(await read(order)).toMatchObject({ state: 'paid', decision: undefined, refunds: [] });
    });

    it('decides for a refund as soon as an expired order is paid whose discounts were given back', async () => {
      const at = quietTime();
      const discounts = [{ kind: 'voucher', code: 'SPRING', amount: 100 }] as const;
      const order = await orderedIn(store, { createdAt: at, expiresAt: at }, discounts);
      const payment = paymentOf(order);
      await store.addPayment(payment);
      await store.expire(at, at, 10);
      const late = { outcome: 'late', orderId: order.id, isPaid: true };
      expect(await store.settle(reportOf(payment), randomUUID(), at)).toEqual(late);
      expect(await read(order)).toMatchObject({ state: 'paid', decision: 'refund', reason: 'late_payment' });
      expect(await store.fulfil(order, ticketIds(), at)).toBe(false);
      expect(await store.endRefunded(order.id, at)).toBe(true);
      const [refund] = (await read(order)).refunds;
      expect(await store.settleRefund(refundReport(refund as OrderRefund, 'succeeded'), at)).toBe('taken');
      const refunds = [[2_000, 'late_payment', 'succeeded']];
      expect(await refundedAs(order)).toEqual({ state: 'refunded', refunded: 2_000, reason: 'late_payment', refunds });
      expect(await stage.told(order.id)).toEqual(['order.expired', 'order.refunded', 'refund.settled']);
      expect(await store.moneyFaults(at, at + 1)).toEqual([]);
    });

    it('gives money of a cancelled order back, and leaves it cancelled', async () => {
      const order = await orderedIn(store);
      const payment = paymentOf(order);
      await store.addPayment(payment);
      await store.cancel({ orderId: order.id, from: 'awaiting_payment', reason: 'x', now: 0, holdsDueAt: undefined });
      const late = { outcome: 'late', orderId: order.id };
      expect(await store.settle(reportOf(payment), randomUUID(), 0)).toEqual(late);
      const refunds = [[2_000, 'order_cancelled', 'pending']];
      expect(await refundedAs(order)).toEqual({ state: 'cancelled', refunded: 0, reason: 'x', refunds });
      expect(await stage.told(order.id)).toEqual(['order.cancelled', 'order.refunded']);
      const [refund] = (await read(order)).refunds;
      expect(await store.settleRefund(refundReport(refund as OrderRefund, 'succeeded'), 0)).toBe('taken');
      // It was never the order's: nothing of what the order cost was given back.
      expect(await refundedAs(order)).toMatchObject({ state: 'cancelled', refunded: 0 });
    });

    it('settles a refund by each event once, also where the bank sends it back', async () => {
      const order = await orderedIn(store);
      await paidIn(store, order);
      await store.decideRefund(decided(order.id));
      await store.endRefunded(order.id, 0);
      const [refund] = (await read(order)).refunds as [OrderRefund];
      const [given, sentBack] = [refundReport(refund, 'succeeded'), refundReport(refund, 'failed')];
      expect(await store.settleRefund(refundReport(refund, 'pending'), 0)).toBe('repeated');
      expect(await store.settleRefund(given, 0)).toBe('taken');
      expect(await store.settleRefund(given, 0)).toBe('repeated');
      expect(await store.settleRefund(refundReport(refund, 'succeeded'), 0)).toBe('repeated');
      expect(await refundedAs(order)).toMatchObject({
        refunded: 2_000,
        refunds: [[2_000, 'late_payment', 'succeeded']],
      });
      expect(await store.settleRefund(sentBack, 0)).toBe('taken');
      expect(await refundedAs(order)).toMatchObject({ refunded: 0, refunds: [[2_000, 'late_payment', 'failed']] });
      // The first report again, late: it says nothing new.
      expect(await store.settleRefund(given, 0)).toBe('repeated');
      expect(await refundedAs(order)).toMatchObject({ refunded: 0, refunds: [[2_000, 'late_payment', 'failed']] });
      expect(await store.settleRefund(refundReport({ id: randomUUID() }, 'succeeded'), 0)).toBe('unknown_refund');
      expect(await stage.told(order.id)).toEqual(['order.refunded', 'refund.settled', 'refund.settled']);
    });

    it('finds money that does not fit the seats, and nothing else', async () => {
      const at = quietTime();
      const [right, wrong] = [await orderedIn(store), await orderedIn(store)];
      await paidIn(store, right, at);
      await store.fulfil(right, ticketIds(), at);
      await paidIn(store, wrong, at);
      await store.decideRefund(decided(wrong.id));
      // Nobody gives it back for good.
      const [refund] = (await read(wrong)).refunds as [OrderRefund];
      await store.endRefunded(wrong.id, at);
      await store.settleRefund(refundReport(refund, 'failed'), at);
      const faults = async () => (await store.moneyFaults(at, at + 1)).filter(({ orderId }) => orderId !== right.id);
      expect(await faults()).toEqual([]);
      const expired = await orderedIn(store, { createdAt: at, expiresAt: at });
      const payment = paymentOf(expired);
      await store.addPayment(payment);
      await store.settle(reportOf(payment, { received: { amount: 5, currency: 'EUR' } }), randomUUID(), at);
      const [given] = (await read(expired)).refunds as [OrderRefund];
      expect(await faults()).toEqual([]);
      await store.settleRefund(refundReport(given, 'failed'), at);
      const { id: orderId, reference } = expired;
      const fault = { orderId, reference, state: 'awaiting_payment', received: 5, returned: 0, bookingsMissing: 0 };
      expect(await faults()).toEqual([fault]);
      expect(await store.moneyFaults(at + 1, at + 2)).toEqual([]);
    });
  });
}
