/** Endpoints of webhooks and their secrets, in Postgres. */
import { randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { SecretBox } from '../access/secret-box.js';
import type { Reads } from '../catalogue/reads.js';
import type { WebhookTopic } from './webhook-events.js';

const SECRET_BYTES = 32;
const PREFIX = 'whsec_';

export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly topics: readonly WebhookTopic[];
  readonly description: string;
  readonly email: string;
  readonly disabledReason: 'asked' | 'failing' | 'gone' | null;
  readonly disabledAt: Date | null;
  readonly failingSince: Date | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly version: string;
  readonly secrets: readonly { readonly id: string; readonly createdAt: string; readonly expiresAt: string | null }[];
}

export type EndpointFields = Pick<WebhookEndpoint, 'url' | 'topics' | 'description' | 'email'>;

const UTC = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const VIEW = `SELECT e.id, e.url, e.topics, e.description, e.email, e.disabled_reason AS "disabledReason",
    e.disabled_at AS "disabledAt", e.failing_since AS "failingSince", e.created_by AS "createdBy", e.created_at AS "createdAt",
    e.version, (SELECT coalesce(json_agg(json_build_object(
      'id', s.id, 'createdAt', to_char(s.created_at AT TIME ZONE 'UTC', ${UTC}),
      'expiresAt', to_char(s.expires_at AT TIME ZONE 'UTC', ${UTC})) ORDER BY s.created_at DESC), '[]')
      FROM boxoffice.webhook_secrets s
     WHERE s.endpoint_id = e.id AND (s.expires_at IS NULL OR s.expires_at > clock_timestamp())) AS secrets
  FROM boxoffice.webhook_endpoints e`;

export async function findEndpoint(db: Reads, id: string): Promise<WebhookEndpoint | undefined> {
  const { rows } = await db.query<WebhookEndpoint>(`${VIEW} WHERE e.id = $1`, [id]);
  return rows[0];
}

/** The row stays locked until the transaction ends. */
export async function lockEndpoint(client: PoolClient, id: string): Promise<WebhookEndpoint | undefined> {
  const { rows } = await client.query<WebhookEndpoint>(`${VIEW} WHERE e.id = $1 FOR UPDATE OF e`, [id]);
  return rows[0];
}

export async function listEndpoints(db: Reads): Promise<readonly WebhookEndpoint[]> {
  const { rows } = await db.query<WebhookEndpoint>(`${VIEW} ORDER BY e.id`, []);
  return rows;
}

/** False: there are as many already. Those who add at once wait for each other. */
export async function insertEndpoint(
  client: PoolClient,
  id: string,
  { url, topics, description, email }: EndpointFields,
  createdBy: string,
  endpointsMax: number,
): Promise<boolean> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('usher webhook endpoints', 0))`);
  const { rowCount } = await client.query(
    `INSERT INTO boxoffice.webhook_endpoints (id, url, topics, description, email, created_by)
     SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM boxoffice.webhook_endpoints) < $7`,
    [id, url, topics, description, email, createdBy, endpointsMax],
  );
  return rowCount === 1;
}

/** `enabled`: switches it on or off; what happened while it was off, or before it had a topic, is not told. */
export async function updateEndpoint(
  client: PoolClient,
  id: string,
  { url, topics, description, email }: EndpointFields,
  enabled: boolean | undefined,
): Promise<void> {
  await client.query(
    `UPDATE boxoffice.webhook_endpoints SET
       subscribed_at = CASE WHEN topics <> $3 OR ($6 IS TRUE AND disabled_at IS NOT NULL)
                            THEN clock_timestamp() ELSE subscribed_at END,
       url = $2, topics = $3, description = $4, email = $5, version = version + 1,
       disabled_reason = CASE WHEN $6 IS TRUE THEN NULL WHEN $6 IS FALSE THEN 'asked' ELSE disabled_reason END,
       disabled_at = CASE WHEN $6 IS TRUE THEN NULL WHEN $6 IS FALSE THEN clock_timestamp() ELSE disabled_at END,
       failing_since = CASE WHEN $6 IS TRUE THEN NULL ELSE failing_since END,
       failures = CASE WHEN $6 IS TRUE THEN 0 ELSE failures END
     WHERE id = $1`,
    [id, url, topics, description, email, enabled ?? null],
  );
}

/** With its secrets and deliveries. */
export async function deleteEndpoint(client: PoolClient, id: string): Promise<void> {
  await client.query('DELETE FROM boxoffice.webhook_endpoints WHERE id = $1', [id]);
}

/** A new secret of an endpoint, sealed in Postgres. Returns it: nobody can read it again. */
export async function addSecret(client: PoolClient, box: SecretBox, id: string, endpointId: string): Promise<string> {
  const key = randomBytes(SECRET_BYTES);
  await client.query('INSERT INTO boxoffice.webhook_secrets (id, endpoint_id, sealed) VALUES ($1, $2, $3)', [
    id,
    endpointId,
    box.seal(key, id),
  ]);
  return spell(key);
}

/** The secrets from before a rotation end after the overlap, or earlier where they already do. */
export async function expireSecrets(client: PoolClient, endpointId: string, overlapSeconds: number): Promise<void> {
  await client.query(
    `DELETE FROM boxoffice.webhook_secrets WHERE endpoint_id = $1 AND expires_at <= clock_timestamp()`,
    [endpointId],
  );
  await client.query(
    `UPDATE boxoffice.webhook_secrets
        SET expires_at = least(expires_at, clock_timestamp() + make_interval(secs => $2)) WHERE endpoint_id = $1`,
    [endpointId, overlapSeconds],
  );
}

/** What messages to these endpoints are signed with now, the newest secret first. */
export async function readSecrets(
  db: Reads,
  box: SecretBox,
  endpointIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await db.query<{ id: string; endpointId: string; sealed: Buffer }>(
    `SELECT id, endpoint_id AS "endpointId", sealed FROM boxoffice.webhook_secrets
      WHERE endpoint_id = ANY ($1) AND (expires_at IS NULL OR expires_at > clock_timestamp())
      ORDER BY created_at DESC`,
    [endpointIds],
  );
  const secrets = new Map<string, string[]>();
  for (const { id, endpointId, sealed } of rows) {
    const key = box.open(sealed, id);
    if (!key) continue;
    const known = secrets.get(endpointId) ?? [];
    known.push(spell(key));
    secrets.set(endpointId, known);
  }
  return secrets;
}

/** In plain base64: the library of the specification throws for base64url. */
function spell(key: Uint8Array): string {
  return `${PREFIX}${Buffer.from(key).toString('base64')}`;
}
