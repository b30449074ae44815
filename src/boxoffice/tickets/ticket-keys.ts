import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { Log } from '../../kernel/log.js';
import type { SecretBox } from '../access/secret-box.js';
import { edit } from '../catalogue/edit-parts.js';
import { doorKeyOf, type ReadCode, type TicketClaim, writeCode } from './ticket-code.js';

/** A new key signs only after so long: by then every gate has fetched a list with it. */
const LEAD_MS_MAX = 24 * 3_600_000;
/** A code with an unknown key makes the node read the table; at most so often. */
const REREAD_MS_MIN = 1_000;
const KEY_BYTES = 32;
const KEY_NUMBER_MAX = 255;
/** Held while a key is made, so that nodes that start at the same moment make one. */
const MAKING_LOCK = 7_023_415_203;

interface TicketKey {
  readonly number: number;
  readonly secret: Buffer;
  /** Milliseconds since 1970, by the clock of Postgres. */
  readonly createdAt: number;
}

export interface TicketKeysOptions {
  readonly pool: Pool;
  readonly box: SecretBox;
  /** A new key is made so often. */
  readonly rotateEveryMs: number;
  /** Milliseconds, from any origin, never going back. */
  readonly now: () => number;
  readonly log: Log;
}

/** What of a ticket decides its code. */
export interface CodedTicket extends TicketClaim {
  readonly showtimeId: string;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
}

/** A key by which gates check the codes of one showtime. */
export interface DoorKey {
  readonly number: number;
  /** 32 bytes in base64url. */
  readonly key: string;
}

interface Row {
  readonly number: number;
  readonly sealed_key: Buffer;
  readonly created_at: Date;
  readonly age_ms: number;
}

/**
 * The keys that sign the codes of tickets. All nodes share them by Postgres.
 *
 * Invariants: a ticket has one code for as long as its key is not revoked, whatever keys come after. A key signs only what was
 * issued after its lead time, unless there is no older one; and it is never removed, since tickets are sold long ahead.
 */
export class TicketKeys {
  readonly #options: TicketKeysOptions;
  readonly #leadMs: number;
  /** The oldest first, without those that are revoked. */
  #keys: readonly TicketKey[] = [];
  #readAt = Number.NEGATIVE_INFINITY;
  #newestAgeMs = Number.POSITIVE_INFINITY;

  private constructor(options: TicketKeysOptions) {
    this.#options = options;
    this.#leadMs = Math.min(LEAD_MS_MAX, options.rotateEveryMs / 4);
  }

  /** @throws Error where Postgres does not answer. */
  static async open(options: TicketKeysOptions): Promise<TicketKeys> {
    const keys = new TicketKeys(options);
    await keys.renew();
    return keys;
  }

  /** The code of a ticket: 60 letters. */
  codeOf(ticket: CodedTicket): string {
    const { number, secret } = this.#signerAt(ticket.issuedAt);
    return writeCode(ticket, ticket.showtimeId, number, doorKeyOf(secret, ticket.showtimeId));
  }

  /**
   * Whether a key of ours signed the code, as one of this showtime.
   * @throws Error where the table had to be read and Postgres does not answer.
   */
  async isSigned(code: ReadCode, showtimeId: string): Promise<boolean> {
    const key = await this.#find(code.keyNumber);
    return key !== undefined && code.isSignedBy(doorKeyOf(key.secret, showtimeId));
  }

  /** What the gates of a showtime check codes by. */
  doorKeys(showtimeId: string): DoorKey[] {
    return this.#keys.map(({ number, secret }) => ({
      number,
      key: doorKeyOf(secret, showtimeId).toString('base64url'),
    }));
  }

  /**
   * Reads the keys, and makes one where it is time for it. To be called now and then, far more often than the lead time.
   * @throws Error where Postgres does not answer; the keys stay as they were.
   */
  async renew(): Promise<void> {
    await this.#read();
    if (this.#keys.length === 0 || this.#newestAgeMs >= this.#options.rotateEveryMs) await this.#make();
  }

  #signerAt(issuedAt: number): TicketKey {
    const ready = this.#keys.findLast(({ createdAt }) => createdAt + this.#leadMs <= issuedAt) ?? this.#keys[0];
    if (!ready) throw new Error('There is no key for tickets.');
    return ready;
  }

  async #find(number: number): Promise<TicketKey | undefined> {
    const known = this.#keys.find((key) => key.number === number);
    if (known || this.#options.now() - this.#readAt < REREAD_MS_MIN) return known;
    await this.#read();
    return this.#keys.find((key) => key.number === number);
  }

  async #read(): Promise<void> {
    const { pool, box, now, log } = this.#options;
    this.#readAt = now();
    const { rows } = await pool.query<Row>(
      `SELECT number, sealed_key, created_at, extract(epoch FROM clock_timestamp() - created_at)::float8 * 1000 AS age_ms
         FROM boxoffice.ticket_keys WHERE revoked_at IS NULL ORDER BY created_at, number`,
    );
    const keys = rows.flatMap(({ number, sealed_key: sealed, created_at: createdAt }) => {
      const secret = box.open(sealed, ownerOf(number));
      return secret ? [{ number, secret, createdAt: createdAt.getTime() }] : [];
    });
    this.#keys = keys;
    this.#newestAgeMs = rows.at(-1)?.age_ms ?? Number.POSITIVE_INFINITY;
    if (keys.length < rows.length) {
      const fields = { event: 'ticket_keys.not_opened', count: rows.length - keys.length };
      log.warn(fields, 'Keys of tickets were sealed with another TICKET_SECRET. Tickets with their codes are refused.');
    }
  }

  async #make(): Promise<void> {
    const { pool, box, rotateEveryMs, log } = this.#options;
    const known = this.#keys.map(({ number }) => number);
    const made = await edit<number | undefined>(pool, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [MAKING_LOCK]);
      const { rows } = await client.query<Row & { readonly is_revoked: boolean }>(
        `SELECT number, sealed_key, created_at, extract(epoch FROM clock_timestamp() - created_at)::float8 * 1000 AS age_ms,
                revoked_at IS NOT NULL AS is_revoked
           FROM boxoffice.ticket_keys ORDER BY number`,
      );
      // Another node may have made one since ours were read. Keys that are revoked, or that we cannot open, do not count.
      const isMade = rows.some(
        ({ number, age_ms: ageMs, sealed_key: sealed, is_revoked: isRevoked }) =>
          !isRevoked &&
          !known.includes(number) &&
          ageMs < rotateEveryMs &&
          box.open(sealed, ownerOf(number)) !== undefined,
      );
      const number = (rows.at(-1)?.number ?? 0) + 1;
      if (isMade || number > KEY_NUMBER_MAX) return { ok: true, value: undefined };
      const sealed = box.seal(randomBytes(KEY_BYTES), ownerOf(number));
      await client.query('INSERT INTO boxoffice.ticket_keys (number, sealed_key) VALUES ($1, $2)', [number, sealed]);
      return { ok: true, value: number };
    });
    if (made.ok && made.value !== undefined) {
      log.info({ event: 'ticket_keys.made', number: made.value }, 'A new key for the codes of tickets was made.');
    }
    await this.#read();
  }
}

function ownerOf(number: number): string {
  return `ticket key ${number}`;
}
