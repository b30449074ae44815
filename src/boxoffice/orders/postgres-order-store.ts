import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../halls/hall-store.js';
import type { PaymentReport, RefundReport } from '../payments/paid-orders-port.js';
import { auditCancelled, auditMade, auditTaken } from './audit-orders.js';
import { goneRefundIdOf } from './derived-ids.js';
import type { Discounts } from './discounts-port.js';
import type { Exchanges } from './exchanges-port.js';
import { type FulfilledOrder, fulfilOrders, insertDrafts, insertPayment, openDrafts } from './order-batches.js';
import { claimHoldsDue, dueOrders, expireOrders, moneyFaults } from './order-monitor-rows.js';
import type { Order, StaffCaller } from './order-port.js';
import { readOrderOfRequest, readOrders, searchOrders } from './order-rows.js';
import type {
  Cancelled,
  Drafted,
  MoneyFault,
  NewOrder,
  NewPayment,
  OpenedOrder,
  OrderSearch,
  OrderStore,
  RefundDecision,
  SettledReport,
} from './order-store-port.js';
import { isolated } from './own-batches.js';
import { type ReportToSettle, settleBatch } from './settle-batch.js';
import { settleRefund } from './settle-refund.js';

type Hooks = Pick<Discounts, 'take' | 'giveBack' | 'earn'>;

/**
 * Orders in Postgres. Calls of one kind that come while a statement of that kind is under way go together in the next one. Orders
 * with discounts or an account take a transaction each, because other parts write in it.
 */
export class PostgresOrderStore implements OrderStore {
  readonly #pool: Pool;
  readonly #hooks: Hooks | undefined;
  readonly #exchanges: Exchanges | undefined;
  readonly #draft: (item: { order: NewOrder; underWayMax: number }) => Promise<Drafted>;
  readonly #open: (order: OpenedOrder) => Promise<boolean>;
  readonly #fulfil: (order: FulfilledOrder) => Promise<boolean>;
  readonly #settle: (item: ReportToSettle) => Promise<SettledReport>;
  readonly #find: (id: string) => Promise<Order | undefined>;

  constructor(pool: Pool, hooks?: Hooks, exchanges?: Exchanges) {
    this.#pool = pool;
    this.#hooks = hooks;
    this.#exchanges = exchanges;
    this.#draft = isolated(async (items) => await this.#draftAll(items));
    this.#open = isolated(async (orders) => {
      const opened = await openDrafts(pool, orders);
      return orders.map(({ orderId }) => opened.has(orderId));
    });
    this.#fulfil = isolated(async (orders) => {
      // Of two calls for one order the statement sees only one.
      const fulfilled = await fulfilOrders(
        pool,
        onePer(orders, ({ orderId }) => orderId),
      );
      return orders.map(({ orderId }) => fulfilled.has(orderId));
    });
    this.#settle = isolated(async (items) => await transaction(pool, (client) => settleBatch(client, items)));
    this.#find = isolated(async (ids) => {
      const orders = new Map((await readOrders(pool, ids)).map((order) => [order.id, order]));
      return ids.map((id) => orders.get(id));
    });
  }

  async draft(order: NewOrder, underWayMax: number): Promise<Drafted> {
    return await this.#draft({ order, underWayMax });
  }

  async open(opened: OpenedOrder): Promise<'opened' | 'no_draft' | 'discounts_gone'> {
    const { orderId, discounts, exchange, staff } = opened;
    if (discounts.length === 0 && !exchange && !staff) return (await this.#open(opened)) ? 'opened' : 'no_draft';
    return await inTransaction(this.#pool, async (client) => {
      if (!(await openDrafts(client, [opened])).has(orderId)) return { result: 'no_draft', commit: false };
      if (exchange) await this.#exchanges?.open(client, orderId, exchange);
      const isTaken = discounts.length === 0 || ((await this.#hooks?.take(client, orderId, discounts)) ?? false);
      if (isTaken && staff) await auditMade(client, staff, orderId);
      return { result: isTaken ? 'opened' : 'discounts_gone', commit: isTaken };
    });
  }

  async cancel({ orderId, from, reason, now, holdsDueAt, staff }: Cancelled): Promise<boolean> {
    return await transaction(this.#pool, async (client) => {
      const { rowCount } = await client.query(
        `WITH gone AS (
           UPDATE boxoffice.orders SET state = 'cancelled', reason = $3, ended_at = to_timestamp($4 / 1000.0),
                  request_id = CASE WHEN $2 = 'draft' THEN NULL ELSE request_id END,
                  holds_due_at = to_timestamp($5 / 1000.0)
            WHERE id = $1 AND state = $2 RETURNING id
         ), bookings AS (
           UPDATE boxoffice.order_bookings b SET status = 'failed' FROM gone WHERE b.order_id = gone.id
         ), told AS (
           INSERT INTO boxoffice.outbox (topic, subject, payload)
           SELECT 'order.cancelled', 'order:' || id, jsonb_build_object('orderId', id) FROM gone WHERE $2 <> 'draft'
         )
         SELECT id FROM gone`,
        [orderId, from, reason, now, holdsDueAt ?? null],
      );
      if (rowCount === 1 && from !== 'draft') await this.#giveBack(client, orderId);
      if (rowCount === 1 && staff) await auditCancelled(client, staff, orderId);
      return rowCount === 1;
    });
  }

  find(orderId: string): Promise<Order | undefined> {
    return this.#find(orderId);
  }

  findRequest(requestId: string): Promise<{ readonly order: Order; readonly asked: string } | undefined> {
    return readOrderOfRequest(this.#pool, requestId);
  }

  search(search: OrderSearch): Promise<Order[]> {
    return searchOrders(this.#pool, search);
  }

  async accountOf(holder: string): Promise<string | undefined> {
    const sql = 'SELECT account_id AS id FROM boxoffice.account_holders WHERE holder = $1';
    return (await this.#pool.query<{ id: string }>(sql, [holder])).rows[0]?.id;
  }

  addPayment(payment: NewPayment): Promise<'added' | 'known' | 'closed'> {
    return insertPayment(this.#pool, payment);
  }

  async prolong(orderId: string, until: number): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `UPDATE boxoffice.orders SET expires_at = greatest(expires_at, to_timestamp($2 / 1000.0))
        WHERE id = $1 AND state = 'awaiting_payment'`,
      [orderId, until],
    );
    return rowCount === 1;
  }

  async noteStarted(started: Parameters<OrderStore['noteStarted']>[0]): Promise<void> {
    const { paymentId, providerRef, state, failure, now } = started;
    await this.#pool.query(
      `UPDATE boxoffice.payments
          SET provider_ref = coalesce(provider_ref, $2), state = CASE WHEN state = 'created' THEN $3 ELSE state END,
              failure = CASE WHEN state = 'created' THEN $4 ELSE failure END,
              settled_at = CASE WHEN state = 'created' AND $3 IN ('failed', 'cancelled') THEN to_timestamp($5 / 1000.0)
                                ELSE settled_at END
        WHERE id = $1`,
      [paymentId, providerRef ?? null, state, failure ?? null, now],
    );
  }

  async settle(report: PaymentReport, refundId: string, now: number, staff?: StaffCaller): Promise<SettledReport> {
    if (!staff) return await this.#settle({ report, refundId, now });
    return await transaction(this.#pool, async (client) => {
      const [settled] = await settleBatch(client, [{ report, refundId, now }]);
      if (!settled) throw new Error('A report came to nothing.');
      if (settled.outcome !== 'repeated') await auditTaken(client, staff, settled, report);
      return settled;
    });
  }

  async raiseAttempt(orderId: string, number: number, from: number): Promise<boolean> {
    return await transaction(this.#pool, async (client) => {
      if (!(await isUndecided(client, orderId))) return false;
      const { rowCount } = await client.query(
        `UPDATE boxoffice.order_bookings SET attempt = attempt + 1
          WHERE order_id = $1 AND number = $2 AND attempt = $3 AND status = 'pending'`,
        [orderId, number, from],
      );
      return rowCount === 1;
    });
  }

  async decideRefund({ orderId, number, attempt, reason, refundId, now }: RefundDecision): Promise<boolean> {
    return await transaction(this.#pool, async (client) => {
      if (!(await isUndecided(client, orderId))) return false;
      const sql = 'SELECT FROM boxoffice.order_bookings WHERE order_id = $1 AND number = $2 AND attempt = $3';
      if ((await client.query(sql, [orderId, number, attempt])).rowCount === 0) return false;
      await writeRefund(client, { orderId, reason, refundId, now });
      return true;
    });
  }

  async fulfil(order: Order, ticketIds: readonly string[], now: number): Promise<boolean> {
    const fulfilled = { orderId: order.id, ticketIds, now };
    const hooks = this.#hooks;
    if (order.exchange) return await this.#fulfilExchange(order, fulfilled);
    if (!hooks || (order.accountId === undefined && order.discounts.length === 0)) return await this.#fulfil(fulfilled);
    return await transaction(this.#pool, async (client) => {
      const isFulfilled = (await fulfilOrders(client, [fulfilled])).has(order.id);
      if (isFulfilled) await hooks.earn(client, order.id);
      return isFulfilled;
    });
  }

  async #fulfilExchange(order: Order, fulfilled: FulfilledOrder): Promise<boolean> {
    const { id: orderId } = order;
    const isDone = await transaction(this.#pool, async (client) => {
      const locked = await this.#exchanges?.lock(client, order);
      if (!locked) {
        if (!(await isUndecided(client, orderId))) return false;
        const refundId = goneRefundIdOf(orderId);
        await writeRefund(client, { orderId, reason: 'exchange_gone', refundId, now: fulfilled.now });
        return false;
      }
      if (!(await fulfilOrders(client, [fulfilled])).has(orderId)) return false;
      await this.#exchanges?.carryOut(client, order, locked);
      await this.#hooks?.earn(client, orderId);
      return true;
    });
    if (isDone) this.#exchanges?.afterwards(order);
    return isDone;
  }

  async endRefunded(orderId: string, now: number): Promise<boolean> {
    return await transaction(this.#pool, async (client) => {
      const { rowCount } = await client.query(
        `WITH gone AS (
           UPDATE boxoffice.orders SET state = 'refunded', ended_at = to_timestamp($2 / 1000.0)
            WHERE id = $1 AND state = 'paid' AND decision = 'refund' RETURNING id, reason
         ), bookings AS (
           UPDATE boxoffice.order_bookings b SET status = 'failed' FROM gone WHERE b.order_id = gone.id
         ), told AS (
           INSERT INTO boxoffice.outbox (topic, subject, payload)
           SELECT 'order.refunded', 'order:' || gone.id,
                  jsonb_build_object('orderId', gone.id, 'refundId', r.id, 'reason', gone.reason)
             FROM gone LEFT JOIN boxoffice.refunds r ON r.order_id = gone.id AND r.reason = gone.reason
         )
         SELECT id FROM gone`,
        [orderId, now],
      );
      if (rowCount === 1) await this.#giveBack(client, orderId);
      return rowCount === 1;
    });
  }

  async settleRefund(report: RefundReport, now: number): Promise<'taken' | 'repeated' | 'unknown_refund'> {
    return await transaction(this.#pool, (client) => settleRefund(client, report, now));
  }

  async expire(now: number, holdsDueAt: number, limit: number): Promise<Order[]> {
    const ids = await transaction(this.#pool, async (client) => {
      const expired = await expireOrders(client, now, holdsDueAt, limit);
      for (const { id, hasDiscounts } of expired) if (hasDiscounts) await this.#giveBack(client, id);
      return expired.map(({ id }) => id);
    });
    return await readOrders(this.#pool, ids);
  }

  async holdsDue(now: number, claimedUntil: number, limit: number): Promise<Order[]> {
    return await readOrders(this.#pool, await claimHoldsDue(this.#pool, now, claimedUntil, limit));
  }

  async holdsGivenBack(orderIds: readonly string[]): Promise<void> {
    const sql = 'UPDATE boxoffice.orders SET holds_due_at = NULL WHERE id = ANY($1::uuid[])';
    if (orderIds.length > 0) await this.#pool.query(sql, [orderIds]);
  }

  due(now: number, claimedUntil: number, limit: number) {
    return dueOrders(this.#pool, now, claimedUntil, limit);
  }

  moneyFaults(from: number, until: number): Promise<MoneyFault[]> {
    return moneyFaults(this.#pool, from, until);
  }

  async #draftAll(items: readonly { order: NewOrder; underWayMax: number }[]): Promise<Drafted[]> {
    const [first] = items;
    const orders = items.map(({ order }) => order);
    const inserted = await insertDrafts(this.#pool, orders, first?.underWayMax ?? 0);
    return await Promise.all(orders.map((order) => this.#drafted(order, inserted.get(order.id))));
  }

  async #drafted(order: NewOrder, bookings: number | undefined): Promise<Drafted> {
    if (bookings === order.bookings.length) return { ok: true, isNew: true };
    if (bookings !== undefined) {
      const reason = 'hold_in_order';
      await this.cancel({ orderId: order.id, from: 'draft', reason, now: order.createdAt, holdsDueAt: undefined });
      return { ok: false, fault: 'hold_in_order' };
    }
    const before = await readOrderOfRequest(this.#pool, order.requestId);
    if (!before) return { ok: false, fault: 'too_many' };
    if (before.asked !== order.asked) return { ok: false, fault: 'request_reused' };
    return { ok: true, isNew: false, order: before.order };
  }

  async #giveBack(client: PoolClient, orderId: string): Promise<void> {
    await this.#hooks?.giveBack(client, orderId);
  }
}

/** Locks an order that is paid and not decided on, until the transaction ends; false: it is not. */
async function isUndecided(client: PoolClient, orderId: string): Promise<boolean> {
  const sql = `SELECT FROM boxoffice.orders WHERE id = $1 AND state = 'paid' AND decision IS NULL FOR UPDATE`;
  return (await client.query(sql, [orderId])).rowCount === 1;
}

/** Decides for the refund of an order whose row is locked, and makes it. */
async function writeRefund(
  client: PoolClient,
  { orderId, reason, refundId, now }: Pick<RefundDecision, 'orderId' | 'reason' | 'refundId' | 'now'>,
): Promise<void> {
  await client.query(
    `WITH decided AS (
       UPDATE boxoffice.orders SET decision = 'refund', reason = $2 WHERE id = $1 RETURNING id
     )
     INSERT INTO boxoffice.refunds (id, order_id, payment_id, amount, reason, created_at)
     SELECT $3, p.order_id, p.id, p.received, $2, to_timestamp($4 / 1000.0)
       FROM decided JOIN boxoffice.payments p ON p.order_id = decided.id
      WHERE p.state = 'succeeded' AND p.received > 0
        AND NOT EXISTS (SELECT FROM boxoffice.refunds r WHERE r.payment_id = p.id)
      ORDER BY p.settled_at LIMIT 1`,
    [orderId, reason, refundId, now],
  );
}

function transaction<Value>(pool: Pool, work: (client: PoolClient) => Promise<Value>): Promise<Value> {
  return inTransaction(pool, async (client) => ({ result: await work(client), commit: true }));
}

function onePer<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
