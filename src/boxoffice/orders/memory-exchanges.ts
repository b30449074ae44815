/** What the store in memory does about exchanges: by the same judgement as the one in Postgres. */
import { exchangeReturnIdOf } from './derived-ids.js';
import { carryOut, type Fund, isExchangeable } from './exchange.js';
import { NOT_OF_ORDER } from './judge-report.js';
import type { Exchange, Order, OrderRefund } from './order-port.js';
import { canBecome } from './order-states.js';

/** What Postgres has of exchanges besides the orders: what a test or a checker of the simulation looks at. */
export interface MemoryExchanges {
  /** Seats that a house still has to free. */
  readonly returns: { readonly id: string; readonly orderId: string; readonly lines: readonly number[] }[];
  /** Money of a payment that went from one order to another: a row of each. */
  readonly credits: {
    readonly orderId: string;
    readonly paymentId: string;
    readonly otherOrderId: string;
    readonly amount: number;
  }[];
  /** Tickets that were used or passed on: nobody writes them but a test. */
  readonly lost: { readonly orderId: string; readonly line: number }[];
}

interface Ticket {
  readonly orderId: string;
  readonly line: number;
}

/** The old order after the exchange; undefined: its seats do not stand any more. */
export function exchangedInMemory(
  tables: MemoryExchanges & { readonly tickets: Ticket[] },
  order: Pick<Order, 'id' | 'credit'>,
  exchange: Exchange,
  of: Order | undefined,
): Order | undefined {
  const lost = new Set(tables.lost.filter(({ orderId }) => orderId === of?.id).map(({ line }) => line));
  if (!of || !isExchangeable(exchange, of, lost)) return undefined;
  const { refunds, credits, lines } = carryOut(exchange, order.credit, fundsOf(tables, of));
  for (const { paymentId, amount } of credits) {
    tables.credits.push({ orderId: of.id, paymentId, otherOrderId: order.id, amount: -amount });
    tables.credits.push({ orderId: order.id, paymentId, otherOrderId: of.id, amount });
  }
  endTickets(tables.tickets, of.id, exchange);
  const id = exchangeReturnIdOf(of.id, order.id);
  const numbers = lines.map(({ line }) => line);
  tables.returns.push({ id, orderId: of.id, lines: numbers });
  const given = refunds.map((one, at): OrderRefund => {
    return { ...one, id: `${id} ${at}`, reason: 'exchanged', state: 'pending', lines: numbers };
  });
  const changed = of.lines.map((line) => {
    const moved = lines.find((one) => one.line === line.line);
    if (!moved) return line;
    const refunded = line.refunded + moved.refund;
    return { ...line, state: 'returned' as const, refunded, exchangedFor: order.id, exchanged: moved.exchanged };
  });
  const stays = new Set(changed.filter(({ state }) => state === 'sold').map(({ booking }) => booking));
  const exchanged = of.exchanged + order.credit;
  const isAllBack = of.refunded + exchanged >= of.total + of.credit && stays.size === 0;
  const state = isAllBack ? 'refunded' : 'partly_refunded';
  return {
    ...of,
    lines: changed,
    // Where money goes back, the report of the provider changes the state.
    state: exchange.refund === 0 && canBecome(of.state, state) ? state : of.state,
    exchanged,
    refunds: [...of.refunds, ...given],
    bookings: of.bookings.map((booking) => (stays.has(booking.number) ? booking : { ...booking, status: 'cancelled' })),
  };
}

/** Those of exchanged lines let nobody in any more. */
function endTickets(tickets: Ticket[], ofOrderId: string, { lines }: Exchange): void {
  const isGone = (line: number) => lines.some((one) => one.line === line);
  const ended = tickets.filter(({ orderId, line }) => orderId === ofOrderId && isGone(line));
  for (const ticket of ended) tickets.splice(tickets.indexOf(ticket), 1);
}

/** By payment, what an order can still give back: what came to it, less what it gave. */
function fundsOf({ credits }: MemoryExchanges, order: Order): Fund[] {
  const isOther = (paymentId: string) =>
    order.refunds.some((one) => one.paymentId === paymentId && NOT_OF_ORDER.some((reason) => reason === one.reason));
  const own = order.payments.find(
    ({ id, state, received }) => state === 'succeeded' && received === order.total && !isOther(id),
  );
  const came = credits.filter(({ orderId }) => orderId === order.id);
  const ids = [...new Set([...(own ? [own.id] : []), ...came.map(({ paymentId }) => paymentId)])];
  return ids.map((paymentId) => {
    const moved = came.filter((one) => one.paymentId === paymentId).reduce((sum, { amount }) => sum + amount, 0);
    const gone = order.refunds
      .filter((one) => one.paymentId === paymentId && one.state !== 'failed')
      .reduce((sum, { amount }) => sum + amount, 0);
    return { paymentId, left: (paymentId === own?.id ? order.total : 0) + moved - gone };
  });
}
