import type { Timers } from '../../kernel/timers.js';
import { repeatLogged } from '../repeat.js';
import { releaseHolds, returnHolds } from './give-back-holds.js';
import type { OrderParts } from './order-parts.js';
import type { Order } from './order-port.js';
import { ORDER_TIMES, type OrderTimes } from './order-times.js';
import type { Orders } from './orders.js';

const LIMIT = 200;
/** Each fault is said again for so long, in case nobody heard it. */
const MONEY_WINDOW_MS = 3_600_000;

type Parts = Pick<OrderParts, 'store' | 'desk' | 'clock' | 'log' | 'wakeOutbox' | 'times'>;

export interface OrderTotals {
  /** Paid orders that somebody else had left. */
  readonly broughtOn: number;
  readonly moneyFaults: number;
}

/** Ends orders that nobody pays, goes on with paid ones that somebody left, and says where money and bookings do not match. */
export class OrderMonitor {
  readonly #orders: Orders;
  readonly #parts: Parts;
  readonly #times: OrderTimes;
  #moneyLookAt = 0;
  #totals = { broughtOn: 0, moneyFaults: 0 };

  constructor(orders: Orders, parts: Parts) {
    this.#orders = orders;
    this.#parts = parts;
    this.#times = parts.times ?? ORDER_TIMES;
  }

  get totals(): OrderTotals {
    return this.#totals;
  }

  /** Returns the stop. */
  start(timers: Timers): () => Promise<void> {
    const message = 'Orders could not be looked at. They are looked at again in a second.';
    const failure = { log: this.#parts.log, event: 'order.monitor_failed', message };
    return repeatLogged(timers, this.#times.lookMs, failure, () => this.look());
  }

  /** One round. */
  async look(): Promise<void> {
    await this.#expire();
    await this.#giveBackDue();
    await this.#goOn();
    await this.#findMoneyFaults();
  }

  async #expire(): Promise<void> {
    const { store, clock, wakeOutbox } = this.#parts;
    for (;;) {
      const now = clock.now();
      const expired = await store.expire(now, now + this.#times.claimMs, LIMIT);
      if (expired.length > 0) wakeOutbox();
      await this.#giveBack(expired, now);
      if (expired.length < LIMIT) return;
    }
  }

  /** Gives back holds that the node that ended their order left: it died, or a house did not answer, or took a hold into the order later. */
  async #giveBackDue(): Promise<void> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    await this.#giveBack(await store.holdsDue(now, now + this.#times.claimMs, LIMIT), now);
  }

  async #giveBack(ended: readonly Order[], now: number): Promise<void> {
    const given = await Promise.all(
      ended.map(async (order) => {
        if (order.state === 'cancelled') return (await returnHolds(this.#parts, order, now)) ? [order.id] : [];
        // One that was paid late needs its holds, or has taken its seats again.
        if (order.state !== 'expired') return [order.id];
        return (await releaseHolds(this.#parts, order)) ? [order.id] : [];
      }),
    );
    await this.#parts.store.holdsGivenBack(given.flat());
  }

  async #goOn(): Promise<void> {
    const { store, clock, log } = this.#parts;
    const now = clock.now();
    const due = await store.due(now, now + this.#times.claimMs, LIMIT);
    for (const orderId of due.drafts) await this.#endDraft(orderId);
    await Promise.all(
      due.paid.map(async ({ orderId, paidAt }) => {
        const outcome = await this.#orders.bringOn(orderId);
        if (outcome !== 'later') this.#totals.broughtOn++;
        if (outcome !== 'later' || now - paidAt < this.#times.hangsMs) return;
        const message =
          'A paid order has neither seats nor a refund yet, because a house does not answer. It is tried again.';
        log.error({ event: 'order.hangs', orderId, paidMs: now - paidAt }, message);
      }),
    );
  }

  async #endDraft(orderId: string): Promise<void> {
    const { store, clock } = this.#parts;
    const order = await store.find(orderId);
    const now = clock.now();
    const cancelled = {
      orderId,
      from: 'draft',
      reason: 'abandoned',
      now,
      holdsDueAt: now + this.#times.claimMs,
    } as const;
    if (!order || !(await store.cancel(cancelled))) return;
    await returnHolds(this.#parts, order);
  }

  async #findMoneyFaults(): Promise<void> {
    const { store, clock, log } = this.#parts;
    const now = clock.now();
    if (now < this.#moneyLookAt) return;
    this.#moneyLookAt = now + this.#times.moneyLookMs;
    const faults = await store.moneyFaults(now - MONEY_WINDOW_MS, now - this.#times.moneyRestMs);
    this.#totals.moneyFaults += faults.length;
    for (const fault of faults) {
      const message =
        'What was paid and given back for an order does not fit its seats. Look at it: somebody has lost money.';
      log.error({ event: 'order.money_fault', ...fault }, message);
    }
  }
}
