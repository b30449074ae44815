import type { Log } from '../../kernel/log.js';
import type { PaidOrders, Settled } from './paid-orders-port.js';
import type { TestLedger } from './test-ledger.js';
import { reportOf } from './test-provider.js';

const REPORTS_PER_ROUND = 100;

export interface TestReportsParts {
  readonly ledger: TestLedger;
  readonly orders: PaidOrders;
  readonly log: Log;
}

/** Makes the reports that the test provider owes: what would be webhooks, if it were a server of its own. */
export class TestReports {
  readonly #parts: TestReportsParts;

  constructor(parts: TestReportsParts) {
    this.#parts = parts;
  }

  /**
   * Makes those that are due, or all of one payment. Every node calls it again and again; a report goes to one of them. What
   * fails is made again within seconds.
   */
  async makeDue(paymentId: string | null = null): Promise<void> {
    const { log } = this.#parts;
    try {
      await this.#make(paymentId);
    } catch (error) {
      const fields = { event: 'payments.test_reports_failed', err: error };
      log.warn(fields, 'Reports of test payments were not made. They are made again in some seconds.');
    }
  }

  /** Makes all that wait of one payment, whether or not they are due, and says what came of each. */
  async push(paymentId: string): Promise<Settled[]> {
    return await this.#make(paymentId);
  }

  async #make(of: string | null): Promise<Settled[]> {
    const { ledger, orders } = this.#parts;
    const outcomes: Settled[] = [];
    for (const { eventId, paymentId } of await ledger.takeDue(REPORTS_PER_ROUND, of)) {
      const payment = await ledger.find(paymentId);
      if (payment) outcomes.push(await orders.settled(reportOf(payment)));
      await ledger.markReported(eventId);
    }
    return outcomes;
  }
}
