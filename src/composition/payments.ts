import { nodeTimers } from '../adapters/node-timers.js';
import { postgresAudit } from '../boxoffice/audit/audit.js';
import { BoundOrders } from '../boxoffice/payments/bound-orders.js';
import { cashProvider } from '../boxoffice/payments/cash-provider.js';
import { OpenPayments } from '../boxoffice/payments/open-payments.js';
import type { PaidOrders, ProviderName } from '../boxoffice/payments/paid-orders-port.js';
import type { PaymentProvider } from '../boxoffice/payments/payment-provider-port.js';
import { PostgresMoneyWork } from '../boxoffice/payments/postgres-money-work.js';
import { RefundRunner } from '../boxoffice/payments/refund-runner.js';
import { Disputes } from '../boxoffice/payments/stripe/disputes.js';
import { paymentEventEndpoint } from '../boxoffice/payments/stripe/payment-event-endpoint.js';
import { stripeClient } from '../boxoffice/payments/stripe/stripe-client.js';
import { StripeEvents } from '../boxoffice/payments/stripe/stripe-events.js';
import { stripeProvider } from '../boxoffice/payments/stripe/stripe-provider.js';
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
const REFUNDS_MS = 500;
const OPEN_PAYMENTS_MS = 5_000;
/** Three calls to a provider, each tried twice, at ten seconds each. */
const LEASE_MS = 75_000;

export interface Payments {
  /** Those that this node takes payments by. */
  readonly providers: ReadonlyMap<ProviderName, PaymentProvider>;
  readonly endpoints: readonly Endpoint[];
  /** Once, when the orders are there: until then no report is taken. */
  start(orders: PaidOrders): void;
}

/** @param wake moves the outbox after a commit */
export function openPayments(config: Config, store: Store, wake: () => void, log: Log, undo: Undo): Payments {
  const { pool, clock } = store;
  const orders = new BoundOrders();
  const ledger = new TestLedger(pool);
  const reports = new TestReports({ ledger, orders, log });
  const isAccepted = config.testPayments;
  const siteUrl = config.accounts.siteUrl;
  const providers = new Map<ProviderName, PaymentProvider>([['cash', cashProvider]]);
  if (isAccepted) providers.set('test', testProvider({ ledger, siteUrl, isAccepted }));
  if (config.stripe) providers.set('stripe', stripeProvider(stripeClient(config.stripe), log));
  const disputes = new Disputes({ pool, audit: postgresAudit, wake, log });
  const stripe = config.stripe && {
    events: new StripeEvents({ ...config.stripe, orders, disputes, log }),
    webhookSecrets: config.stripe.webhookSecrets,
  };
  return {
    providers,
    endpoints: [
      ...testPaymentEndpoints({ ledger, reports, isAccepted }),
      paymentEventEndpoint({ stripe, wallMs: () => clock.now(), log }),
    ],
    start: (bound) => {
      orders.bind(bound);
      const money = { work: new PostgresMoneyWork(pool, LEASE_MS), providers, orders, random: Math.random, log };
      const refunds = new RefundRunner(money);
      const open = new OpenPayments(money);
      undo.push(repeat(nodeTimers, REFUNDS_MS, () => refunds.runDue()));
      undo.push(repeat(nodeTimers, OPEN_PAYMENTS_MS, () => open.lookDue()));
      if (isAccepted) undo.push(repeat(nodeTimers, TEST_REPORTS_MS, () => reports.makeDue()));
    },
  };
}
