/** The link that makes the first administrator. */
import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Reads } from '../catalogue/reads.js';

const TTL_MS = 24 * 3_600_000;
const NONCE_BYTES = 16;

export interface SetupLink {
  readonly token: string;
  readonly expiresAt: Date;
}

interface Row {
  readonly nonce: Buffer;
  readonly tokenHash: Buffer;
  readonly expiresAt: Date;
}

/**
 * The link that counts now, the same from every node and after a restart; a new one where there is none or it has expired.
 * @returns undefined where there is an administrator already
 */
export async function offerSetupLink(db: Reads, tokenSecret: string): Promise<SetupLink | undefined> {
  if (await hasAdministrator(db)) return undefined;
  const known = await readLink(db);
  const token = known && tokenOf(tokenSecret, known.nonce);
  const isOurs = token !== undefined && known && hashOf(token).equals(known.tokenHash);
  if (isOurs) return { token, expiresAt: known.expiresAt };
  const nonce = randomBytes(NONCE_BYTES);
  // A link that was made under another TOKEN_SECRET is replaced as one that has expired. Of nodes that start at once, one
  // writes; the others read below what it wrote.
  await db.query('DELETE FROM boxoffice.setup_link WHERE expires_at <= clock_timestamp() OR token_hash = $1', [
    known?.tokenHash ?? null,
  ]);
  await db.query(
    `INSERT INTO boxoffice.setup_link (nonce, token_hash, expires_at)
     VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 millisecond') ON CONFLICT (is_only) DO NOTHING`,
    [nonce, hashOf(tokenOf(tokenSecret, nonce)), TTL_MS],
  );
  const made = await readLink(db);
  return made && { token: tokenOf(tokenSecret, made.nonce), expiresAt: made.expiresAt };
}

/** Whether the link counts. It may be used up by somebody else before it is used. */
export async function isSetupLink(db: Reads, token: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'SELECT FROM boxoffice.setup_link WHERE token_hash = $1 AND expires_at > clock_timestamp()',
    [hashOf(token)],
  );
  return rowCount === 1 && !(await hasAdministrator(db));
}

/** Uses the link up in the caller's transaction. False: it never counted, has expired or was used, or an administrator exists. */
export async function spendSetupLink(client: Reads, token: string): Promise<boolean> {
  // Who comes at the same moment waits here for the first, and then finds no row.
  const { rowCount } = await client.query(
    'DELETE FROM boxoffice.setup_link WHERE token_hash = $1 AND expires_at > clock_timestamp()',
    [hashOf(token)],
  );
  return rowCount === 1 && !(await hasAdministrator(client));
}

/** A disabled one does not count: whoever has the database and TOKEN_SECRET can always make another. */
async function hasAdministrator(db: Reads): Promise<boolean> {
  const { rowCount } = await db.query(
    "SELECT FROM boxoffice.accounts WHERE role = 'admin' AND disabled_at IS NULL LIMIT 1",
  );
  return rowCount === 1;
}

async function readLink(db: Reads): Promise<Row | undefined> {
  const { rows } = await db.query<Row>(
    `SELECT nonce, token_hash AS "tokenHash", expires_at AS "expiresAt" FROM boxoffice.setup_link
      WHERE expires_at > clock_timestamp()`,
  );
  return rows[0];
}

/** Not kept in Postgres: a copy of the database makes no administrator. */
function tokenOf(tokenSecret: string, nonce: Buffer): string {
  const key = Buffer.from(hkdfSync('sha256', tokenSecret, '', 'usher setup link 1', 32));
  return createHmac('sha256', key).update(nonce).digest('base64url');
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
