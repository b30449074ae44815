import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import type { Pool } from 'pg';
import type { Log } from '../../kernel/log.js';
import { edit } from '../catalogue/edit-parts.js';
import type { SecretBox } from './secret-box.js';

export const SIGNING_ALGORITHM = 'EdDSA';
/** How long others may keep the published keys, in seconds. */
export const JWKS_MAX_AGE_S = 300;

/** A new key is published for so long before it signs: three times as long as others keep the list. */
const LEAD_MS_MAX = 3 * JWKS_MAX_AGE_S * 1_000;
/** Beyond the life of the last token: clocks differ, and a node may sign by the old key until it reads the table again. */
const KEPT_MARGIN_MS = 5 * 60_000;
/** A token with an unknown `kid` makes the node read the table; at most so often. */
const REREAD_MS_MIN = 1_000;
/** Held while a key is made, so that nodes that start at the same moment make one. */
const MAKING_LOCK = 7_023_415_201;

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Its public half, as it is published. */
  readonly jwk: JWK;
  /** When the table was read last. */
  readonly ageMs: number;
}

export interface SigningKeysOptions {
  readonly pool: Pool;
  readonly box: SecretBox;
  /** A key signs for so long. */
  readonly rotateEveryMs: number;
  /** The longest life of a token that a key signs. */
  readonly tokenTtlMs: number;
  /** Milliseconds, from any origin, never going back. */
  readonly now: () => number;
  readonly log: Log;
}

interface Row {
  readonly kid: string;
  readonly private_key: Buffer;
  readonly age_ms: number;
}

/**
 * The Ed25519 keys that sign access tokens. All nodes share them by Postgres.
 *
 * Invariants: a key signs only after it was published for the lead time, unless there is no other; and it is published until
 * every token that it signed has expired. Ages are counted by the clock of Postgres, so that nodes agree on who signs.
 */
export class SigningKeys {
  readonly #options: SigningKeysOptions;
  readonly #leadMs: number;
  /** The newest first. */
  #keys: readonly SigningKey[] = [];
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  private constructor(options: SigningKeysOptions) {
    this.#options = options;
    this.#leadMs = Math.min(LEAD_MS_MAX, options.rotateEveryMs / 4);
  }

  /** @throws Error where Postgres does not answer. */
  static async open(options: SigningKeysOptions): Promise<SigningKeys> {
    const keys = new SigningKeys(options);
    await keys.renew();
    return keys;
  }

  /** The key that signs now. */
  get signer(): SigningKey {
    const signer = this.#keys[this.#signerAt];
    if (!signer) throw new Error('There is no signing key.');
    return signer;
  }

  get #signerAt(): number {
    const published = this.#keys.findIndex(({ ageMs }) => ageMs >= this.#leadMs);
    return published < 0 ? this.#keys.length - 1 : published;
  }

  /** What others check our tokens by: the JWKS (RFC 7517). */
  get published(): readonly JWK[] {
    return this.#keys.map(({ jwk }) => jwk);
  }

  /**
   * The key with this `kid`; undefined: there is none. Reads the table where the key is not known, at most once a second.
   * @throws Error where the table had to be read and Postgres does not answer.
   */
  async find(kid: string): Promise<SigningKey | undefined> {
    const known = this.#keys.find((key) => key.kid === kid);
    if (known || this.#options.now() - this.#readAt < REREAD_MS_MIN) return known;
    await this.#read();
    return this.#keys.find((key) => key.kid === kid);
  }

  /**
   * Reads the keys, makes one where it is time for it, and removes those whose tokens have all expired. To be called now and
   * then, far more often than the lead time.
   * @throws Error where Postgres does not answer; the keys stay as they were.
   */
  async renew(): Promise<void> {
    const { pool, rotateEveryMs, tokenTtlMs } = this.#options;
    await this.#read();
    const newest = this.#keys[0];
    if (!newest || newest.ageMs >= rotateEveryMs - this.#leadMs) await this.#make();
    const { ageMs: signerAgeMs } = this.signer;
    const retiredForMs = signerAgeMs - this.#leadMs;
    const retired = this.#keys.slice(this.#signerAt + 1);
    if (retired.length === 0 || retiredForMs < tokenTtlMs + KEPT_MARGIN_MS) return;
    await pool.query('DELETE FROM boxoffice.signing_keys WHERE kid = ANY ($1)', [retired.map(({ kid }) => kid)]);
    this.#keys = this.#keys.slice(0, this.#signerAt + 1);
  }

  async #read(): Promise<void> {
    this.#reading ??= this.#readKeys().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #readKeys(): Promise<void> {
    this.#readAt = this.#options.now();
    const { rows } = await this.#options.pool.query<Row>(
      `SELECT kid, private_key, extract(epoch FROM clock_timestamp() - created_at)::float8 * 1000 AS age_ms
         FROM boxoffice.signing_keys ORDER BY created_at DESC, kid`,
    );
    const keys = await Promise.all(rows.map((row) => this.#keyOf(row)));
    this.#keys = keys.filter((key) => key !== undefined);
    if (this.#keys.length < rows.length) {
      const fields = { event: 'signing_keys.not_opened', count: rows.length - this.#keys.length };
      this.#options.log.warn(fields, 'Signing keys were sealed with another TOKEN_SECRET. Their tokens are refused.');
    }
  }

  /** By its private half alone: nobody is believed who can write to the table and does not know TOKEN_SECRET. */
  async #keyOf({ kid, private_key: sealed, age_ms: ageMs }: Row): Promise<SigningKey | undefined> {
    const der = this.#options.box.open(sealed, kid);
    if (!der) return undefined;
    const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const publicKey = createPublicKey(privateKey);
    return { kid, privateKey, publicKey, jwk: jwkOf(publicKey, kid), ageMs };
  }

  async #make(): Promise<void> {
    const { pool, box, rotateEveryMs, log } = this.#options;
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const kid = await calculateJwkThumbprint(publicKey.export({ format: 'jwk' }) as JWK);
    const sealed = box.seal(privateKey.export({ format: 'der', type: 'pkcs8' }), kid);
    const known = this.#keys.map((key) => key.kid);
    const made = await edit<boolean>(pool, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [MAKING_LOCK]);
      // Another node may have made one since ours were read. Keys that we cannot open do not count.
      const { rows } = await client.query<Row>(
        `SELECT kid, private_key, extract(epoch FROM clock_timestamp() - created_at)::float8 * 1000 AS age_ms
           FROM boxoffice.signing_keys WHERE NOT kid = ANY ($1)`,
        [known],
      );
      const isMade = rows.some(
        (row) => row.age_ms < rotateEveryMs - this.#leadMs && box.open(row.private_key, row.kid) !== undefined,
      );
      if (isMade) return { ok: true, value: false };
      await client.query('INSERT INTO boxoffice.signing_keys (kid, public_key, private_key) VALUES ($1, $2, $3)', [
        kid,
        JSON.stringify(jwkOf(publicKey, kid)),
        sealed,
      ]);
      return { ok: true, value: true };
    });
    if (made.ok && made.value) log.info({ event: 'signing_keys.made', kid }, 'A new key for access tokens was made.');
    await this.#read();
  }
}

function jwkOf(publicKey: KeyObject, kid: string): JWK {
  return { ...(publicKey.export({ format: 'jwk' }) as JWK), kid, alg: SIGNING_ALGORITHM, use: 'sig' };
}
