import type { Order } from '../../../src/boxoffice/orders/order-port.js';
import type { PaymentStep } from '../../../src/boxoffice/orders/orders.js';
import type { Sometimes } from '../world/census.js';
import type { Sales } from '../world/sales.js';
import type { ProvidedPayment } from '../world/sim-provider.js';
import type { World } from '../world/world.js';
import type { Orders } from './orders.js';

const NEITHER_BOTH = 'whoever paid has the seats or the money';
const ROWS = 'the books agree with the provider';
const TOLD = 'what a buyer was told of an order is so';
const ENDED: ReadonlySet<string> = new Set(['fulfilled', 'refunded', 'cancelled', 'expired']);
const OPEN: ReadonlySet<string> = new Set(['created', 'requires_action', 'processing']);
/** What an order may come to after it was told to be so. */
const AFTER: Readonly<Record<Order['state'], readonly string[]>> = {
  draft: [...ENDED],
  awaiting_payment: [...ENDED],
  expired: ['expired', 'fulfilled', 'refunded'],
  paid: ['fulfilled', 'refunded'],
  fulfilled: ['fulfilled'],
  cancelled: ['cancelled'],
  refunded: ['refunded'],
  partly_refunded: [],
};

/**
 * Orders, looked up from outside: in the ledger of the provider, in the journal and in the rows of orders. None of the rules by which
 * an order comes to be fulfilled or refunded is written here again; only that it is one of both, whole, and once.
 */
export class Purchases {
  readonly #world: World;
  readonly #sales: Sales;
  readonly #orders: Orders;
  readonly #told: { readonly orderId: string; readonly state: Order['state'] }[] = [];
  /** Payments that were told to have succeeded. */
  readonly #paid = new Set<string>();
  #requests = 0;

  constructor(world: World, sales: Sales, orders: Orders) {
    this.#world = world;
    this.#sales = sales;
    this.#orders = orders;
  }

  /** Somebody is at it, and is to be waited for. */
  async during(act: () => Promise<void>): Promise<void> {
    this.#requests++;
    await act();
    this.#requests--;
  }

  told({ id, state }: Order): void {
    this.#told.push({ orderId: id, state });
  }

  toldOfPayment(order: Order, { id, state }: PaymentStep): void {
    this.told(order);
    if (state === 'succeeded') this.#paid.add(id);
  }

  /** What is still under way: of orders, of money, and of what the provider has to tell. */
  underWay(): readonly string[] {
    const { store, provider, webhooks } = this.#sales;
    const found: string[] = [];
    if (this.#requests > 0) found.push(`${this.#requests} requests have no answer`);
    if (provider.awaited > 0) found.push('money is under way');
    if (webhooks.undelivered > 0) found.push('a provider has something to tell');
    for (const { id, state, payments, refunds } of store.all()) {
      const name = id.slice(-8);
      if (!ENDED.has(state)) found.push(`order ${name} is ${state}`);
      if (payments.some((payment) => OPEN.has(payment.state))) found.push(`a payment of ${name} is open`);
      if (refunds.some((refund) => refund.state === 'pending')) found.push(`a refund of ${name} is pending`);
    }
    const now = this.#world.time.now();
    const known = new Set(store.all().map(({ id }) => id));
    for (const showtimeId of this.#world.showtimes) {
      for (const { orderId, expiresAt } of this.#world.journal.peek(showtimeId).holds.values()) {
        if (known.has(orderId ?? '') && expiresAt > now) found.push(`a hold stays in ${orderId?.slice(-8)}`);
      }
    }
    return found;
  }

  /** Once nothing is under way. */
  check(): void {
    const { store, provider } = this.#sales;
    const orders = new Map(store.all().map((order) => [order.id, order]));
    const paid = new Map<string, ProvidedPayment[]>();
    for (const payment of provider.payments.values()) {
      if (!orders.has(payment.orderId)) this.#world.violate(ROWS, `payment ${payment.id} is of no order`);
      paid.set(payment.orderId, [...(paid.get(payment.orderId) ?? []), payment]);
    }
    for (const order of orders.values()) {
      const payments = paid.get(order.id) ?? [];
      this.#checkMoney(order, payments);
      this.#checkBooks(order, payments);
      this.#checkEffects(order);
      if (!this.#world.tails.happened) this.#checkSeats(order);
      this.#census(order);
    }
    this.#checkTold(orders);
  }

  /** All that the provider received is kept for a fulfilled order, or was given back: all of it, and once. */
  #checkMoney(order: Order, payments: readonly ProvidedPayment[]): void {
    const kept = payments.filter(({ received, refunds }) => received > 0 && refunds.length === 0);
    const keptSums = kept.map(({ received }) => received).join(' and ');
    if (order.state === 'fulfilled' ? keptSums !== String(order.total) : kept.length > 0) {
      const what = `${nameOf(order)} costs ${order.total} and is ${order.state}; of its money ${keptSums || 'nothing'} is kept`;
      this.#world.violate(NEITHER_BOTH, what);
    }
    for (const { id, received, refunds } of payments) {
      const sums = refunds.map(({ amount }) => amount).join(' and ');
      if (refunds.length > 0 && sums !== String(received)) {
        this.#world.violate('money is given back whole and once', `of ${received} by ${id}, ${sums} was given back`);
      }
    }
  }

  /** The rows of payments and refunds say what the provider has. */
  #checkBooks(order: Order, payments: readonly ProvidedPayment[]): void {
    const booked = order.payments.flatMap(({ id, received = 0 }) => (received > 0 ? [`${id} ${received}`] : []));
    const provided = payments.flatMap(({ id, received }) => (received > 0 ? [`${id} ${received}`] : []));
    this.#same(order, 'payments', booked, provided);
    const returned = order.refunds.map(({ id, paymentId, amount, state }) => `${id} ${paymentId} ${amount} ${state}`);
    const given = payments.flatMap(({ id, refunds }) => refunds.map((refund) => `${refund.id} ${id} ${refund.amount}`));
    const settled = given.map((refund) => `${refund} succeeded`);
    this.#same(order, 'refunds', returned, settled);
    if (payments.some(({ amount }) => amount !== order.total)) {
      this.#world.violate('amounts agree', `${nameOf(order)} costs ${order.total}, and another sum was asked for`);
    }
    const lines = order.lines.reduce((sum, { price, fee, discount }) => sum + price + fee - discount, 0);
    if (order.lines.length > 0 && lines !== order.total) {
      this.#world.violate('amounts agree', `${nameOf(order)} costs ${order.total}, and its lines ${lines}`);
    }
    const refunded = order.state === 'refunded' ? order.total : 0;
    if (order.refunded !== refunded) {
      this.#world.violate('amounts agree', `${nameOf(order)} is ${order.state}, and ${order.refunded} was given back`);
    }
  }

  #same(order: Order, what: string, rows: readonly string[], provider: readonly string[]): void {
    const [some, others] = [rows.toSorted().join(', '), provider.toSorted().join(', ')];
    if (some !== others) this.#world.violate(ROWS, `${what} of ${nameOf(order)}: ${some}; the provider has ${others}`);
  }

  /** Each seat of a fulfilled order has one ticket, and what follows from an order is in the outbox once. */
  #checkEffects(order: Order): void {
    const { tickets, outbox } = this.#sales.store.tables;
    const isFulfilled = order.state === 'fulfilled';
    const lines = tickets
      .filter(({ orderId }) => orderId === order.id)
      .map(({ line, bookingId }) => `${line} ${bookingId}`);
    const due = order.lines.map(({ line, booking }) => `${line} ${order.bookings[booking]?.bookingId}`);
    if (lines.toSorted().join() !== (isFulfilled ? due.toSorted().join() : '')) {
      this.#world.violate(
        'each seat has one ticket',
        `${nameOf(order)} is ${order.state}, and has ${lines.join(', ')}`,
      );
    }
    const topics = outbox.filter(({ orderId }) => orderId === order.id).map(({ topic }) => topic);
    const expected = {
      'order.fulfilled': isFulfilled ? 1 : 0,
      'order.refunded': order.refunds.length,
      'refund.settled': order.refunds.length,
    };
    for (const [topic, times] of Object.entries(expected)) {
      const told = topics.filter((one) => one === topic).length;
      if (told === times) continue;
      const what = `${nameOf(order)} is ${order.state}, and ${topic} is there ${told} times`;
      this.#world.violate('what follows from an order is in the outbox once', what);
    }
  }

  /** A fulfilled order has exactly its seats, booked; no other has a seat. */
  #checkSeats(order: Order): void {
    const labels = this.#world.labels();
    const reseated = new Set(this.#orders.all.flatMap(({ type, bookingId }) => (type === 'reseat' ? [bookingId] : [])));
    const isFulfilled = order.state === 'fulfilled';
    for (const { number, showtimeId, bookingId, bookingReference, status } of order.bookings) {
      const { bookings } = this.#world.journal.peek(showtimeId);
      const ours = [...bookings.values()].filter(({ booking }) => {
        return booking.orderId === order.id && booking.status === 'confirmed';
      });
      const booked = ours.filter(({ booking }) => booking.id === bookingId);
      const seats = booked.flatMap(({ booking }) => booking.seats.map((seat) => labels[seat] ?? '?'));
      const bought = order.lines.filter(({ booking }) => booking === number).map(({ seat }) => seat);
      const due = isFulfilled ? bought : [];
      const isSame = reseated.has(bookingId)
        ? seats.length === due.length
        : seats.toSorted().join() === due.toSorted().join();
      const isTheirs = booked.every(({ booking: { holder, reference } }) => {
        return holder === order.holder && reference === bookingReference;
      });
      if (!isSame || !isTheirs) {
        const what = `${nameOf(order)} is ${order.state}, and has ${seats.join(' ')}, not ${due.join(' ')}`;
        this.#world.violate(NEITHER_BOTH, what);
      }
      const known = new Set(order.bookings.map((one) => one.bookingId));
      const strange = ours.find(({ booking }) => !known.has(booking.id));
      if (strange) this.#world.violate(NEITHER_BOTH, `${strange.booking.reference} is booked beside ${nameOf(order)}`);
      if ((status === 'confirmed') !== isFulfilled) {
        this.#world.violate(ROWS, `${nameOf(order)} is ${order.state}, and its booking is ${status}`);
      }
    }
  }

  #checkTold(orders: ReadonlyMap<string, Order>): void {
    for (const { orderId, state } of this.#told) {
      const order = orders.get(orderId);
      if (order && AFTER[state].includes(order.state)) continue;
      this.#world.violate(TOLD, `${orderId} was told to be ${state}, and is ${order?.state ?? 'not there'}`);
    }
    for (const id of this.#paid) {
      const received = this.#sales.provider.payments.get(id)?.received ?? 0;
      if (received === 0) this.#world.violate(TOLD, `payment ${id} was told to have succeeded, and brought nothing`);
    }
  }

  #census({ id, state, reason, bookings, refunds, payments }: Order): void {
    const count = (what: Sometimes) => this.#world.count(what);
    const isLate = this.#sales.store.tables.outbox.some(
      ({ topic, orderId }) => topic === 'order.expired' && orderId === id,
    );
    const isTakenAgain = bookings.some(({ attempt }) => attempt > 0);
    if (state === 'fulfilled') count('an order was fulfilled');
    if (state === 'fulfilled' && isLate && isTakenAgain) count('late money took its seats again');
    if (state === 'fulfilled' && bookings.length > 1) count('an order of two holds was fulfilled');
    if (state === 'refunded' && isLate) count('late money was given back');
    if (state === 'refunded' && bookings.length > 1) count('an order of two holds was given back');
    if (state === 'expired') count('an order expired');
    if (state === 'cancelled')
      count(reason === 'abandoned' ? 'a draft that was left was ended' : 'an order was cancelled');
    for (const refund of refunds) {
      if (refund.reason === 'paid_twice') count('a second payment was given back');
      if (refund.reason === 'wrong_sum') count('a wrong sum was given back');
      if (refund.reason === 'order_cancelled') count('money for a cancelled order was given back');
    }
    const cards = payments.filter(({ received = 0 }) => received > 0);
    for (const payment of cards) {
      const { card, refundedBy } = this.#sales.provider.payments.get(payment.id) ?? {};
      if (card === 'silent') count('money that nobody reported was found');
      const isReturned = refunds.some(({ paymentId }) => paymentId === payment.id);
      if (isReturned && refundedBy === 'after failures') count('a refund was tried until the provider gave in');
      if (isReturned && refundedBy === 'later') count('a refund was pending for a while');
    }
  }
}

function nameOf({ id }: Order): string {
  return `order ${id.slice(0, 13)}…${id.slice(-4)}`;
}
