import type { PoolClient } from 'pg';
import type { Audit } from '../audit/audit.js';
import { exchangeReturnIdOf } from '../orders/derived-ids.js';
import { carryOut, isExchangeable } from '../orders/exchange.js';
import type { Exchanges, LockedExchange, OpenedExchange } from '../orders/exchanges-port.js';
import type { Order } from '../orders/order-port.js';
import { writeOutbox } from '../outbox/write-outbox.js';
import { readFunds } from '../returns/funds.js';
import { lockTickets, returnedShare, writeReturn } from '../returns/return-rows.js';
import type { ReturnedDiscounts } from '../returns/returns.js';
import { lostLines } from './lost-lines.js';

interface PostgresExchangesOptions {
  readonly audit: Audit;
  /** Absent: there are no vouchers and no points. */
  readonly discounts?: ReturnedDiscounts | undefined;
  /** Called after the commit: the seats of this return are to be freed. */
  readonly onDecided: (returnId: string) => void;
}

/**
 * What the store of orders does about exchanges.
 *
 * Invariant: the transaction that fulfils the new order returns the old seats, or neither happens. It locks both orders first, by
 * ascending ids as every transaction that locks several does, then the old tickets: a return, a scan and another exchange of the
 * same seats are before it or after it. A line says which order it was exchanged for, and a trigger keeps that for ever.
 */
export class PostgresExchanges implements Exchanges {
  readonly #options: PostgresExchangesOptions;

  constructor(options: PostgresExchangesOptions) {
    this.#options = options;
  }

  async open(client: PoolClient, orderId: string, { exchange, credit, staff }: OpenedExchange): Promise<void> {
    const { ofOrderId, lines, refund, byStaff } = exchange;
    await client.query(
      `WITH credited AS (UPDATE boxoffice.orders SET credit = $2 WHERE id = $1)
       INSERT INTO boxoffice.exchanges (order_id, of_order_id, lines, paid, kept, refund, by_staff)
       VALUES ($1, $3, $4, $5, $6, $7, $8)`,
      [
        ...[orderId, credit, ofOrderId],
        ...[lines.map(({ line }) => line), lines.map(({ paid }) => paid), lines.map(({ kept }) => kept)],
        ...[refund, byStaff],
      ],
    );
    if (!staff) return;
    const after = { reason: staff.reason, newOrderId: orderId, lines, credit, refund };
    const subject = `order:${ofOrderId}`;
    await this.#options.audit.write(client, { caller: staff.caller, action: 'order.exchange', subject, after });
  }

  async lock(client: PoolClient, { id, exchange }: Order): Promise<LockedExchange | undefined> {
    if (!exchange) return undefined;
    const ids = [id, exchange.ofOrderId];
    await client.query('SELECT FROM boxoffice.orders WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE', [ids]);
    const of = await lockTickets(client, exchange.ofOrderId);
    if (!of || !isExchangeable(exchange, of, await lostLines(client, of.id))) return undefined;
    return { exchange, of };
  }

  async carryOut(client: PoolClient, order: Order, { exchange, of }: LockedExchange): Promise<void> {
    const { credit } = order;
    const funds = credit + exchange.refund === 0 ? [] : await readFunds(client, of.id);
    const { refunds, credits, lines } = carryOut(exchange, credit, funds);
    const numbers = lines.map(({ line }) => line);
    await client.query(
      `WITH moved AS (UPDATE boxoffice.orders SET exchanged = exchanged + $3 WHERE id = $2)
       UPDATE boxoffice.order_lines l SET state = 'returned', exchanged_for = $1, exchanged = x.exchanged
         FROM unnest($4::integer[], $5::bigint[]) AS x (line, exchanged) WHERE l.order_id = $2 AND l.line = x.line`,
      [order.id, of.id, credit, numbers, lines.map(({ exchanged }) => exchanged)],
    );
    await client.query(
      `INSERT INTO boxoffice.order_credits (order_id, payment_id, other_order_id, amount, lines, created_at)
       SELECT x.order_id, c.payment_id, x.other_id, x.sign * c.amount, x.lines, o.fulfilled_at
         FROM boxoffice.orders o, unnest($4::uuid[], $5::bigint[]) AS c (payment_id, amount),
              (VALUES ($1::uuid, $2::uuid, 1, '{}'::integer[]), ($2, $1, -1, $3)) AS x (order_id, other_id, sign, lines)
        WHERE o.id = $1`,
      [order.id, of.id, numbers, credits.map(({ paymentId }) => paymentId), credits.map(({ amount }) => amount)],
    );
    await writeReturn(client, {
      id: exchangeReturnIdOf(of.id, order.id),
      order: of,
      reason: 'exchanged',
      lines: exchange.lines.map(({ line, paid, kept }) => {
        return { line, paid, kept, refund: lines.find((one) => one.line === line)?.refund ?? 0 };
      }),
      freed: numbers,
      refunds,
      asked: undefined,
      askedBy: order.orderedBy ?? order.holder,
    });
    await this.#options.discounts?.takeBack(client, of.id, returnedShare(of, numbers, credit + exchange.refund));
    const payload = { orderId: of.id, newOrderId: order.id };
    await writeOutbox(client, [{ topic: 'order.exchanged', subject: `order:${of.id}`, payload }]);
  }

  afterwards({ id, exchange }: Order): void {
    if (exchange) this.#options.onDecided(exchangeReturnIdOf(exchange.ofOrderId, id));
  }
}
