import { type WireError, wireError } from '../../protocol/errors.js';
import type { PaidOrders, PaymentReport, RefundReport, Settled } from '../payments/paid-orders-port.js';
import type { StartedPayment } from '../payments/payment-provider-port.js';
import { type BroughtOn, bringOn } from './bring-on.js';
import { type AskedOrder, type Created, createOrder } from './create-order.js';
import { paymentIdOf } from './derived-ids.js';
import { returnHolds } from './give-back-holds.js';
import { endOf, keepHolds } from './keep-holds.js';
import type { OrderParts, Refused } from './order-parts.js';
import type { Order, PaymentState, StaffCaller } from './order-port.js';
import type { NewPayment, SettledReport } from './order-store-port.js';
import { ORDER_TIMES } from './order-times.js';
import { type AskedQuote, type Quote, quoteOrder, refuse } from './quote-order.js';

const AWAY = wireError('unavailable', 'The seats could not be kept for a payment. Try again.', { retryAfterMs: 1_000 });
const UNKEPT = {
  too_late: wireError('order_closed', 'The order has waited too long for its payment. Cancel it, and order again.'),
  gone: wireError('order_closed', 'The seats of the order are not kept any more. Order again.'),
  closed: wireError('order_closed', 'The order takes no payment.'),
};

export interface AskedPayment {
  readonly provider: string;
  /** As the buyer sent it; only the provider reads it. */
  readonly details: unknown;
  readonly returnUrl: string;
  readonly key: string;
  /** Staff who ask: only they may say that they have taken the money. */
  readonly staff: StaffCaller | undefined;
}

/** How a payment goes on, for the buyer's browser. */
export interface PaymentStep {
  readonly id: string;
  readonly provider: string;
  readonly state: PaymentState;
  readonly clientSecret?: string | undefined;
  readonly url?: string | undefined;
  readonly failure?: string | undefined;
}

export type Paid = { readonly ok: true; readonly order: Order; readonly payment: PaymentStep } | Refused;

/** Orders, from holds to seats or a refund. It keeps nothing: the store has all, and any node may go on where another stopped. */
export class Orders implements PaidOrders {
  readonly #parts: OrderParts;
  readonly #running = new Set<Promise<unknown>>();

  constructor(parts: OrderParts) {
    this.#parts = parts;
  }

  quote(asked: AskedQuote): Promise<Quote | Refused> {
    return quoteOrder(this.#parts, asked);
  }

  create(asked: AskedOrder): Promise<Created> {
    return createOrder(this.#parts, asked);
  }

  find(orderId: string): Promise<Order | undefined> {
    return this.#parts.store.find(orderId);
  }

  /** Pays an order. A repeat under the same key is the same payment. An order that costs nothing needs no provider. */
  async pay(order: Order, asked: AskedPayment): Promise<Paid> {
    const { store, clock } = this.#parts;
    const id = paymentIdOf(order.id, asked.key);
    const isFree = order.total === 0;
    const name = isFree ? 'none' : asked.provider;
    const refused = isFree ? undefined : this.refuseProvider(name, asked.staff !== undefined);
    if (refused) return refused;
    const known = order.payments.find((one) => one.id === id);
    // Somebody has found that the provider has none, and nobody looks any more: what a late repeat started would stay unknown.
    if (known?.state === 'cancelled' && order.state !== 'awaiting_payment') return refuse(closedError(order));
    const { total: amount, currency } = order;
    const unkept = isFree ? undefined : await this.#keep(order, id, name);
    if (unkept) return unkept;
    const payment = { id, orderId: order.id, provider: name, amount, currency, createdAt: clock.now() };
    if (!known) {
      const gone = order.exchange && (await this.#parts.exchanges?.whyGone(order));
      if (gone) return refuse(gone);
      const added = await store.addPayment(payment);
      if (added === 'closed') return refuse(closedError((await store.find(order.id)) ?? order));
    }
    if (isFree) return await this.#take(order, payment, { state: 'succeeded' }, freeReport(payment));
    return await this.#start(order, payment, asked);
  }

  /** Why nobody may pay by it; undefined: the caller may. */
  refuseProvider(name: string, isStaff: boolean): Refused | undefined {
    const provider = this.#parts.providers.get(name);
    const names = [...this.#parts.providers.values()].filter((each) => isStaff || !each.isStaffOnly);
    if (provider && names.includes(provider)) return undefined;
    const message = `Payments are taken by ${names.map((each) => each.name).join(', ') || 'nobody'} here.`;
    return refuse(wireError('payment_required', message, { field: 'provider' }));
  }

  /**
   * Keeps the seats for a payment before it starts, or says why it does not start. Staff have their money already, and a payment that
   * is under way was kept when it started.
   */
  async #keep(order: Order, paymentId: string, provider: string): Promise<Refused | undefined> {
    const { store, clock, providers, limits } = this.#parts;
    const known = order.payments.find(({ id }) => id === paymentId);
    const isNew = known === undefined || known.state === 'created' || known.state === 'failed';
    if (!isNew || order.state !== 'awaiting_payment' || providers.get(provider)?.isStaffOnly) return undefined;
    const isTooLate = endOf(order, clock.now(), limits.paymentTtlMs) < clock.now() + limits.paymentTtlMs;
    const kept = isTooLate ? 'too_late' : await keepHolds(this.#parts, order);
    if (kept === 'kept') return undefined;
    if (kept === 'later') return refuse(AWAY);
    const now = (await store.find(order.id)) ?? order;
    if (now.state === 'awaiting_payment') return refuse(UNKEPT[kept]);
    // Another request under the same key may have paid meanwhile: then this one is told what came of it.
    return now.payments.some(({ id }) => id === paymentId) ? undefined : refuse(closedError(now));
  }

  async #start(order: Order, payment: NewPayment, asked: AskedPayment): Promise<Paid> {
    const { store, clock, providers } = this.#parts;
    const { id, provider: name, amount, currency } = payment;
    const { reference, email } = order;
    const started = await providers.get(name)?.start({
      ...{ paymentId: id, orderId: order.id, reference, email, amount: { amount, currency } },
      returnUrl: asked.returnUrl,
      details: asked.details,
    });
    if (!started) return refuse(wireError('payment_required', 'There is no such provider.', { field: 'provider' }));
    if (!started.ok) {
      // Where nobody knows whether there is a payment, it stays open: the look at open payments finds it. So it does where the provider
      // takes none for now: the same request comes again, perhaps at another node already, and may make it.
      if (started.error.outcome === 'not-applied' && !started.error.retryable) {
        const failure = started.error.code;
        await store.noteStarted({ paymentId: id, providerRef: undefined, state: 'failed', failure, now: clock.now() });
      }
      return started;
    }
    const staff = providers.get(name)?.isStaffOnly ? asked.staff : undefined;
    if (started.report) return await this.#take(order, payment, started, started.report, staff);
    const { providerRef, state } = started;
    await store.noteStarted({ paymentId: id, providerRef, state, now: clock.now() });
    return { ok: true, order: (await store.find(order.id)) ?? order, payment: stepOf(payment, started) };
  }

  /** A report that came with the answer: the buyer waits for the seats. */
  async #take(
    order: Order,
    payment: NewPayment,
    started: Pick<StartedPayment, 'state' | 'clientSecret' | 'url'>,
    report: PaymentReport,
    staff?: StaffCaller,
  ): Promise<Paid> {
    const { store, clock } = this.#parts;
    const paidAt = clock.now();
    const settled = await this.#settle(report, paidAt, staff);
    let fulfilled: Order | undefined;
    if (settled.isPaid) {
      const state = 'succeeded' as const;
      const paid = {
        id: payment.id,
        provider: payment.provider,
        providerRef: report.providerRef,
        amount: payment.amount,
      };
      const payments = [
        ...order.payments.filter(({ id }) => id !== payment.id),
        { ...paid, state, failure: undefined, received: payment.amount },
      ];
      fulfilled = await this.#waitFor({ ...order, state: 'paid', paidAt, payments });
    }
    const now = fulfilled ?? (await store.find(order.id)) ?? order;
    const { failure } = report;
    return {
      ok: true,
      order: now,
      payment: { ...stepOf(payment, started), ...(failure === undefined ? {} : { failure }) },
    };
  }

  async settled(report: PaymentReport): Promise<Settled> {
    const { outcome, orderId, isPaid } = await this.#settle(report, this.#parts.clock.now());
    if (isPaid && orderId !== undefined) this.#run(this.bringOn(orderId));
    if (report.state === 'processing' && orderId !== undefined) await this.#keepForReport(orderId);
    return outcome;
  }

  /** The provider has the payment from now on, and may take its time again. It repeats a report that nobody could take. */
  async #keepForReport(orderId: string): Promise<void> {
    const order = await this.#parts.store.find(orderId);
    const kept = order && (await keepHolds(this.#parts, order));
    if (kept === 'later') throw new Error('A house did not answer: the seats of a payment under way are not kept yet.');
  }

  async refundSettled(report: RefundReport): Promise<'taken' | 'repeated' | 'unknown_refund'> {
    const outcome = await this.#parts.store.settleRefund(report, this.#parts.clock.now());
    if (outcome === 'taken') this.#parts.wakeOutbox();
    return outcome;
  }

  /** Goes on with an order that is paid. */
  async bringOn(orderId: string): Promise<BroughtOn> {
    const order = await this.#parts.store.find(orderId);
    return order ? await bringOn(this.#parts, order) : 'ended';
  }

  /** Ends an order that nobody has paid; its buyer has the holds again. Undefined: it awaits no payment. */
  async cancel(order: Order, reason: string, staff?: StaffCaller): Promise<Order | undefined> {
    const { store, clock, providers, wakeOutbox, times = ORDER_TIMES } = this.#parts;
    const now = clock.now();
    const cancelled = { orderId: order.id, from: 'awaiting_payment', reason, now } as const;
    const isCancelled = await store.cancel({ ...cancelled, holdsDueAt: now + times.claimMs, staff });
    if (!isCancelled) return undefined;
    wakeOutbox();
    await returnHolds(this.#parts, order);
    for (const { provider, providerRef, state } of order.payments) {
      if (providerRef === undefined || !['created', 'requires_action', 'processing'].includes(state)) continue;
      // Money that arrives all the same goes back.
      await providers
        .get(provider)
        ?.cancel(providerRef)
        .catch(() => {});
    }
    return await store.find(order.id);
  }

  /** Resolves when what reports have set off has ended. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #settle(report: PaymentReport, now: number, staff?: StaffCaller): Promise<SettledReport> {
    const { store, ids, wakeOutbox, log } = this.#parts;
    const settled = await store.settle(report, ids.uuid(), now, staff);
    const { outcome, orderId } = settled;
    if (outcome === 'unknown_payment' || outcome === 'wrong_sum' || (outcome === 'late' && !settled.isPaid)) {
      const { provider, eventId, providerRef } = report;
      const fields = { event: `order.money_${outcome}`, orderId, provider, eventId, providerRef };
      log.warn(fields, 'Money came that no order waits for. What arrived for an order of ours is refunded.');
      wakeOutbox();
    }
    return settled;
  }

  /** The order where it is fulfilled by then; undefined: the store knows how it stands. */
  async #waitFor(order: Order): Promise<Order | undefined> {
    const { timers, times = ORDER_TIMES } = this.#parts;
    const work = this.#run(bringOn(this.#parts, order));
    let cancel = () => {};
    const late = new Promise<'later'>((resolve) => {
      cancel = timers.after(times.fulfilWaitMs, () => resolve('later'));
    });
    const broughtOn = await Promise.race([work, late]);
    cancel();
    return typeof broughtOn === 'object' ? broughtOn : undefined;
  }

  /** The monitor finds the order when this fails. */
  #run(work: Promise<BroughtOn>): Promise<BroughtOn> {
    const { log } = this.#parts;
    const ended: Promise<BroughtOn> = work
      .catch((err: unknown) => {
        log.warn(
          { event: 'order.not_brought_on', err },
          'A paid order was not finished at once. The monitor goes on with it.',
        );
        return 'later' as const;
      })
      .finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return ended;
  }
}

function stepOf(
  { id, provider }: NewPayment,
  { state, clientSecret, url }: Pick<StartedPayment, 'state' | 'clientSecret' | 'url'>,
): PaymentStep {
  return { id, provider, state, clientSecret, url };
}

function freeReport({ id, currency }: NewPayment): PaymentReport {
  return {
    provider: 'none',
    eventId: id,
    kind: 'none.succeeded',
    providerRef: id,
    paymentId: id,
    state: 'succeeded',
    received: { amount: 0, currency },
  };
}

/** Why an order takes no payment. */
export function closedError({ state }: Pick<Order, 'state'>): WireError {
  return wireError('order_closed', `The order is ${state.replace('_', ' ')}.`);
}
