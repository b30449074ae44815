/** Messages and their way to endpoints, in Postgres. */
import type { PoolClient } from 'pg';
import type { Reads } from '../catalogue/reads.js';
import type { WebhookMessage, WebhookTopic } from './webhook-events.js';

/** An endpoint with so many messages that wait gets no more until it has caught up. */
export const WAITING_MAX = 50_000;
const KEPT = '30 days';
const ROWS_PER_PURGE = 1_000;

export interface Delivery {
  readonly id: string;
  readonly endpointId: string;
  readonly messageId: string;
  readonly topic: WebhookTopic;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly tries: number;
  readonly tryAfter: Date;
  readonly lastStatus: number | null;
  readonly lastFailure: string | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

/** A delivery that this node tries now. */
export interface Claimed {
  readonly id: string;
  readonly endpointId: string;
  readonly messageId: string;
  readonly body: string;
  /** This try included. No other node writes what became of it. */
  readonly tries: number;
}

/** Files messages for endpoints: pairs that are there already are left as they are. Returns how many deliveries are new. */
export async function fileDeliveries(
  db: Reads,
  messages: readonly WebhookMessage[],
  deliveries: readonly { readonly id: string; readonly endpointId: string; readonly messageId: string }[],
): Promise<number> {
  if (deliveries.length === 0) return 0;
  const { rows } = await db.query<{ filed: number }>(
    `WITH message AS (
       INSERT INTO boxoffice.webhook_messages (id, topic, body)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT (id) DO NOTHING
     ), filed AS (
       INSERT INTO boxoffice.webhook_deliveries (id, endpoint_id, message_id)
       SELECT d.id, d.endpoint_id, d.message_id
         FROM unnest($4::uuid[], $5::uuid[], $6::text[]) AS d (id, endpoint_id, message_id)
        WHERE EXISTS (SELECT FROM boxoffice.webhook_endpoints e WHERE e.id = d.endpoint_id)
       ON CONFLICT (endpoint_id, message_id) DO NOTHING RETURNING 1
     ) SELECT count(*)::int AS filed FROM filed`,
    [
      messages.map(({ id }) => id),
      messages.map(({ topic }) => topic),
      messages.map(({ body }) => body),
      deliveries.map(({ id }) => id),
      deliveries.map(({ endpointId }) => endpointId),
      deliveries.map(({ messageId }) => messageId),
    ],
  );
  return rows[0]?.filed ?? 0;
}

/** Which of these endpoints have too much that waits. */
export async function fullEndpoints(db: Reads, endpointIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT e.id FROM unnest($1::uuid[]) AS e (id)
      WHERE EXISTS (SELECT FROM boxoffice.webhook_deliveries d
                     WHERE d.endpoint_id = e.id AND d.state = 'pending' ORDER BY d.try_after OFFSET $2 LIMIT 1)`,
    [endpointIds, WAITING_MAX],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Takes what is due, of each endpoint at most as many as it has room for, and keeps it from other nodes for a while. */
export async function claimDeliveries(
  db: Reads,
  room: ReadonlyMap<string, number>,
  leaseMs: number,
): Promise<readonly Claimed[]> {
  if (room.size === 0) return [];
  const { rows } = await db.query<Claimed>(
    `WITH due AS (
       SELECT d.id FROM unnest($1::uuid[], $2::integer[]) AS e (id, room)
        CROSS JOIN LATERAL (
          SELECT id FROM boxoffice.webhook_deliveries
           WHERE endpoint_id = e.id AND state = 'pending' AND try_after <= clock_timestamp()
           ORDER BY try_after LIMIT e.room FOR UPDATE SKIP LOCKED) AS d
     )
     UPDATE boxoffice.webhook_deliveries d
        SET tries = d.tries + 1, try_after = clock_timestamp() + $3 * interval '1 millisecond'
       FROM due, boxoffice.webhook_messages m
      WHERE d.id = due.id AND m.id = d.message_id
     RETURNING d.id, d.endpoint_id AS "endpointId", d.message_id AS "messageId", d.tries, m.body`,
    [[...room.keys()], [...room.values()], leaseMs],
  );
  return rows;
}

export async function markDelivered(db: Reads, { id, tries, endpointId }: Claimed, status: number): Promise<void> {
  await db.query(
    `WITH done AS (
       UPDATE boxoffice.webhook_deliveries
          SET state = 'delivered', settled_at = clock_timestamp(), last_status = $3, last_failure = NULL
        WHERE id = $1 AND tries = $2 AND state = 'pending')
     UPDATE boxoffice.webhook_endpoints SET failing_since = NULL, failures = 0
      WHERE id = $4 AND failing_since IS NOT NULL`,
    [id, tries, status, endpointId],
  );
}

interface Failed {
  readonly status?: number | undefined;
  readonly failure: string;
  /** Undefined: it is given up. */
  readonly againAfterMs: number | undefined;
}

/** Returns for how long the endpoint has failed; undefined: it is switched off, or gone. */
export async function markFailed(
  db: Reads,
  { id, tries, endpointId }: Claimed,
  { status, failure, againAfterMs }: Failed,
): Promise<{ readonly failingMs: number; readonly failures: number } | undefined> {
  const { rows } = await db.query<{ failingMs: number; failures: number }>(
    `WITH done AS (
       UPDATE boxoffice.webhook_deliveries
          SET state = CASE WHEN $5::float8 IS NULL THEN 'dead' ELSE 'pending' END,
              settled_at = CASE WHEN $5 IS NULL THEN clock_timestamp() END,
              try_after = clock_timestamp() + coalesce($5, 0) * interval '1 millisecond',
              last_status = $3, last_failure = $4
        WHERE id = $1 AND tries = $2 AND state = 'pending')
     UPDATE boxoffice.webhook_endpoints
        SET failing_since = coalesce(failing_since, clock_timestamp()), failures = failures + 1
      WHERE id = $6 AND disabled_at IS NULL
     RETURNING extract(epoch FROM clock_timestamp() - failing_since)::float8 * 1000 AS "failingMs", failures`,
    [id, tries, status ?? null, failure, againAfterMs ?? null, endpointId],
  );
  return rows[0];
}

/** Switches an endpoint off, and makes dead letters of what waits for it. False: it is off already. */
export async function switchOff(client: PoolClient, endpointId: string, reason: 'failing' | 'gone'): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE boxoffice.webhook_endpoints
        SET disabled_reason = $2, disabled_at = clock_timestamp(), version = version + 1
      WHERE id = $1 AND disabled_at IS NULL`,
    [endpointId, reason],
  );
  if (rowCount !== 1) return false;
  await buryWaiting(client, endpointId);
  return true;
}

/** What waits for an endpoint that is switched off can be tried again by hand. */
export async function buryWaiting(client: PoolClient, endpointId: string): Promise<void> {
  await client.query(
    `UPDATE boxoffice.webhook_deliveries
        SET state = 'dead', settled_at = clock_timestamp(), last_failure = coalesce(last_failure, 'endpoint_disabled')
      WHERE endpoint_id = $1 AND state = 'pending'`,
    [endpointId],
  );
}

const DELIVERY = `SELECT d.id, d.endpoint_id AS "endpointId", d.message_id AS "messageId", m.topic, d.state, d.tries,
    d.try_after AS "tryAfter", d.last_status AS "lastStatus", d.last_failure AS "lastFailure",
    d.created_at AS "createdAt", d.settled_at AS "settledAt"
  FROM boxoffice.webhook_deliveries d JOIN boxoffice.webhook_messages m ON m.id = d.message_id`;

/** The newest first, before the one with the id `before`. */
export async function listDeliveries(
  db: Reads,
  endpointId: string,
  {
    state,
    before,
    limit,
  }: { readonly state?: string | undefined; readonly before?: string | undefined; readonly limit: number },
): Promise<readonly Delivery[]> {
  const { rows } = await db.query<Delivery>(
    `${DELIVERY} WHERE d.endpoint_id = $1 AND ($2::text IS NULL OR d.state = $2) AND ($3::uuid IS NULL OR d.id < $3)
      ORDER BY d.id DESC LIMIT $4`,
    [endpointId, state ?? null, before ?? null, limit],
  );
  return rows;
}

export async function findDelivery(db: Reads, id: string): Promise<Delivery | undefined> {
  const { rows } = await db.query<Delivery>(`${DELIVERY} WHERE d.id = $1`, [id]);
  return rows[0];
}

/** Has a delivery tried again from the start, with the same `webhook-id`. One that is under way stays as it is. */
export async function replayDelivery(client: PoolClient, id: string): Promise<void> {
  await client.query(
    `UPDATE boxoffice.webhook_deliveries
        SET state = 'pending', settled_at = NULL, tries = 0, try_after = clock_timestamp()
      WHERE id = $1 AND state <> 'pending'`,
    [id],
  );
}

/** Forgets what was settled a month ago, in portions. */
export async function purgeDeliveries(db: Reads): Promise<void> {
  for (let deleted = ROWS_PER_PURGE; deleted === ROWS_PER_PURGE; ) {
    const { rows } = await db.query<{ deleted: number }>(
      `WITH gone AS (
         DELETE FROM boxoffice.webhook_deliveries WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM boxoffice.webhook_deliveries WHERE settled_at < clock_timestamp() - $1::interval
            LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING 1
       ) SELECT count(*)::int AS deleted FROM gone`,
      [KEPT, ROWS_PER_PURGE],
    );
    deleted = rows[0]?.deleted ?? 0;
  }
  for (let deleted = ROWS_PER_PURGE; deleted === ROWS_PER_PURGE; ) {
    const { rows } = await db.query<{ deleted: number }>(
      `WITH gone AS (
         DELETE FROM boxoffice.webhook_messages WHERE ctid = ANY (ARRAY(
           SELECT m.ctid FROM boxoffice.webhook_messages m WHERE m.created_at < clock_timestamp() - $1::interval
              AND NOT EXISTS (SELECT FROM boxoffice.webhook_deliveries d WHERE d.message_id = m.id)
            LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING 1
       ) SELECT count(*)::int AS deleted FROM gone`,
      [KEPT, ROWS_PER_PURGE],
    );
    deleted = rows[0]?.deleted ?? 0;
  }
}
