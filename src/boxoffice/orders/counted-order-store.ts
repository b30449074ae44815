import type { PaymentReport, RefundReport } from '../payments/paid-orders-port.js';
import type { Order, StaffCaller } from './order-port.js';
import type {
  Cancelled,
  Drafted,
  NewOrder,
  NewPayment,
  OpenedOrder,
  OrderSearch,
  OrderStore,
  RefundDecision,
  SettledReport,
} from './order-store-port.js';

/** How often, by what: since this node started, and of what took effect because of a call of its own. */
export interface OrderCounts {
  /** Orders by what became of them: opened, fulfilled, refunded, expired, cancelled. */
  readonly orders: Readonly<Record<string, number>>;
  /** Drafts that were given up, by the code of the error. */
  readonly drafts: Readonly<Record<string, number>>;
  /** Reports of providers, by what came of them. */
  readonly reports: Readonly<Record<string, number>>;
  /** Payments by how they ended; one that failed can succeed later, and counts twice. */
  readonly payments: Readonly<Record<string, number>>;
  readonly refunds: Readonly<Record<string, number>>;
}

/** Counts what a store of orders does for this node. What happened once is counted once, at whichever node it happened. */
export class CountedOrderStore implements OrderStore {
  readonly #store: OrderStore;
  readonly #orders = new Tally(['opened', 'fulfilled', 'refunded', 'expired', 'cancelled']);
  readonly #drafts = new Tally([]);
  readonly #reports = new Tally(['taken', 'late', 'wrong_sum', 'repeated', 'unknown_payment']);
  readonly #payments = new Tally(['succeeded', 'failed', 'cancelled']);
  readonly #refunds = new Tally(['succeeded', 'failed']);

  constructor(store: OrderStore) {
    this.#store = store;
  }

  get counts(): OrderCounts {
    return {
      orders: this.#orders.read(),
      drafts: this.#drafts.read(),
      reports: this.#reports.read(),
      payments: this.#payments.read(),
      refunds: this.#refunds.read(),
    };
  }

  async draft(order: NewOrder, underWayMax: number): Promise<Drafted> {
    const drafted = await this.#store.draft(order, underWayMax);
    if (!drafted.ok) this.#drafts.add(drafted.fault);
    return drafted;
  }

  async open(opened: OpenedOrder): ReturnType<OrderStore['open']> {
    const outcome = await this.#store.open(opened);
    if (outcome === 'opened') this.#orders.add('opened');
    return outcome;
  }

  async cancel(cancelled: Cancelled): Promise<boolean> {
    const isDone = await this.#store.cancel(cancelled);
    if (isDone && cancelled.from === 'draft') this.#drafts.add(cancelled.reason);
    if (isDone && cancelled.from !== 'draft') this.#orders.add('cancelled');
    return isDone;
  }

  async noteStarted(started: Parameters<OrderStore['noteStarted']>[0]): Promise<void> {
    await this.#store.noteStarted(started);
    // No provider reports on a payment that did not start.
    if (started.state === 'failed') this.#payments.add('failed');
  }

  async settle(report: PaymentReport, refundId: string, now: number, staff?: StaffCaller): Promise<SettledReport> {
    const settled = await this.#store.settle(report, refundId, now, staff);
    const { outcome } = settled;
    this.#reports.add(outcome);
    const isNews = outcome !== 'repeated' && outcome !== 'unknown_payment';
    if (isNews && this.#payments.has(report.state)) this.#payments.add(report.state);
    return settled;
  }

  async fulfil(order: Order, ticketIds: readonly string[], now: number): Promise<boolean> {
    const isDone = await this.#store.fulfil(order, ticketIds, now);
    if (isDone) this.#orders.add('fulfilled');
    return isDone;
  }

  async endRefunded(orderId: string, now: number): Promise<boolean> {
    const isDone = await this.#store.endRefunded(orderId, now);
    if (isDone) this.#orders.add('refunded');
    return isDone;
  }

  async settleRefund(report: RefundReport, now: number): ReturnType<OrderStore['settleRefund']> {
    const outcome = await this.#store.settleRefund(report, now);
    if (outcome === 'taken' && this.#refunds.has(report.state)) this.#refunds.add(report.state);
    return outcome;
  }

  async expire(now: number, holdsDueAt: number, limit: number): Promise<Order[]> {
    const expired = await this.#store.expire(now, holdsDueAt, limit);
    this.#orders.add('expired', expired.length);
    return expired;
  }

  find = (orderId: string) => this.#store.find(orderId);
  findRequest = (requestId: string) => this.#store.findRequest(requestId);
  search = (search: OrderSearch) => this.#store.search(search);
  accountOf = (holder: string) => this.#store.accountOf(holder);
  addPayment = (payment: NewPayment) => this.#store.addPayment(payment);
  prolong = (orderId: string, until: number) => this.#store.prolong(orderId, until);
  raiseAttempt = (orderId: string, number: number, from: number) => this.#store.raiseAttempt(orderId, number, from);
  decideRefund = (decision: RefundDecision) => this.#store.decideRefund(decision);
  holdsDue = (now: number, claimedUntil: number, limit: number) => this.#store.holdsDue(now, claimedUntil, limit);
  holdsGivenBack = (orderIds: readonly string[]) => this.#store.holdsGivenBack(orderIds);
  due = (now: number, claimedUntil: number, limit: number) => this.#store.due(now, claimedUntil, limit);
  moneyFaults = (from: number, until: number) => this.#store.moneyFaults(from, until);
}

/** Counts by name. Names that are known from the start are there with 0, so that their rate is known from the first one on. */
class Tally {
  readonly #counts: Map<string, number>;

  constructor(names: readonly string[]) {
    this.#counts = new Map(names.map((name) => [name, 0]));
  }

  has(name: string): boolean {
    return this.#counts.has(name);
  }

  add(name: string, count = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  read(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
