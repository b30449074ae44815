import type { Pool } from 'pg';
import type { Reads } from '../catalogue/reads.js';
import type { OutboxEvent, OutboxHandler } from '../outbox/outbox-handler-port.js';
import { fileMessages, messageId, readSubscribers } from './file-messages.js';
import { type WebhookData, type WebhookMessage, type WebhookTopic, writeMessage } from './webhook-events.js';

interface Parts {
  readonly pool: Pool;
  readonly uuid: () => string;
  /** Called when there may be messages to send. */
  readonly onFiled: () => void;
}

type Payload = Readonly<Record<string, unknown>>;
/** Undefined: what it is about is gone. */
type Describe = (db: Reads, id: string, at: Date, payload: Payload) => Promise<WebhookMessage | undefined>;

/** What each topic of the outbox becomes. */
const DESCRIBED: Readonly<Record<string, { readonly topic: WebhookTopic; readonly describe: Describe }>> = {
  'order.fulfilled': { topic: 'order.fulfilled', describe: fulfilled },
  'order.cancelled': { topic: 'order.cancelled', describe: cancelled },
  'order.refunded': { topic: 'order.refunded', describe: refunded },
  'order.exchanged': { topic: 'order.exchanged', describe: exchanged },
  'refund.settled': { topic: 'refund.settled', describe: settled },
  'payment.disputed': { topic: 'payment.disputed', describe: disputed },
  'ticket.checked_in': { topic: 'ticket.checked_in', describe: checkedIn },
  'showtime.changed': {
    topic: 'showtime.changed',
    describe: async (_, id, at, { showtimeId }) =>
      writeMessage(id, 'showtime.changed', at, { showtimeId: String(showtimeId) }),
  },
  'showtime.cancelled': {
    topic: 'showtime.cancelled',
    describe: async (_, id, at, { showtimeId }) =>
      writeMessage(id, 'showtime.cancelled', at, { showtimeId: String(showtimeId) }),
  },
  'webhook.endpoint_disabled': { topic: 'webhook_endpoint.disabled', describe: endpointDisabled },
};

/** Files a message about each event of the outbox for the endpoints that subscribe to it. Sending is not done here. */
export function webhookEventsHandler({ pool, uuid, onFiled }: Parts): OutboxHandler {
  return {
    name: 'webhooks',
    topics: Object.keys(DESCRIBED),
    handle: async (event: OutboxEvent) => {
      const made = DESCRIBED[event.topic];
      if (!made) return;
      const subscribers = await readSubscribers(pool, [made.topic]);
      if (subscribers.length === 0) return;
      // With the time: a database that was restored from a copy may give an id again.
      const id = messageId('outbox', event.id, event.topic, event.createdAt.toISOString());
      const message = await made.describe(pool, id, event.createdAt, event.payload as Payload);
      if (!message) return;
      const full = await fileMessages(pool, subscribers, [{ message, at: event.createdAt }], uuid);
      onFiled();
      // Events of money wait until there is room: the outbox brings them again.
      if (full.size > 0) throw new Error('An endpoint of webhooks has too much that waits.');
    },
  };
}

interface OrderRow {
  readonly reference: string;
  readonly channel: string;
  readonly state: string;
  readonly currency: string;
  readonly total: number;
  readonly credit: number;
  readonly refunded: number;
}

async function findOrder(db: Reads, orderId: unknown): Promise<OrderRow | undefined> {
  const { rows } = await db.query<OrderRow>(
    `SELECT reference, channel, state, currency, total::float8 AS total, credit::float8 AS credit, refunded::float8 AS refunded
       FROM boxoffice.orders WHERE id = $1`,
    [orderId],
  );
  return rows[0];
}

async function fulfilled(db: Reads, id: string, at: Date, payload: Payload) {
  const orderId = String(payload['orderId']);
  const order = await findOrder(db, orderId);
  if (!order) return undefined;
  const { rows: bookings } = await db.query<{ showtimeId: string; reference: string; seats: string[] }>(
    `SELECT b.showtime_id AS "showtimeId", b.booking_reference AS reference,
            ARRAY(SELECT l.seat FROM boxoffice.order_lines l
                   WHERE l.order_id = b.order_id AND l.booking_number = b.number ORDER BY l.line) AS seats
       FROM boxoffice.order_bookings b WHERE b.order_id = $1 ORDER BY b.number`,
    [orderId],
  );
  const { reference, channel, state, currency, total, credit } = order;
  const sums = { currency, total, ...(credit > 0 ? { credit } : {}) };
  return writeMessage(id, 'order.fulfilled', at, { orderId, reference, channel, state, ...sums, bookings });
}

async function cancelled(db: Reads, id: string, at: Date, payload: Payload) {
  const orderId = String(payload['orderId']);
  const order = await findOrder(db, orderId);
  if (!order) return undefined;
  const { reference, channel, state } = order;
  return writeMessage(id, 'order.cancelled', at, { orderId, reference, channel, state });
}

async function refunded(db: Reads, id: string, at: Date, payload: Payload) {
  const orderId = String(payload['orderId']);
  const order = await findOrder(db, orderId);
  if (!order) return undefined;
  const reason = String(payload['reason'] ?? '');
  const { reference, channel, state, currency, refunded: sum } = order;
  return writeMessage(id, 'order.refunded', at, {
    orderId,
    reference,
    channel,
    state,
    reason,
    currency,
    refunded: sum,
  });
}

async function exchanged(db: Reads, id: string, at: Date, { orderId, newOrderId }: Payload) {
  const [old, next] = [await findOrder(db, orderId), await findOrder(db, newOrderId)];
  const { rows } = await db.query<{ refund: number; seats: string[] }>(
    `SELECT e.refund::float8 AS refund,
            ARRAY(SELECT l.seat FROM boxoffice.order_lines l
                   WHERE l.order_id = e.of_order_id AND l.line = ANY (e.lines) ORDER BY l.line) AS seats
       FROM boxoffice.exchanges e WHERE e.order_id = $1`,
    [newOrderId],
  );
  const [exchange] = rows;
  if (!old || !next || !exchange) return undefined;
  const { reference, channel, state, currency } = old;
  const of = { orderId: String(orderId), reference, channel, state, currency };
  const to = { newOrderId: String(newOrderId), newReference: next.reference, credit: next.credit };
  return writeMessage(id, 'order.exchanged', at, { ...of, ...to, ...exchange });
}

async function settled(db: Reads, id: string, at: Date, payload: Payload) {
  const { rows } = await db.query<{
    orderId: string;
    state: 'pending' | 'succeeded' | 'failed';
    currency: string;
    amount: number;
    reason: string;
  }>(
    `SELECT r.order_id AS "orderId", r.state, coalesce(p.received_currency, p.currency) AS currency,
            r.amount::float8 AS amount, r.reason
       FROM boxoffice.refunds r JOIN boxoffice.payments p ON p.id = r.payment_id WHERE r.id = $1`,
    [payload['refundId']],
  );
  const [refund] = rows;
  return refund && writeMessage(id, 'refund.settled', at, { refundId: String(payload['refundId']), ...refund });
}

async function disputed(db: Reads, id: string, at: Date, payload: Payload) {
  const disputeId = String(payload['disputeId']);
  const { rows } = await db.query<Omit<WebhookData<'payment.disputed'>, 'disputeId'>>(
    `SELECT payment_id AS "paymentId", order_id AS "orderId", provider, reason, status, currency, amount::float8 AS amount
       FROM boxoffice.disputes WHERE id = $1 AND order_id = $2`,
    [disputeId, payload['orderId']],
  );
  const [dispute] = rows;
  return dispute && writeMessage(id, 'payment.disputed', at, { disputeId, ...dispute });
}

async function checkedIn(db: Reads, id: string, at: Date, payload: Payload) {
  const { rows } = await db.query<{ orderId: string; showtimeId: string }>(
    'SELECT order_id AS "orderId", showtime_id AS "showtimeId" FROM boxoffice.tickets WHERE id = $1',
    [payload['ticketId']],
  );
  const [ticket] = rows;
  const more = { ticketId: String(payload['ticketId']), gate: String(payload['gate'] ?? '') };
  return ticket && writeMessage(id, 'ticket.checked_in', at, { ...ticket, ...more });
}

async function endpointDisabled(db: Reads, id: string, at: Date, payload: Payload) {
  const { rows } = await db.query<{ reason: string | null }>(
    'SELECT disabled_reason AS reason FROM boxoffice.webhook_endpoints WHERE id = $1',
    [payload['endpointId']],
  );
  const [endpoint] = rows;
  const endpointId = String(payload['endpointId']);
  return endpoint && writeMessage(id, 'webhook_endpoint.disabled', at, { endpointId, reason: endpoint.reason ?? '' });
}
