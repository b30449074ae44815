/** Reports of providers, taken in one transaction: each event once, and each order locked while it is judged. */
import type { PoolClient } from 'pg';
import type { PaymentReport, Settled } from '../payments/paid-orders-port.js';
import { type Judged, judgeReport, type PaidOrder, type ReportedPayment } from './judge-report.js';
import type { SettledReport } from './order-store-port.js';

export interface ReportToSettle {
  readonly report: PaymentReport;
  readonly refundId: string;
  readonly now: number;
}

interface Found {
  readonly at: number;
  readonly paymentId: string;
  readonly orderId: string;
}

type LockedOrder = PaidOrder & { readonly id: string };
type LockedPayment = ReportedPayment & { readonly id: string };

type Columns = Readonly<Record<string, unknown>>;

/** The rows to write for all reports. */
interface Writes {
  readonly events: object[];
  readonly payments: (Columns & { readonly id: string })[];
  readonly orders: (Columns & { readonly id: string })[];
  readonly refunds: object[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One result a report, in their order. Two reports of one order in a batch are judged one after the other. */
export async function settleBatch(client: PoolClient, items: readonly ReportToSettle[]): Promise<SettledReport[]> {
  const found = await findPayments(client, items);
  const orders = await lockOrders(client, [...found.values()]);
  const payments = await lockPayments(client, [...found.values()]);
  const known = await knownEvents(client, items);
  const writes: Writes = { events: [], payments: [], orders: [], refunds: [] };
  const results = items.map((item, at): SettledReport => {
    const { report } = item;
    const event = `${report.provider} ${report.eventId}`;
    const before = known.get(event);
    // An unknown payment may be known now: the event arrived before the payment that it is about.
    const place = found.get(at);
    if (before !== undefined && before !== 'unknown_payment') {
      return { outcome: 'repeated', ...(place ? { orderId: place.orderId } : {}) };
    }
    const order = place && orders.get(place.orderId);
    const payment = place && payments.get(place.paymentId);
    const judged: Judged = order && payment ? judgeReport(report, payment, order) : { outcome: 'unknown_payment' };
    known.set(event, judged.outcome);
    writes.events.push({ ...pick(report), outcome: judged.outcome, now: item.now });
    if (!place || !order || !payment) return { outcome: judged.outcome };
    note(writes, item, judged, place);
    if (judged.payment) payments.set(payment.id, { ...payment, state: judged.payment.state });
    if (judged.pays) orders.set(order.id, { ...order, state: 'paid', decision: judged.decision });
    return { outcome: judged.outcome, orderId: place.orderId, ...(judged.pays ? { isPaid: true } : {}) };
  });
  await write(client, writes);
  return results;
}

function pick({ provider, eventId, kind, providerRef }: PaymentReport) {
  return { provider, eventId, kind, providerRef };
}

function note(writes: Writes, { report, refundId, now }: ReportToSettle, judged: Judged, found: Found): void {
  const { paymentId, orderId } = found;
  if (judged.payment) {
    const { state, received = null, failure = null } = judged.payment;
    const receivedCurrency = state === 'succeeded' ? (report.received?.currency ?? null) : null;
    const { providerRef } = report;
    writes.payments.push({ id: paymentId, state, received, receivedCurrency, failure, providerRef, now });
  }
  const { decision = null } = judged;
  const reason = decision === null ? null : judged.refund;
  if (judged.pays) writes.orders.push({ id: orderId, now, decision, reason });
  const amount = judged.payment?.received ?? 0;
  if (judged.refund && amount > 0) {
    const isTold = decision === null;
    writes.refunds.push({ id: refundId, orderId, paymentId, amount, reason: judged.refund, now, isTold });
  }
}

/** By the place of the report: our id of the payment counts before the provider's. */
async function findPayments(client: PoolClient, items: readonly ReportToSettle[]): Promise<ReadonlyMap<number, Found>> {
  const { rows } = await client.query<Found>({
    name: 'reports_find',
    text: `SELECT r.at::integer - 1 AS at, p.id AS "paymentId", p.order_id AS "orderId"
       FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS r (id, provider, ref, at)
       JOIN LATERAL (
         SELECT id, order_id FROM boxoffice.payments WHERE id = r.id AND provider = r.provider
         UNION ALL SELECT id, order_id FROM boxoffice.payments WHERE provider_ref = r.ref AND provider = r.provider
         LIMIT 1) p ON true`,
    values: [
      items.map(({ report: { paymentId } }) => (paymentId !== undefined && UUID.test(paymentId) ? paymentId : null)),
      items.map(({ report }) => report.provider),
      items.map(({ report }) => report.providerRef),
    ],
  });
  return new Map(rows.map((row) => [row.at, row]));
}

async function lockOrders(client: PoolClient, found: readonly Found[]): Promise<Map<string, LockedOrder>> {
  const { rows } = await client.query<LockedOrder>({
    name: 'reports_lock_orders',
    text: `SELECT id, state, decision, EXISTS (SELECT FROM boxoffice.order_discounts d WHERE d.order_id = o.id) AS "hasDiscounts"
       FROM boxoffice.orders o WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`,
    values: [found.map(({ orderId }) => orderId)],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

async function lockPayments(client: PoolClient, found: readonly Found[]): Promise<Map<string, LockedPayment>> {
  const { rows } = await client.query<LockedPayment & { amount: string | number }>({
    name: 'reports_lock_payments',
    text: `SELECT id, state, amount, currency FROM boxoffice.payments WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`,
    values: [found.map(({ paymentId }) => paymentId)],
  });
  return new Map(rows.map((row) => [row.id, { ...row, amount: Number(row.amount) }]));
}

async function knownEvents(client: PoolClient, items: readonly ReportToSettle[]): Promise<Map<string, Settled>> {
  const { rows } = await client.query<{ provider: string; id: string; outcome: Settled }>({
    name: 'reports_known',
    text: `SELECT provider, event_id AS id, outcome FROM boxoffice.payment_events
      WHERE (provider, event_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
    values: [items.map(({ report }) => report.provider), items.map(({ report }) => report.eventId)],
  });
  return new Map(rows.map(({ provider, id, outcome }) => [`${provider} ${id}`, outcome]));
}

async function write(client: PoolClient, { events, payments, orders, refunds }: Writes): Promise<void> {
  await client.query({
    name: 'reports_write',
    text: `WITH events AS (
       INSERT INTO boxoffice.payment_events (provider, event_id, kind, provider_ref, outcome, received_at)
       SELECT provider, "eventId", kind, "providerRef", outcome, to_timestamp(now / 1000.0)
         FROM jsonb_to_recordset($1::jsonb) AS e (
           provider text, "eventId" text, kind text, "providerRef" text, outcome text, now bigint)
       ON CONFLICT DO NOTHING
     ), payments AS (
       UPDATE boxoffice.payments p
          SET state = r.state, received = r.received, received_currency = r."receivedCurrency", failure = r.failure,
              provider_ref = coalesce(p.provider_ref, r."providerRef"),
              settled_at = CASE WHEN r.state IN ('succeeded', 'failed', 'cancelled') THEN to_timestamp(r.now / 1000.0) END
         FROM (SELECT DISTINCT ON (id) * FROM (SELECT row_number() OVER () AS at, x.* FROM jsonb_to_recordset($2::jsonb) AS x (
           id uuid, state text, received bigint, "receivedCurrency" text, failure text, "providerRef" text, now bigint)) y
           ORDER BY id, at DESC) r
        WHERE p.id = ANY($5::uuid[]) AND p.id = r.id
     ), orders AS (
       UPDATE boxoffice.orders o SET state = 'paid', paid_at = to_timestamp(a.now / 1000.0), ended_at = NULL,
              decision = a.decision, reason = coalesce(a.reason, o.reason)
         FROM jsonb_to_recordset($3::jsonb) AS a (id uuid, now bigint, decision text, reason text)
        WHERE o.id = ANY($6::uuid[]) AND o.id = a.id
     ), refunds AS (
       INSERT INTO boxoffice.refunds (id, order_id, payment_id, amount, reason, created_at)
       SELECT id, "orderId", "paymentId", amount, reason, to_timestamp(now / 1000.0)
         FROM jsonb_to_recordset($4::jsonb) AS r (
           id uuid, "orderId" uuid, "paymentId" uuid, amount bigint, reason text, now bigint)
     )
     INSERT INTO boxoffice.outbox (topic, subject, payload)
     SELECT 'order.refunded', 'order:' || "orderId", jsonb_build_object('orderId', "orderId", 'refundId', id, 'reason', reason)
       FROM jsonb_to_recordset($4::jsonb) AS r (id uuid, "orderId" uuid, reason text, "isTold" boolean) WHERE "isTold"`,
    values: [
      ...[events, payments, orders, refunds].map((rows) => JSON.stringify(rows)),
      ...[payments, orders].map((rows) => rows.map(({ id }) => id)),
    ],
  });
}
