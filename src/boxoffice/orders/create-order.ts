/** From holds to an order that awaits its payment. */
import type { Origin } from '../../core/limits/limit-rules.js';
import { wireError } from '../../protocol/errors.js';
import type { Money } from '../../protocol/money.js';
import { commandIdOf, paymentIdOf, requestIdOf } from './derived-ids.js';
import { returnHolds } from './give-back-holds.js';
import { endFrom } from './keep-holds.js';
import type { OrderParts, Refused } from './order-parts.js';
import type { Order, StaffCaller } from './order-port.js';
import type { NewOrder, NewPayment } from './order-store-port.js';
import { ORDER_TIMES } from './order-times.js';
import { type AskedQuote, type Quote, type QuotedHold, quoteOrder, refuse } from './quote-order.js';

const RETRY_AFTER_MS = 1_000;

export interface AskedOrder extends AskedQuote {
  /** What the buyer was shown. */
  readonly total: Money;
  readonly email: string | undefined;
  readonly name: string;
  readonly locale: string;
  /** The member of staff who asks; undefined: the buyer asks. */
  readonly orderedBy: string | undefined;
  /** Whose limits count; undefined: nobody's. */
  readonly from: Origin | undefined;
  /** Staff who ask for a customer, or by a channel of theirs: for the audit log. */
  readonly staff: StaffCaller | undefined;
  /** Who sent the request, and its Idempotency-Key. */
  readonly sender: string;
  readonly key: string;
  /** A hash of the whole request. */
  readonly asked: string;
  /** The provider, where the same request pays. */
  readonly provider: string | undefined;
}

export type Created = { readonly ok: true; readonly order: Order } | Refused;

/**
 * Makes an order, once for each request: a repeat gets the same order, in whatever state it is by now.
 *
 * Invariant: the row of the order is there before any house is asked, so that every node that finds holds in an order finds the order.
 * A refusal cancels the draft first and returns the holds then: nobody can open an order whose holds were returned.
 */
export async function createOrder(parts: OrderParts, asked: AskedOrder): Promise<Created> {
  const quote = await quoteOrder(parts, asked);
  const shown = quote.ok ? refuseOtherTotal(quote, asked) : quote;
  // An earlier try of this request may have made the order already: then no new quote counts.
  if (shown || !quote.ok) return (await repeated(parts, asked)) ?? shown ?? (quote as Refused);
  const order = newOrder(parts, asked, quote);
  const drafted = await parts.store.draft(order, parts.limits.underWayMax);
  if (drafted.ok && !drafted.isNew) return await resume(parts, asked, drafted.order);
  if (drafted.ok) return await openDraft(parts, asked, quote, order);
  switch (drafted.fault) {
    case 'request_reused':
      return refuse(REUSED);
    case 'hold_in_order':
      return refuse(wireError('hold_in_order', 'A hold is in another order.'));
    case 'too_many': {
      const limit = parts.limits.underWayMax;
      const message = `At most ${limit} orders at a time may await their payment. Pay or cancel one.`;
      return refuse(wireError('too_many_bookings', message, { limit, scope: 'holder' }));
    }
  }
}

const REUSED = wireError('command_reused', 'This Idempotency-Key belongs to another request.', {
  field: 'Idempotency-Key',
});

function refuseOtherTotal(
  { sums, currency, exchange }: Quote,
  { total, exchange: of }: AskedOrder,
): Refused | undefined {
  if (total.amount !== sums.total || total.currency !== currency) {
    const price = { amount: sums.total, currency };
    return refuse(wireError('price_changed', 'This is not what the order costs now.', { price, field: 'total' }));
  }
  const amount = exchange?.exchange.refund ?? 0;
  if (!of || of.refund === amount) return undefined;
  const price = { amount, currency };
  return refuse(wireError('price_changed', 'This is not what you get back now.', { price, field: 'refund' }));
}

async function repeated(parts: OrderParts, asked: AskedOrder): Promise<Created | undefined> {
  const before = await parts.store.findRequest(requestIdOf(asked.sender, asked.key));
  if (!before) return undefined;
  return before.asked === asked.asked ? await resume(parts, asked, before.order) : refuse(REUSED);
}

/** A draft of an earlier try is gone on with, which may be under way still: all steps may be done by both. */
async function resume(parts: OrderParts, asked: AskedOrder, order: Order): Promise<Created> {
  if (order.state !== 'draft') return { ok: true, order };
  const quote = await quoteOrder(parts, asked, order.id);
  const refused = quote.ok ? refuseOtherTotal(quote, asked) : quote;
  if (quote.ok && !refused) return await openDraft(parts, asked, quote, order);
  return await giveUp(parts, order, refused ?? (quote as Refused));
}

function newOrder({ ids, clock, limits }: OrderParts, asked: AskedOrder, { currency, sums, holds }: Quote): NewOrder {
  const now = clock.now();
  const { holder, accountId, email, name, locale, channel, orderedBy, sender, key } = asked;
  return {
    id: ids.uuid(),
    reference: ids.reference(),
    requestId: requestIdOf(sender, key),
    asked: asked.asked,
    ...{ holder, accountId, email, name, locale, channel, orderedBy, currency },
    total: sums.total,
    createdAt: now,
    expiresAt: endFrom(now, limits.paymentTtlMs),
    bookings: holds.map(({ showtimeId, holdId, expiresAt }, number) => ({
      ...{ number, showtimeId, holdId, holdExpiresAt: expiresAt },
      bookingId: ids.uuid(),
      bookingReference: ids.reference(),
    })),
  };
}

type Draft = Pick<Order, 'id' | 'holder' | 'currency' | 'total' | 'createdAt' | 'expiresAt'> &
  Pick<NewOrder, 'bookings'>;

async function openDraft(
  parts: OrderParts,
  asked: AskedOrder,
  quote: Quote,
  draft: Draft & (NewOrder | Order),
): Promise<Created> {
  const refused = (await Promise.all(quote.holds.map((hold, at) => checkOut(parts, asked, draft, hold, at)))).find(
    (error) => error !== undefined,
  );
  if (refused) return await giveUp(parts, draft, refused);
  const payment = paymentOf(parts, asked, draft);
  const { lines, discounts } = quote;
  const exchange = quote.exchange && { ...quote.exchange, staff: asked.exchange?.staff };
  const { staff } = asked;
  switch (await parts.store.open({ orderId: draft.id, lines, discounts, exchange, payment, staff })) {
    case 'opened':
      return { ok: true, order: openedOrder(draft, quote, payment) };
    case 'discounts_gone':
      return await giveUp(
        parts,
        draft,
        refuse(wireError('price_changed', 'A voucher or the points were used up meanwhile.')),
      );
    case 'no_draft': {
      const order = await parts.store.find(draft.id);
      return order && order.state !== 'cancelled' ? { ok: true, order } : await giveUp(parts, draft, refuse(OVERTAKEN));
    }
  }
}

const OVERTAKEN = wireError('unavailable', 'The order took too long and was ended. Order again.', {
  retryAfterMs: RETRY_AFTER_MS,
});

async function checkOut(
  { desk, explain }: OrderParts,
  { holder, from }: AskedOrder,
  { id: orderId, expiresAt: until }: Draft,
  { showtimeId, holdId, price, seats, terms }: QuotedHold,
  number: number,
): Promise<Refused | undefined> {
  const command = { type: 'check_out', holder, holdId, orderId, until, price, seats, from } as const;
  const outcome = await desk.ask(showtimeId, command, commandIdOf(orderId, 'check_out', number));
  return outcome.ok ? undefined : refuse(explain(outcome, terms.rules));
}

/** The draft is cancelled, and its buyer has the holds again. */
async function giveUp(parts: OrderParts, draft: Draft, refused: Refused): Promise<Refused> {
  const { id: orderId } = draft;
  const reason = refused.error.code;
  const now = parts.clock.now();
  const holdsDueAt = now + (parts.times ?? ORDER_TIMES).claimMs;
  await parts.store.cancel({ orderId, from: 'draft', reason, now, holdsDueAt });
  const order = await parts.store.find(orderId);
  if (!order || order.state === 'cancelled') await returnHolds(parts, draft);
  return refused;
}

function paymentOf({ clock }: OrderParts, { key, provider }: AskedOrder, draft: Draft): NewPayment | undefined {
  const { id: orderId, total: amount, currency } = draft;
  if (provider === undefined && amount > 0) return undefined;
  const id = paymentIdOf(orderId, key);
  return { id, orderId, provider: amount === 0 ? 'none' : (provider ?? ''), amount, currency, createdAt: clock.now() };
}

/** As the store has it now. */
function openedOrder(
  draft: NewOrder | Order,
  { lines, discounts, exchange }: Quote,
  payment: NewPayment | undefined,
): Order {
  const { id, reference, holder, accountId, email, name, locale, channel, orderedBy, currency, total } = draft;
  return {
    ...{ id, reference, holder, accountId, email, name, locale, channel, orderedBy, currency, total },
    state: 'awaiting_payment',
    ...{ reason: undefined, decision: undefined, paidAt: undefined, fulfilledAt: undefined },
    ...{ exchange: exchange?.exchange, credit: exchange?.credit ?? 0, exchanged: 0, refunded: 0 },
    createdAt: draft.createdAt,
    expiresAt: draft.expiresAt,
    bookings: draft.bookings.map((booking) => ({ ...booking, status: 'pending', attempt: 0 })),
    lines: lines.map((line) => ({ ...line, state: 'sold', refunded: 0, exchangedFor: undefined, exchanged: 0 })),
    discounts,
    payments: payment
      ? [{ ...payment, providerRef: undefined, state: 'created', failure: undefined, received: undefined }]
      : [],
    refunds: [],
  };
}
