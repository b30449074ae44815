import { isPostgresFailing } from '../adapters/circuit-breaker.js';
import { nodeTimers } from '../adapters/node-timers.js';
import { retryableWhileAway } from '../boxoffice/accounts/while-away.js';
import { exchangeEndpoints } from '../boxoffice/exchanges/exchange-endpoints.js';
import type { HouseDesk } from '../boxoffice/house-desk-port.js';
import { CountedOrderStore } from '../boxoffice/orders/counted-order-store.js';
import type { Discounts } from '../boxoffice/orders/discounts-port.js';
import { findFor, isOrderOf, orderEndpoints } from '../boxoffice/orders/order-endpoints.js';
import { OrderMonitor } from '../boxoffice/orders/order-monitor.js';
import type { OrderParts } from '../boxoffice/orders/order-parts.js';
import type { Order } from '../boxoffice/orders/order-port.js';
import { OrderWatch } from '../boxoffice/orders/order-watch.js';
import { Orders } from '../boxoffice/orders/orders.js';
import { PostgresOrderStore } from '../boxoffice/orders/postgres-order-store.js';
import { SalePolicies } from '../boxoffice/orders/sale-policies.js';
import type { PaymentProvider } from '../boxoffice/payments/payment-provider-port.js';
import type { Config } from '../config.js';
import { originOf } from '../gateway/origin-of.js';
import type { Caller } from '../http/access.js';
import type { Endpoint } from '../http/endpoint.js';
import type { Log } from '../kernel/log.js';
import type { OrderReadings } from '../observability/order-metrics.js';
import type { OpenedExchanges } from './exchanges.js';
import { explainOutcome } from './explain-outcome.js';
import type { Store, Undo } from './store.js';

interface OrdersNeeds {
  readonly store: Store;
  readonly desk: HouseDesk;
  readonly providers: ReadonlyMap<string, PaymentProvider>;
  readonly discounts?: Discounts | undefined;
  readonly exchanges: Pick<OpenedExchanges, 'terms' | 'exchanges'>;
  readonly wakeOutbox: () => void;
}

/** Orders, as one node serves them. */
export interface OpenedOrders {
  readonly endpoints: readonly Endpoint[];
  /** What payments report to. */
  readonly orders: Orders;
  /** Where the caller may see it. */
  readonly findOrder: (caller: Caller, orderId: string) => Promise<Order | undefined>;
  /** Once the houses can be asked. */
  start(): void;
  /** For the metrics. */
  read(): OrderReadings;
}

export function openOrders(config: Config, needs: OrdersNeeds, log: Log, undo: Undo): OpenedOrders {
  const { pool, clock, ids } = needs.store;
  const { desk, providers, discounts, exchanges, wakeOutbox } = needs;
  const policies = new SalePolicies(pool, clock);
  const store = new CountedOrderStore(new PostgresOrderStore(pool, discounts, exchanges.exchanges));
  const watch = new OrderWatch(pool);
  const parts: OrderParts = {
    store,
    desk,
    policyOf: (showtimeId) => policies.of(showtimeId),
    providers,
    discounts,
    exchanges: exchanges.terms,
    explain: explainOutcome,
    clock,
    timers: nodeTimers,
    ids,
    log,
    limits: config.orders,
    wakeOutbox,
  };
  const orders = new Orders(parts);
  undo.push(() => orders.idle());
  const monitor = new OrderMonitor(orders, parts);
  const { siteUrl } = config.accounts;
  const findOrder = (caller: Caller, orderId: string) => findFor({ orders, store }, caller, orderId);
  const endpoints = [
    ...orderEndpoints({ orders, store, originOf, siteUrl }),
    ...exchangeEndpoints({
      orders,
      findOrder,
      isOwn: (caller, order) => isOrderOf(store, caller, order),
      originOf,
      siteUrl,
    }),
  ];
  return {
    endpoints: retryableWhileAway(endpoints, isPostgresFailing, log, 'orders'),
    orders,
    findOrder,
    start: () => {
      undo.push(monitor.start(nodeTimers));
      if (config.metrics) undo.push(watch.start(nodeTimers, log));
    },
    read: () => ({ counts: store.counts, monitor: monitor.totals, underWay: watch.reading }),
  };
}
