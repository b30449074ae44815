/** Mails that follow from refunds, returns and disputes. */
import { z } from 'zod';
import type { OutboxTopic } from '../outbox/topics.js';
import { type Drafting, mail } from './draft.js';
import { loadDispute, loadRefund, loadReturn } from './load-money.js';
import { loadOrder } from './load-orders.js';
import type { RefundReason } from './mail-facts.js';

/** Of a refund that was given sooner its buyer was told just now, by the mail about its decision. */
const SLOW_REFUND_MS = 10 * 60_000;

const ofReturn = z.object({ orderId: z.string(), refundId: z.string().nullish(), reason: z.string() });
const ofRefund = z.object({ orderId: z.string(), refundId: z.string() });
const ofDispute = z.object({ orderId: z.string(), disputeId: z.string() });

export const MONEY_DRAFTINGS: { readonly [Topic in OutboxTopic]?: Drafting } = {
  async 'order.refunded'(event, parts) {
    const { db, site } = parts;
    const { orderId, refundId, reason } = ofReturn.parse(event.payload);
    const refund = await loadRefund(db, { orderId, refundId: refundId ?? undefined });
    if (!refund) return await withoutMoney(event, parts);
    const order = await loadOrder(db, orderId, refund.lines);
    if (!order?.to) return undefined;
    const url = reason === 'late_payment' ? site.toNearestOf(order.facts) : {};
    const data = { order: order.facts, amount: refund.ofReturn, reason: reasonOf(reason), ...url };
    return { to: order.to, locale: order.locale, ...mail('refund', data), key: `refund ${refund.id}` };
  },
  async 'refund.settled'(event, { db, staff }) {
    const { orderId, refundId } = ofRefund.parse(event.payload);
    const refund = await loadRefund(db, { orderId, refundId });
    const order = await loadOrder(db, orderId);
    if (!order || !refund) return undefined;
    const { amount, state, provider, failure, tookMs } = refund;
    const { reference, name } = order.facts;
    if (state === 'failed' && staff.to !== undefined) {
      const data = { reference, amount, provider, failure };
      return { to: staff.to, locale: staff.locale, ...mail('refundRefused', data), key: `refused ${refundId}` };
    }
    // A buyer who got cash at the counter has it already.
    if (state !== 'succeeded' || provider === 'cash' || (tookMs ?? 0) < SLOW_REFUND_MS || !order.to) return undefined;
    const data = { reference, name, amount };
    return { to: order.to, locale: order.locale, ...mail('refundSettled', data), key: `settled ${refundId}` };
  },
  async 'payment.disputed'(event, { db, staff }) {
    const { orderId, disputeId } = ofDispute.parse(event.payload);
    const dispute = staff.to === undefined ? undefined : await loadDispute(db, { orderId, disputeId });
    const order = await loadOrder(db, orderId);
    if (!order || !dispute || staff.to === undefined) return undefined;
    const timeZone = order.facts.shows[0]?.show.timeZone ?? 'Etc/UTC';
    const data = { ...dispute, reference: order.facts.reference, timeZone };
    return { to: staff.to, locale: staff.locale, ...mail('paymentDisputed', data) };
  },
};

/** Seats that were given back for nothing: the order cost nothing, or the terms keep what was paid. */
const withoutMoney: Drafting = async (event, { db }) => {
  const { orderId, refundId, reason } = ofReturn.parse(event.payload);
  const lines = refundId ? await loadReturn(db, { orderId, refundId }) : undefined;
  const order = lines && (await loadOrder(db, orderId, lines));
  if (!order?.to) return undefined;
  const data = { order: order.facts, isShowtimeCancelled: reason === 'showtime_cancelled' };
  return { to: order.to, locale: order.locale, ...mail('seatsReturned', data), key: `return ${refundId}` };
};

function reasonOf(reason: string): RefundReason {
  const known: readonly string[] = ['late_payment', 'returned', 'showtime_cancelled', 'wrong_sum', 'exchange_gone'];
  return known.includes(reason) ? (reason as RefundReason) : 'other';
}
