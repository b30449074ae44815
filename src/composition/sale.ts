import type { OutboxHandler } from '../boxoffice/outbox/outbox-handler-port.js';
import type { Config } from '../config.js';
import type { Endpoint } from '../http/endpoint.js';
import type { SentMessages } from '../http/openapi.js';
import type { Log } from '../kernel/log.js';
import type { Accounts } from './accounts.js';
import type { BoxOffice } from './box-office.js';
import { openDiscounts } from './discounts.js';
import { openExchanges } from './exchanges.js';
import { openNotifications } from './notifications.js';
import { type OpenedOrders, openOrders } from './orders.js';
import type { Outbox } from './outbox.js';
import { openPayments } from './payments.js';
import { openReports } from './reports.js';
import { openReturns } from './returns.js';
import type { Store, Undo } from './store.js';
import { openTickets } from './tickets.js';
import { openWebhooks } from './webhooks.js';

interface SaleNeeds {
  readonly store: Store;
  readonly tokenSecret: string;
  readonly desk: BoxOffice['desk'];
  readonly links: Accounts['parts']['links'];
  readonly outbox: Outbox;
  /** The bundle of the thread that draws tickets. */
  readonly printWorker: string;
  /** The bundle of the thread that sends mails. */
  readonly mailWorker: string;
}

/** From an order to its money, tickets, mails and reports, as one node serves them. */
export interface Sale {
  readonly endpoints: readonly Endpoint[];
  /** The bodies of outgoing webhooks, by topic. */
  readonly messages: SentMessages;
  /** What works on the events of the outbox. */
  readonly handlers: readonly OutboxHandler[];
  /** Of orders on this node, for `/metrics`. */
  readonly readOrders: OpenedOrders['read'];
  /** Once the houses can be asked. */
  start(): void;
}

/** @throws Error that names the setting whose file cannot be read or used. */
export async function openSale(config: Config, needs: SaleNeeds, log: Log, undo: Undo): Promise<Sale> {
  const { store, tokenSecret, desk, links, outbox, printWorker, mailWorker } = needs;
  const wakeOutbox = () => outbox.wake();
  const webhooks = openWebhooks(config, store, tokenSecret, outbox, log, undo);
  const payments = openPayments(config, store, wakeOutbox, log, undo);
  const tickets = await openTickets(config, store, tokenSecret, printWorker, log, undo);
  const { discounts, endpoints: discountEndpoints } = openDiscounts(config, store);
  const sold = { store, desk, discounts, wakeOutbox };
  const ordered = { ...sold, exchanges: openExchanges(sold, log) };
  const orders = openOrders(config, { ...ordered, providers: payments.providers }, log, undo);
  const returns = openReturns({ ...ordered, findOrder: orders.findOrder }, log, undo);
  const reports = openReports(config, store, log, undo);
  const mailed = { store, links, ticketFiles: tickets.filesOf, ticketOffer: tickets.offerOf, mailWorker };
  const mails = openNotifications(config, mailed, log, undo);
  return {
    endpoints: [
      ...payments.endpoints,
      ...orders.endpoints,
      ...returns.endpoints,
      ...tickets.endpoints,
      ...reports,
      ...webhooks.endpoints,
      ...discountEndpoints,
    ],
    messages: webhooks.messages,
    handlers: [webhooks.handler, mails],
    readOrders: orders.read,
    start: () => {
      payments.start(orders.orders);
      orders.start();
      returns.start();
    },
  };
}
