import type { Pool } from 'pg';
import type { Authenticated, Permission } from '../../http/access.js';
import { PERMISSIONS } from '../../http/access.js';
import type { Log } from '../../kernel/log.js';
import { wireError } from '../../protocol/errors.js';
import { findGrant, hashOf, isKeySecret, type KeyGrant, noteUse } from './api-key-store.js';

/** A secret that expires or is rotated away counts for so long after; a key that is revoked does not. */
const KNOWN_MS = 3_000;
const KNOWN_MAX = 1_000;

export interface KeyRingOptions {
  readonly pool: Pick<Pool, 'query'>;
  /** The wall clock, in milliseconds since 1970: keys expire by it. */
  readonly wallMs: () => number;
  readonly log: Log;
}

interface Known {
  readonly grant: Promise<KeyGrant | undefined>;
  readonly until: number;
}

/** Checks API keys. What Postgres said of a secret is known for three seconds, so that a busy program costs one read in three. */
export class KeyRing {
  readonly #options: KeyRingOptions;
  /** By the hash of the secret, the oldest first. */
  readonly #known = new Map<string, Known>();
  /** The keys that were used here and will expire. */
  readonly #expiring = new Map<string, number>();

  constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  /** @throws Error where Postgres had to be asked and does not answer. */
  async authenticate(secret: string): Promise<Authenticated> {
    const grant = isKeySecret(secret) ? await this.#grantOf(secret) : undefined;
    const now = this.#options.wallMs();
    const { keyId = '', keyExpiresAt, secretExpiresAt } = grant ?? {};
    const expiresAt = Math.min(keyExpiresAt ?? Number.POSITIVE_INFINITY, secretExpiresAt ?? Number.POSITIVE_INFINITY);
    if (!grant || expiresAt <= now) {
      return { ok: false, error: wireError('unauthorized', 'The token is not valid here.') };
    }
    if (typeof keyExpiresAt === 'number') this.#expiring.set(keyId, keyExpiresAt);
    const permissions = grant.permissions.filter(isPermission);
    const who = { holder: `key:${keyId}`, role: 'key', keyId, permissions } as const;
    return { ok: true, identity: { ...who, session: secret, expiresAt } };
  }

  /** The ids of keys that have expired since this was asked last: their sockets are to be closed. */
  takeExpired(): string[] {
    const now = this.#options.wallMs();
    const expired = [...this.#expiring].filter(([, expiresAt]) => expiresAt <= now).map(([keyId]) => keyId);
    for (const keyId of expired) this.#expiring.delete(keyId);
    return expired;
  }

  #grantOf(secret: string): Promise<KeyGrant | undefined> {
    const { wallMs } = this.#options;
    const hash = hashOf(secret).toString('base64url');
    const known = this.#known.get(hash);
    if (known && known.until > wallMs()) return known.grant;
    const grant = this.#read(secret);
    this.#known.delete(hash);
    this.#known.set(hash, { grant, until: wallMs() + KNOWN_MS });
    // Only good news are kept: what is guessed does not fill the map, and a new secret counts at once.
    const forget = (isGood: boolean) => {
      if (!isGood && this.#known.get(hash)?.grant === grant) this.#known.delete(hash);
    };
    grant.then(
      (found) => forget(found !== undefined),
      () => forget(false),
    );
    if (this.#known.size > KNOWN_MAX) this.#known.delete(this.#known.keys().next().value ?? hash);
    return grant;
  }

  async #read(secret: string): Promise<KeyGrant | undefined> {
    const { pool, log } = this.#options;
    const grant = await findGrant(pool, secret);
    if (grant?.isUseDue) {
      // Nobody waits for it.
      noteUse(pool, secret).catch((error) =>
        log.warn({ event: 'api_key.use_not_noted', err: error }, 'The last use of an API key could not be written.'),
      );
    }
    return grant;
  }
}

/** A later version may have given a permission that this one does not know. */
function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text);
}
