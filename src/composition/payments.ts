import { nodeTimers } from '../adapters/node-timers.js';
import { BoundOrders } from '../boxoffice/payments/bound-orders.js';
import { cashProvider } from '../boxoffice/payments/cash-provider.js';
import type { PaidOrders, ProviderName } from '../boxoffice/payments/paid-orders-port.js';
import type { PaymentProvider } from '../boxoffice/payments/payment-provider-port.js';
import { TestLedger } from '../boxoffice/payments/test-ledger.js';
import { testPaymentEndpoints } from '../boxoffice/payments/test-payment-endpoints.js';
import { testProvider } from '../boxoffice/payments/test-provider.js';
import { TestReports } from '../boxoffice/payments/test-reports.js';
import { repeat } from '../boxoffice/repeat.js';
import type { Config } from '../config.js';
import type { Endpoint } from '../http/endpoint.js';
import type { Log } from '../kernel/log.js';
import type { Store, Undo } from './store.js';

const TEST_REPORTS_MS = 500;

export interface Payments {
  /** Those that this node takes payments by. */
  readonly providers: ReadonlyMap<ProviderName, PaymentProvider>;
  readonly endpoints: readonly Endpoint[];
  /** Once, when the orders are there: until then no report is taken. */
  start(orders: PaidOrders): void;
}

export function openPayments(config: Config, { pool }: Store, log: Log, undo: Undo): Payments {
  const orders = new BoundOrders();
  const ledger = new TestLedger(pool);
  const reports = new TestReports({ ledger, orders, log });
  const isAccepted = config.testPayments;
  const providers: PaymentProvider[] = [
    cashProvider,
    ...(isAccepted ? [testProvider({ ledger, siteUrl: config.accounts.siteUrl, isAccepted })] : []),
  ];
  return {
    providers: new Map(providers.map((provider) => [provider.name, provider])),
    endpoints: testPaymentEndpoints({ ledger, reports, isAccepted }),
    start: (bound) => {
      orders.bind(bound);
      if (isAccepted) undo.push(repeat(nodeTimers, TEST_REPORTS_MS, () => reports.makeDue()));
    },
  };
}
