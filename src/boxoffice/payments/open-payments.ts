import { backoffMs } from './backoff.js';
import { MONEY_TIMES, type MoneyTimes } from './money-times.js';
import type { OpenPayment } from './money-work-port.js';
import type { PaymentReport } from './paid-orders-port.js';
import type { PaymentProvider } from './payment-provider-port.js';
import type { MoneyParts } from './refund-runner.js';

const PAYMENTS_PER_ROUND = 20;

/**
 * Asks providers how payments stand that are open for long: the report of one may have been lost, or the answer to its start.
 * When the order has ended, the payment is cancelled, so that no money arrives for seats that are gone. Money that arrives
 * all the same is late money, which the orders give back or take.
 */
export class OpenPayments {
  readonly #parts: MoneyParts;
  readonly #times: MoneyTimes;

  constructor(parts: MoneyParts) {
    this.#parts = parts;
    this.#times = parts.times ?? MONEY_TIMES;
  }

  /** Looks at those that are due. Every node calls it again and again. */
  async lookDue(): Promise<void> {
    const { work, log } = this.#parts;
    try {
      const due = await work.takePayments(PAYMENTS_PER_ROUND, this.#times.firstLookMs);
      await Promise.all(due.map((payment) => this.#look(payment)));
    } catch (error) {
      const fields = { event: 'payments.open_not_read', err: error };
      log.warn(fields, 'Open payments could not be read. They are read again in a moment.');
    }
  }

  async #look(payment: OpenPayment): Promise<void> {
    const { work, providers, orders, random, log } = this.#parts;
    const { paymentId, looks } = payment;
    const { firstLookMs, lookMsMax } = this.#times;
    try {
      const provider = providers.get(payment.provider);
      const report = provider && (await this.#reportOn(provider, payment));
      if (report && ['succeeded', 'failed', 'cancelled'].includes(report.state)) await orders.settled(report);
      await work.postponePayment(paymentId, backoffMs(looks, firstLookMs, lookMsMax, random));
    } catch (error) {
      // Its lease ends, and some node looks again.
      const fields = { event: 'payments.look_failed', err: error, paymentId };
      log.warn(fields, 'The provider could not be asked how a payment stands. It is asked again.');
    }
  }

  async #reportOn(provider: PaymentProvider, payment: OpenPayment): Promise<PaymentReport | undefined> {
    const { paymentId, providerRef, hasOrderEnded, ageMs } = payment;
    const asked = providerRef === null ? { paymentId } : { paymentId, providerRef };
    const found = await provider.find(asked);
    if (!found) return hasOrderEnded && ageMs >= this.#times.unknownIsNoneMs ? noneOf(provider, paymentId) : undefined;
    const isOpen = found.state === 'requires_action' || found.state === 'processing' || found.state === 'failed';
    if (!hasOrderEnded || !isOpen) return found;
    await provider.cancel(found.providerRef);
    // The present state decides, and not the request to cancel: the buyer may have paid meanwhile.
    return await provider.find({ paymentId, providerRef: found.providerRef });
  }
}

function noneOf({ name }: PaymentProvider, paymentId: string): PaymentReport {
  const ref = `none_${paymentId}`;
  return { provider: name, eventId: ref, kind: 'payment.never_made', providerRef: ref, paymentId, state: 'cancelled' };
}
