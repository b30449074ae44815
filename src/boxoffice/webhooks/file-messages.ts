import { createHash } from 'node:crypto';
import type { Reads } from '../catalogue/reads.js';
import { fileDeliveries, fullEndpoints } from './delivery-store.js';
import type { WebhookMessage, WebhookTopic } from './webhook-events.js';

/** Somebody who is told of some topics. */
export interface Subscriber {
  readonly id: string;
  readonly topics: readonly WebhookTopic[];
  readonly subscribedAt: Date;
}

/** A message with the time of what it tells, as Postgres wrote it down. */
export interface DatedMessage {
  readonly message: WebhookMessage;
  readonly at: Date;
}

/** The endpoints that are switched on and have one of these topics. */
export async function readSubscribers(db: Reads, topics: readonly WebhookTopic[]): Promise<readonly Subscriber[]> {
  const { rows } = await db.query<Subscriber>(
    `SELECT id, topics, subscribed_at AS "subscribedAt" FROM boxoffice.webhook_endpoints
      WHERE disabled_at IS NULL AND topics && $1::text[]`,
    [topics],
  );
  return rows;
}

/**
 * Files messages for those who subscribe to their topics, once each however often it is called.
 * Returns the endpoints that were passed over, since too much waits for them already.
 */
export async function fileMessages(
  db: Reads,
  subscribers: readonly Subscriber[],
  messages: readonly DatedMessage[],
  uuid: () => string,
): Promise<ReadonlySet<string>> {
  if (messages.length === 0) return new Set();
  const full = await fullEndpoints(
    db,
    subscribers.map(({ id }) => id),
  );
  const open = subscribers.filter(({ id }) => !full.has(id));
  const deliveries = messages.flatMap(({ message: { id: messageId, topic }, at }) =>
    open
      .filter(({ topics, subscribedAt }) => topics.includes(topic) && at >= subscribedAt)
      .map(({ id: endpointId }) => ({ id: uuid(), endpointId, messageId })),
  );
  const told = new Set(deliveries.map(({ messageId }) => messageId));
  const filed = messages.map(({ message }) => message).filter(({ id }) => told.has(id));
  await fileDeliveries(db, filed, deliveries);
  return full;
}

/** The id of the message about something, the same each time. */
export function messageId(...what: readonly (string | number)[]): string {
  return `msg_${createHash('sha256').update(JSON.stringify(what)).digest('base64url').slice(0, 24)}`;
}
