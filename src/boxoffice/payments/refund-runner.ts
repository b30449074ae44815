import type { Log } from '../../kernel/log.js';
import { backoffMs } from './backoff.js';
import { MONEY_TIMES, type MoneyTimes } from './money-times.js';
import type { DueRefund, MoneyWork } from './money-work-port.js';
import type { PaidOrders, ProviderName, RefundReport } from './paid-orders-port.js';
import type { PaymentProvider, RefundAnswer, RefundAsked } from './payment-provider-port.js';

const REFUNDS_PER_ROUND = 20;

export interface MoneyParts {
  readonly work: MoneyWork;
  readonly providers: ReadonlyMap<ProviderName, PaymentProvider>;
  readonly orders: PaidOrders;
  readonly random: () => number;
  readonly log: Log;
  /** Absent: `MONEY_TIMES`. */
  readonly times?: MoneyTimes | undefined;
}

/**
 * Gives money back: refunds that are `pending` in Postgres, at whichever node takes them first.
 *
 * Invariant: one row is one refund at the provider, whatever dies when. Each try carries the id of the row as its key; from
 * the second try on the provider is asked first whether it has the refund already, since it forgets keys after a while.
 */
export class RefundRunner {
  readonly #parts: MoneyParts;

  constructor(parts: MoneyParts) {
    this.#parts = parts;
  }

  /** Tries what is due. Every node calls it again and again. */
  async runDue(): Promise<void> {
    const { work, log } = this.#parts;
    try {
      const due = await work.takeRefunds(REFUNDS_PER_ROUND);
      await Promise.all(due.map((refund) => this.#run(refund)));
    } catch (error) {
      log.warn(
        { event: 'refunds.not_read', err: error },
        'Due refunds could not be read. They are read again in a moment.',
      );
    }
  }

  async #run(refund: DueRefund): Promise<void> {
    const { work, random, log, times = MONEY_TIMES } = this.#parts;
    const { refundId, tries } = refund;
    try {
      const answer = await this.#answerTo(refund);
      if (answer.state === 'pending')
        await work.postponeRefund(refundId, times.pendingLookMs, null, answer.providerRef);
      else if (answer.state === 'failed' && answer.retryable) {
        const fields = { event: 'refunds.will_retry', refundId, tries, failure: answer.failure };
        log.warn(fields, 'The provider did not give a sum back. It is asked again.');
        const afterMs = backoffMs(tries, times.firstRetryMs, times.retryMsMax, random);
        await work.postponeRefund(refundId, afterMs, answer.failure, null);
      } else await this.#settle(refund, answer);
    } catch (error) {
      // Its lease ends, and some node tries it again.
      log.warn(
        { event: 'refunds.will_retry', refundId, tries, err: error },
        'A refund could not be settled. It is tried again.',
      );
    }
  }

  async #answerTo(refund: DueRefund): Promise<RefundAnswer> {
    const { refundId, paymentId, amount, currency, tries, refundRef } = refund;
    const provider = this.#parts.providers.get(refund.provider);
    if (!provider) return { state: 'failed', failure: 'provider_not_configured', retryable: true };
    const providerRef = refund.paymentRef ?? (await provider.find({ paymentId }))?.providerRef;
    if (providerRef === undefined) return { state: 'failed', failure: 'payment_not_found', retryable: true };
    const asked: RefundAsked = { refundId, paymentId, providerRef, amount: { amount, currency } };
    const found = tries > 1 || refundRef !== null ? await provider.findRefund(asked) : undefined;
    return found ?? (await provider.refund(asked));
  }

  async #settle({ refundId, provider }: DueRefund, answer: Exclude<RefundAnswer, { state: 'pending' }>): Promise<void> {
    const { orders, log } = this.#parts;
    const { state } = answer;
    const report = { provider, eventId: `${refundId}:${state}`, kind: `refund.${state}`, refundId } as const;
    if (answer.state === 'failed') {
      const { failure } = answer;
      await orders.refundSettled({ ...report, state: 'failed', providerRef: null, failure });
      logRefused(log, { refundId, provider, failure });
    } else await orders.refundSettled({ ...report, state: 'succeeded', providerRef: answer.providerRef });
  }
}

/** Also of a refund that a bank sends back days after it was given. */
export function logRefused(log: Log, refund: Pick<RefundReport, 'refundId' | 'provider' | 'failure'>): void {
  const { refundId, provider, failure } = refund;
  const fields = { event: 'refunds.refused', refundId, provider, failure };
  log.error(fields, 'The provider refused a refund for good. Somebody has to give this money back by hand.');
}
