import { travel } from '../../../src/adapters/memory/trip.js';
import { OrderMonitor } from '../../../src/boxoffice/orders/order-monitor.js';
import type { OrderParts } from '../../../src/boxoffice/orders/order-parts.js';
import { Orders } from '../../../src/boxoffice/orders/orders.js';
import { OpenPayments } from '../../../src/boxoffice/payments/open-payments.js';
import type { ProviderName } from '../../../src/boxoffice/payments/paid-orders-port.js';
import type { PaymentProvider } from '../../../src/boxoffice/payments/payment-provider-port.js';
import { RefundRunner } from '../../../src/boxoffice/payments/refund-runner.js';
import { repeat } from '../../../src/boxoffice/repeat.js';
import { explainOutcome } from '../../../src/composition/explain-outcome.js';
import { HostedDesk } from '../../../src/composition/house-desk.js';
import type { Undo } from '../../../src/composition/store.js';
import type { Clock } from '../../../src/kernel/clock.js';
import type { Ids } from '../../../src/kernel/ids.js';
import type { Log } from '../../../src/kernel/log.js';
import type { Hosts } from '../../../src/runtime/hosts.js';
import type { Life } from './life.js';
import type { Sales } from './sales.js';
import { MONEY_TIMES, ORDER_LIMITS, ORDER_TIMES, TIMES } from './times.js';
import type { World } from './world.js';

export interface BoxOfficeParts {
  readonly name: string;
  readonly life: Life;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly hosts: Hosts;
}

/**
 * The orders of one life of a node, as production wires them: orders, their monitor, refunds and looks at open payments. What they
 * share with the other nodes is played: the store in Postgres, and the provider.
 */
export class SimBoxOffice {
  readonly orders: Orders;

  constructor(world: World, sales: Sales, parts: BoxOfficeParts, undo: Undo) {
    const { name, life, clock, ids, log, hosts } = parts;
    const { timers } = life;
    const hosted = new HostedDesk({ clock, timers, askMsMax: TIMES.ask, answerMsMax: TIMES.commitWait });
    hosted.bind(hosts);
    const store = sales.reachedFrom(sales.store, name, life);
    const provider = sales.provider.reachedFrom(life);
    const providers = new Map<ProviderName, PaymentProvider>([[provider.name, provider]]);
    const orderParts: OrderParts = {
      store,
      desk: sales.askedFrom(hosted, life),
      policyOf: (showtimeId) =>
        life.hears(travel(world.time, sales.trip('policy', name), () => sales.policyOf(showtimeId))),
      providers,
      explain: explainOutcome,
      ...{ clock, timers, ids, log },
      limits: ORDER_LIMITS,
      times: ORDER_TIMES,
      wakeOutbox: () => {},
    };
    this.orders = new Orders(orderParts);
    const monitor = new OrderMonitor(this.orders, orderParts);
    const work = sales.reachedFrom(sales.work, name, life);
    const random = world.random(`money of ${name}`).fraction;
    const money = { work, providers, orders: this.orders, random, log, times: MONEY_TIMES };
    const refunds = new RefundRunner(money);
    const open = new OpenPayments(money);
    undo.push(
      () => this.orders.idle(),
      monitor.start(timers),
      repeat(timers, TIMES.refunds, () => refunds.runDue()),
      repeat(timers, TIMES.openPayments, () => open.lookDue()),
    );
  }
}
