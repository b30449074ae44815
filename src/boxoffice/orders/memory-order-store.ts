import type { PaymentReport, RefundReport } from '../payments/paid-orders-port.js';
import { goneRefundIdOf } from './derived-ids.js';
import { judgeReport, NOT_OF_ORDER } from './judge-report.js';
import { draftedInMemory } from './memory-draft.js';
import { exchangedInMemory, type MemoryExchanges } from './memory-exchanges.js';
import { moneyFault } from './memory-money-fault.js';
import { searchInMemory } from './memory-search.js';
import type { Order, OrderPayment, OrderRefund, OrderState } from './order-port.js';
import { canBecome } from './order-states.js';
import type {
  Cancelled,
  Drafted,
  DueOrders,
  MoneyFault,
  NewOrder,
  NewPayment,
  OpenedOrder,
  OrderSearch,
  OrderStore,
  RefundDecision,
  SettledReport,
} from './order-store-port.js';
import { ORDER_TIMES, type OrderTimes } from './order-times.js';

/** What Postgres has besides: what a test or a checker of the simulation looks at. */
export interface MemoryTables extends MemoryExchanges {
  /** Those that let somebody in. */
  readonly tickets: {
    readonly id: string;
    readonly orderId: string;
    readonly line: number;
    readonly bookingId: string;
  }[];
  readonly outbox: { readonly topic: string; readonly orderId: string }[];
}

interface Kept {
  order: Order;
  requestId: string | undefined;
  readonly asked: string;
  claimedUntil: number;
  holdsDueAt: number | undefined;
}

/**
 * Orders in memory, by the rules of the Postgres store: for tests and the simulation. Each call takes effect at once and as a
 * whole, as a transaction does. Discounts are taken as they are given.
 */
export class MemoryOrderStore implements OrderStore {
  readonly tables: MemoryTables = { tickets: [], outbox: [], returns: [], credits: [], lost: [] };
  readonly #orders = new Map<string, Kept>();
  readonly #events = new Map<string, string>();
  readonly #settledAt = new Map<string, number>();
  readonly #startedAt = new Map<string, number>();
  readonly #times: Pick<OrderTimes, 'draftMsMax' | 'paidMsMax'>;

  constructor(times: Pick<OrderTimes, 'draftMsMax' | 'paidMsMax'> = ORDER_TIMES) {
    this.#times = times;
  }

  /** As they are now, in the order in which they were made. */
  all(): Order[] {
    return [...this.#orders.values()].map(({ order }) => order);
  }

  /** When a payment was begun; it has been if it is there. */
  startedAt(paymentId: string): number {
    return this.#startedAt.get(paymentId) ?? 0;
  }

  async draft(asked: NewOrder, underWayMax: number): Promise<Drafted> {
    const before = await this.findRequest(asked.requestId);
    if (before && before.asked !== asked.asked) return { ok: false, fault: 'request_reused' };
    if (before) return { ok: true, isNew: false, order: before.order };
    const underWay = this.all().filter(
      ({ holder, state }) => holder === asked.holder && (state === 'draft' || state === 'awaiting_payment'),
    );
    if (underWay.length >= underWayMax) return { ok: false, fault: 'too_many' };
    const { requestId, asked: hash, bookings } = asked;
    const order = draftedInMemory(asked, this.all());
    this.#orders.set(order.id, { order, requestId, asked: hash, claimedUntil: 0, holdsDueAt: undefined });
    if (order.bookings.length === bookings.length) return { ok: true, isNew: true };
    const reason = 'hold_in_order';
    await this.cancel({ orderId: order.id, from: 'draft', reason, now: order.createdAt, holdsDueAt: undefined });
    return { ok: false, fault: reason };
  }

  async open(opened: OpenedOrder): Promise<'opened' | 'no_draft' | 'discounts_gone'> {
    const { orderId, lines, discounts, exchange, payment } = opened;
    const order = this.#get(orderId);
    if (order?.state !== 'draft') return 'no_draft';
    this.#become(order, 'awaiting_payment', {
      lines: lines.map((line) => ({ ...line, state: 'sold', refunded: 0, exchangedFor: undefined, exchanged: 0 })),
      discounts,
      ...{ exchange: exchange?.exchange, credit: exchange?.credit ?? 0 },
      payments: payment ? [this.#begun(payment)] : [],
    });
    return 'opened';
  }

  async cancel({ orderId, from, reason, holdsDueAt }: Cancelled): Promise<boolean> {
    const order = this.#get(orderId);
    if (order?.state !== from) return false;
    this.#become(order, 'cancelled', { reason, bookings: failed(order) });
    const kept = this.#orders.get(orderId);
    if (kept) kept.holdsDueAt = holdsDueAt;
    if (kept && from === 'draft') kept.requestId = undefined;
    if (from !== 'draft') this.#tell('order.cancelled', orderId);
    return true;
  }

  async find(orderId: string): Promise<Order | undefined> {
    return this.#get(orderId);
  }

  async findRequest(requestId: string): Promise<{ readonly order: Order; readonly asked: string } | undefined> {
    const kept = [...this.#orders.values()].find((one) => one.requestId === requestId);
    return kept && { order: kept.order, asked: kept.asked };
  }

  async search(search: OrderSearch): Promise<Order[]> {
    return searchInMemory(this.all(), search);
  }

  async accountOf(): Promise<string | undefined> {
    return undefined;
  }

  async addPayment(payment: NewPayment): Promise<'added' | 'known' | 'closed'> {
    if (this.#findPayment(payment.id)) return 'known';
    const order = this.#get(payment.orderId);
    if (order?.state !== 'awaiting_payment') return 'closed';
    this.#put({ ...order, payments: [...order.payments, this.#begun(payment)] });
    return 'added';
  }

  async prolong(orderId: string, until: number): Promise<boolean> {
    const order = this.#get(orderId);
    if (order?.state !== 'awaiting_payment') return false;
    this.#put({ ...order, expiresAt: Math.max(order.expiresAt, until) });
    return true;
  }

  async noteStarted({
    paymentId,
    providerRef,
    state,
    failure,
  }: Parameters<OrderStore['noteStarted']>[0]): Promise<void> {
    const found = this.#findPayment(paymentId);
    if (!found) return;
    const { order, payment } = found;
    const isNew = payment.state === 'created';
    const noted = isNew ? { ...payment, state, failure } : payment;
    this.#putPayment(order, { ...noted, providerRef: payment.providerRef ?? providerRef });
  }

  async settle(report: PaymentReport, refundId: string, now: number): Promise<SettledReport> {
    const event = `${report.provider} ${report.eventId}`;
    const before = this.#events.get(event);
    const found = this.#findReported(report);
    if (before !== undefined && before !== 'unknown_payment') {
      return { outcome: 'repeated', ...(found ? { orderId: found.order.id } : {}) };
    }
    if (!found) {
      this.#events.set(event, 'unknown_payment');
      return { outcome: 'unknown_payment' };
    }
    const { order, payment } = found;
    const paid = { state: order.state, decision: order.decision, hasDiscounts: order.discounts.length > 0 };
    const judged = judgeReport(report, { ...payment, currency: order.currency }, paid);
    // The record says what came of it first.
    if (before === undefined) this.#events.set(event, judged.outcome);
    if (judged.payment) {
      const { state, received, failure } = judged.payment;
      const providerRef = payment.providerRef ?? report.providerRef;
      const receivedCurrency = state === 'succeeded' ? report.received?.currency : undefined;
      this.#putPayment(order, { ...payment, state, received, receivedCurrency, failure, providerRef });
      if (state === 'succeeded') this.#settledAt.set(payment.id, now);
    }
    const current = this.#get(order.id) ?? order;
    const { decision } = judged;
    const decided = decision ? { decision, reason: judged.refund } : {};
    if (judged.pays) this.#become(current, 'paid', { paidAt: now, ...decided });
    const amount = judged.payment?.received ?? 0;
    if (judged.refund && amount > 0) {
      this.#refund(order.id, { id: refundId, paymentId: payment.id, amount, reason: judged.refund });
      if (!decision) this.#tell('order.refunded', order.id);
    }
    return { outcome: judged.outcome, orderId: order.id, ...(judged.pays ? { isPaid: true } : {}) };
  }

  async raiseAttempt(orderId: string, number: number, from: number): Promise<boolean> {
    const order = this.#undecided(orderId);
    const booking = order?.bookings.find((one) => one.number === number);
    if (!order || booking?.attempt !== from || booking.status !== 'pending') return false;
    const bookings = order.bookings.map((one) => (one.number === number ? { ...one, attempt: from + 1 } : one));
    this.#put({ ...order, bookings });
    return true;
  }

  async decideRefund({ orderId, number, attempt, reason, refundId }: RefundDecision): Promise<boolean> {
    const order = this.#undecided(orderId);
    if (order?.bookings.find((one) => one.number === number)?.attempt !== attempt) return false;
    this.#decideRefund(order, reason, refundId);
    return true;
  }

  #decideRefund(order: Order, reason: string, refundId: string): void {
    this.#put({ ...order, decision: 'refund', reason });
    const payment = order.payments.find(
      ({ id, state }) => state === 'succeeded' && !order.refunds.some(({ paymentId }) => paymentId === id),
    );
    const amount = payment?.received ?? 0;
    if (payment && amount > 0) this.#refund(order.id, { id: refundId, paymentId: payment.id, amount, reason });
  }

  /** Returns the old seats that pay for an order, or decides for its refund where they are gone. */
  #exchange(order: Order): boolean {
    if (!order.exchange) return true;
    const changed = exchangedInMemory(this.tables, order, order.exchange, this.#get(order.exchange.ofOrderId));
    if (!changed) {
      this.#decideRefund(order, 'exchange_gone', goneRefundIdOf(order.id));
      return false;
    }
    this.#put(changed);
    this.#tell('order.exchanged', changed.id);
    return true;
  }

  async fulfil({ id }: Order, ticketIds: readonly string[], now: number): Promise<boolean> {
    const order = this.#get(id);
    if (order?.state !== 'paid' || order.decision === 'refund' || !this.#exchange(order)) return false;
    const bookings = order.bookings.map((booking) => ({ ...booking, status: 'confirmed' as const }));
    this.#become(order, 'fulfilled', { decision: 'fulfil', fulfilledAt: now, bookings });
    for (const [at, { line, booking }] of order.lines.entries()) {
      const bookingId = order.bookings[booking]?.bookingId ?? '';
      this.tables.tickets.push({ id: ticketIds[at] ?? '', orderId: id, line, bookingId });
    }
    this.#tell('order.fulfilled', id);
    return true;
  }

  async endRefunded(orderId: string): Promise<boolean> {
    const order = this.#get(orderId);
    if (order?.state !== 'paid' || order.decision !== 'refund') return false;
    this.#become(order, 'refunded', { bookings: failed(order) });
    this.#tell('order.refunded', orderId);
    return true;
  }

  async settleRefund(report: RefundReport): Promise<'taken' | 'repeated' | 'unknown_refund'> {
    const { provider, eventId, refundId, state } = report;
    const order = this.all().find(({ refunds }) => refunds.some(({ id }) => id === refundId));
    const refund = order?.refunds.find(({ id }) => id === refundId);
    const event = `${provider} ${eventId}`;
    const isKnown = this.#events.has(event);
    const outcome = !refund ? 'unknown_refund' : refund.state === state ? 'repeated' : 'taken';
    if (!isKnown) this.#events.set(event, outcome);
    if (!order || !refund) return 'unknown_refund';
    if (isKnown || outcome === 'repeated') return 'repeated';
    if (state === 'pending') return 'taken';
    const refunds = order.refunds.map((one) => (one.id === refundId ? { ...one, state } : one));
    const isOfOrder = !(NOT_OF_ORDER as readonly string[]).includes(refund.reason);
    const counted = (one: string) => (isOfOrder && one === 'succeeded' ? refund.amount : 0);
    const refunded = order.refunded + counted(state) - counted(refund.state);
    this.#put({ ...order, refunds, refunded });
    const to = refunded + order.exchanged >= order.total + order.credit ? 'refunded' : 'partly_refunded';
    if (isOfOrder && state === 'succeeded' && canBecome(order.state, to) && order.state !== 'paid') {
      this.#become(this.#get(order.id) ?? order, to, {});
    }
    this.#tell('refund.settled', order.id);
    return 'taken';
  }

  async expire(now: number, holdsDueAt: number, limit: number): Promise<Order[]> {
    const due = this.#byEnd()
      .filter(({ order: { state, expiresAt } }) => state === 'awaiting_payment' && expiresAt <= now)
      .slice(0, limit);
    for (const kept of due) {
      this.#become(kept.order, 'expired', {});
      kept.holdsDueAt = holdsDueAt;
      this.#tell('order.expired', kept.order.id);
    }
    return due.map(({ order }) => order);
  }

  async holdsDue(now: number, claimedUntil: number, limit: number): Promise<Order[]> {
    const due = [...this.#orders.values()].filter(({ holdsDueAt }) => holdsDueAt !== undefined && holdsDueAt <= now);
    for (const kept of due.slice(0, limit)) kept.holdsDueAt = claimedUntil;
    return due.slice(0, limit).map(({ order }) => order);
  }

  async holdsGivenBack(orderIds: readonly string[]): Promise<void> {
    for (const id of orderIds) {
      const kept = this.#orders.get(id);
      if (kept) kept.holdsDueAt = undefined;
    }
  }

  async due(now: number, claimedUntil: number, limit: number): Promise<DueOrders> {
    const { draftMsMax, paidMsMax } = this.#times;
    const due = this.#byEnd().filter(
      (kept) =>
        kept.claimedUntil <= now &&
        ((kept.order.state === 'draft' && kept.order.createdAt <= now - draftMsMax) ||
          (kept.order.state === 'paid' && (kept.order.paidAt ?? now) <= now - paidMsMax)),
    );
    for (const kept of due.slice(0, limit)) kept.claimedUntil = claimedUntil;
    const orders = due.slice(0, limit).map(({ order }) => order);
    return {
      drafts: orders.filter(({ state }) => state === 'draft').map(({ id }) => id),
      paid: orders.filter(({ state }) => state === 'paid').map(({ id, paidAt = now }) => ({ orderId: id, paidAt })),
    };
  }

  async moneyFaults(from: number, until: number): Promise<MoneyFault[]> {
    return this.all().flatMap((order) => {
      const isDue = ({ id }: OrderPayment) => {
        const settledAt = this.#settledAt.get(id) ?? Number.NEGATIVE_INFINITY;
        return settledAt >= from && settledAt < until;
      };
      return order.payments.some(isDue) ? moneyFault(order) : [];
    });
  }

  /** A limit takes those that end first. */
  #byEnd(): Kept[] {
    return [...this.#orders.values()].sort((a, b) => a.order.expiresAt - b.order.expiresAt);
  }

  #get(orderId: string): Order | undefined {
    return this.#orders.get(orderId)?.order;
  }

  #put(order: Order): void {
    const kept = this.#orders.get(order.id);
    if (kept) kept.order = order;
  }

  #become(order: Order, state: OrderState, more: Partial<Order>): void {
    if (!canBecome(order.state, state)) throw new Error(`An order that is ${order.state} cannot become ${state}.`);
    if (order.decision && more.decision && more.decision !== order.decision) throw new Error('It was decided before.');
    this.#put({ ...order, ...more, state });
  }

  #undecided(orderId: string): Order | undefined {
    const order = this.#get(orderId);
    return order?.state === 'paid' && order.decision === undefined ? order : undefined;
  }

  #findPayment(paymentId: string) {
    return this.#find(({ id }) => id === paymentId);
  }

  /** Our id of the payment counts before the provider's. */
  #findReported({ provider, paymentId, providerRef }: PaymentReport) {
    return (
      this.#find((payment) => payment.provider === provider && payment.id === paymentId) ??
      this.#find((payment) => payment.provider === provider && payment.providerRef === providerRef)
    );
  }

  #find(is: (payment: OrderPayment) => boolean): { order: Order; payment: OrderPayment } | undefined {
    for (const { order } of this.#orders.values()) {
      const payment = order.payments.find(is);
      if (payment) return { order, payment };
    }
    return undefined;
  }

  #putPayment(order: Order, payment: OrderPayment): void {
    this.#put({ ...order, payments: order.payments.map((one) => (one.id === payment.id ? payment : one)) });
  }

  #refund(orderId: string, refund: Pick<OrderRefund, 'id' | 'paymentId' | 'amount' | 'reason'>): void {
    const order = this.#get(orderId);
    if (!order) return;
    const payment = order.payments.find(({ id }) => id === refund.paymentId);
    const currency = payment?.receivedCurrency ?? order.currency;
    this.#put({ ...order, refunds: [...order.refunds, { ...refund, currency, state: 'pending', lines: [] }] });
  }

  #begun({ id, provider, amount, createdAt }: NewPayment): OrderPayment {
    this.#startedAt.set(id, createdAt);
    return { id, provider, amount, providerRef: undefined, state: 'created', failure: undefined, received: undefined };
  }

  #tell(topic: string, orderId: string): void {
    this.tables.outbox.push({ topic, orderId });
  }
}

function failed(order: Order): Order['bookings'] {
  return order.bookings.map((booking) => ({ ...booking, status: 'failed' }));
}
