import { NOT_OF_ORDER } from './judge-report.js';
import type { Order } from './order-port.js';
import type { MoneyFault } from './order-store-port.js';

/** As the Postgres store judges it; of bookings nobody here knows. */
export function moneyFault(order: Order): MoneyFault[] {
  const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
  const received = sum(order.payments.map((payment) => payment.received ?? 0));
  const given = order.refunds.filter(({ state }) => state !== 'failed');
  const returned = sum(given.map(({ amount }) => amount));
  const isOfOrder = given.some(({ reason }) => !(NOT_OF_ORDER as readonly string[]).includes(reason));
  // What an order has of another, or gave it, counts as its own money once it is fulfilled.
  const credit = order.fulfilledAt === undefined ? 0 : order.credit;
  const worth = order.total + credit;
  const kept = received - returned + credit - order.exchanged;
  const isRight = {
    ...{ draft: kept === 0, awaiting_payment: kept === 0, expired: kept === 0, cancelled: kept === 0, paid: true },
    fulfilled: kept === worth || isOfOrder,
    ...{ partly_refunded: kept >= 0 && kept <= worth, refunded: kept >= 0 && kept <= worth },
  };
  if (isRight[order.state]) return [];
  const { id, reference, state } = order;
  return [{ orderId: id, reference, state, received, returned, bookingsMissing: 0 }];
}
