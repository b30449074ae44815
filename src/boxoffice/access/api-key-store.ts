/** API keys in Postgres. A secret is stored as its SHA-256: 256 random bits need no slower hash. */
import { createHash, randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Permission } from '../../http/access.js';
import { ListQuery } from '../catalogue/list-query.js';

const PREFIX = 'usk_live_';
const SECRET = /^usk_live_[\w-]{43}$/;
const HINT_LETTERS = 4;

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** The holder who made it. */
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** Those that count now, the newest first: two while the key is rotated. */
  readonly secrets: readonly {
    /** Its last four letters. */
    readonly hint: string;
    readonly createdAt: string;
    readonly expiresAt: string | null;
    /** To the minute. */
    readonly lastUsedAt: string | null;
  }[];
}

/** What a secret lets somebody do. */
export interface KeyGrant {
  readonly keyId: string;
  readonly permissions: readonly Permission[];
  /** When the key expires, in milliseconds since 1970; null: it does not. */
  readonly keyExpiresAt: number | null;
  /** When this secret of it expires; null: with its key. */
  readonly secretExpiresAt: number | null;
  /** It was used, and for a minute that was not written. */
  readonly isUseDue: boolean;
}

const KEY = `SELECT k.id, k.name, k.permissions, k.created_by, k.created_at, k.expires_at,
       coalesce((SELECT jsonb_agg(jsonb_build_object('hint', s.hint, 'createdAt', s.created_at, 'expiresAt', s.expires_at,
                                                     'lastUsedAt', s.last_used_at) ORDER BY s.created_at DESC, s.hint)
                   FROM boxoffice.api_key_secrets s
                  WHERE s.key_id = k.id AND (s.expires_at IS NULL OR s.expires_at > clock_timestamp())), '[]') AS secrets
  FROM boxoffice.api_keys k`;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly permissions: Permission[];
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly secrets: ApiKey['secrets'];
}

function keyOf(row: Row): ApiKey {
  const { id, name, permissions } = row;
  return {
    id,
    name,
    permissions,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: instantOf(row.expires_at),
    // Within JSON, Postgres writes times by the zone of the connection.
    secrets: row.secrets.map(({ hint, createdAt, expiresAt, lastUsedAt }) => ({
      hint,
      createdAt: new Date(createdAt).toISOString(),
      expiresAt: instantOf(expiresAt),
      lastUsedAt: instantOf(lastUsedAt),
    })),
  };
}

function instantOf(time: Date | string | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

/** Whether it could be a secret of ours: what could not is refused without a look at Postgres. */
export function isKeySecret(text: string): boolean {
  return SECRET.test(text);
}

/** Whether somebody who sent this meant to send an API key. */
export function looksLikeKey(text: string): boolean {
  return text.startsWith(PREFIX);
}

function newSecret(): string {
  return `${PREFIX}${randomBytes(32).toString('base64url')}`;
}

export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Keys that are not revoked, in the order of their ids; one more than `max` where the list goes on. */
export async function listKeys(db: Pick<Pool, 'query'>, after: string | undefined, max: number): Promise<ApiKey[]> {
  const query = new ListQuery(KEY).where('k.revoked_at IS NULL').whereGiven('k.id > ?', after).page(['k.id'], max);
  return (await db.query<Row>(query.text, query.values)).rows.map(keyOf);
}

export async function findKey(db: Pick<Pool, 'query'>, id: string): Promise<ApiKey | undefined> {
  const { rows } = await db.query<Row>(`${KEY} WHERE k.id = $1 AND k.revoked_at IS NULL`, [id]);
  return rows[0] && keyOf(rows[0]);
}

/** Locks a key that is not revoked against other changes until the transaction ends. */
export async function lockKey(client: PoolClient, id: string): Promise<ApiKey | undefined> {
  await client.query('SELECT FROM boxoffice.api_keys WHERE id = $1 FOR UPDATE', [id]);
  return await findKey(client, id);
}

/** Adds a key, and returns its secret, which is nowhere else. */
export async function insertKey(
  client: PoolClient,
  key: Pick<ApiKey, 'id' | 'name' | 'permissions' | 'createdBy' | 'expiresAt'>,
): Promise<string> {
  await client.query(
    'INSERT INTO boxoffice.api_keys (id, name, permissions, created_by, expires_at) VALUES ($1, $2, $3, $4, $5)',
    [key.id, key.name, key.permissions, key.createdBy, key.expiresAt],
  );
  return await insertSecret(client, key.id);
}

/** Adds a secret to a key. The one before it counts for `overlapS` seconds more, and all older ones no more. */
export async function rotateKey(client: PoolClient, id: string, overlapS: number): Promise<string> {
  await client.query(
    `DELETE FROM boxoffice.api_key_secrets WHERE key_id = $1 AND secret_hash NOT IN (
       SELECT secret_hash FROM boxoffice.api_key_secrets WHERE key_id = $1 ORDER BY created_at DESC, secret_hash LIMIT 1)`,
    [id],
  );
  await client.query(
    `UPDATE boxoffice.api_key_secrets
        SET expires_at = least(expires_at, clock_timestamp() + make_interval(secs => $2)) WHERE key_id = $1`,
    [id, overlapS],
  );
  return await insertSecret(client, id);
}

export async function markRevoked(client: PoolClient, id: string): Promise<void> {
  await client.query('UPDATE boxoffice.api_keys SET revoked_at = clock_timestamp() WHERE id = $1', [id]);
}

/** Undefined: there is no such secret, or it or its key counts no more. */
export async function findGrant(db: Pick<Pool, 'query'>, secret: string): Promise<KeyGrant | undefined> {
  const { rows } = await db.query<KeyGrant>(
    `SELECT k.id AS "keyId", k.permissions,
            extract(epoch FROM k.expires_at)::float8 * 1000 AS "keyExpiresAt",
            extract(epoch FROM s.expires_at)::float8 * 1000 AS "secretExpiresAt",
            coalesce(s.last_used_at < clock_timestamp() - interval '1 minute', true) AS "isUseDue"
       FROM boxoffice.api_key_secrets s JOIN boxoffice.api_keys k ON k.id = s.key_id
      WHERE s.secret_hash = $1 AND k.revoked_at IS NULL
        AND coalesce(least(k.expires_at, s.expires_at) > clock_timestamp(), true)`,
    [hashOf(secret)],
  );
  return rows[0];
}

/** At most once a minute, whichever node writes it. */
export async function noteUse(db: Pick<Pool, 'query'>, secret: string): Promise<void> {
  await db.query(
    `UPDATE boxoffice.api_key_secrets SET last_used_at = clock_timestamp()
      WHERE secret_hash = $1 AND coalesce(last_used_at < clock_timestamp() - interval '1 minute', true)`,
    [hashOf(secret)],
  );
}

async function insertSecret(client: PoolClient, keyId: string): Promise<string> {
  const secret = newSecret();
  // Not now(), which is that of the transaction: the newest of a key must be the newest by this.
  await client.query(
    `INSERT INTO boxoffice.api_key_secrets (secret_hash, key_id, hint, created_at) VALUES ($1, $2, $3, clock_timestamp())`,
    [hashOf(secret), keyId, secret.slice(-HINT_LETTERS)],
  );
  return secret;
}
