import type { Pool } from 'pg';
import type { Identity } from '../../http/access.js';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import { repeat } from '../repeat.js';
import type { Revocation } from './revocations.js';

const ROWS_PER_READ = 5_000;
/** Beyond the life of a token, by which clocks may differ. */
const MARGIN_MS = 60_000;

export interface RevocationWatchOptions {
  readonly pool: Pick<Pool, 'query'>;
  readonly timers: Timers;
  /** How often the table is read. */
  readonly everyMs: number;
  /** The longest life of an access token: what revoked it is remembered for so long. */
  readonly tokenTtlMs: number;
  /** Milliseconds, from any origin, never going back. */
  readonly now: () => number;
  readonly log: Log;
}

interface Row {
  /** No transaction before this one was still running. */
  readonly horizon: string;
  /** Null, as all that follow: nothing was revoked. */
  readonly id: string | null;
  readonly written_by: string;
  readonly kind: Revocation['kind'];
  readonly subject: string;
  readonly grants: string | null;
}

/** Reads each row that the read before cannot have seen: those of transactions that had not ended by then. */
const READ = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon,
       r.id::text, r.written_by::text, r.kind, r.subject, r.grants::text
  FROM (VALUES (1)) AS one LEFT JOIN (
    SELECT * FROM boxoffice.revocations WHERE (written_by, id) > ($1::text::xid8, $2::bigint)
     ORDER BY written_by, id LIMIT $3) AS r ON true`;

/**
 * Knows what was revoked. Each node reads the revocations from Postgres every second, so that it needs nothing else to be
 * there. While Postgres is away it knows what it knew; when it is back it reads all that it missed.
 */
export class RevocationWatch {
  readonly #options: RevocationWatchOptions;
  /** `kind:subject`, and when it can be forgotten, with the grants that an access token of an account must have. */
  readonly #revoked = new Map<string, { readonly grants: number; readonly forgetAt: number }>();
  #horizon = '0';
  /** The rows of the last read: those of them that come again are no news. */
  #seen: ReadonlySet<string> = new Set();
  #isFailing = false;
  #tell: (revocation: Revocation) => void = () => {};

  private constructor(options: RevocationWatchOptions) {
    this.#options = options;
  }

  /**
   * Knows all that was revoked when it resolves.
   * @throws Error where Postgres does not answer.
   */
  static async open(options: RevocationWatchOptions): Promise<RevocationWatch> {
    const watch = new RevocationWatch(options);
    await watch.#read();
    return watch;
  }

  /** Reads every second, and tells each revocation. Returns the stop. */
  start(tell: (revocation: Revocation) => void): () => Promise<void> {
    this.#tell = tell;
    return repeat(this.#options.timers, this.#options.everyMs, () => this.look());
  }

  /** Whether the log-in, account or API key of this identity was revoked. */
  covers({ sessionId, accountId, keyId, grants = 0 }: Identity): boolean {
    if (keyId !== undefined) return this.#revoked.has(`key:${keyId}`);
    if (sessionId !== undefined && this.#revoked.has(`session:${sessionId}`)) return true;
    return accountId !== undefined && grants < (this.#revoked.get(`account:${accountId}`)?.grants ?? 0);
  }

  /** Reads now. Where Postgres does not answer, it says so in the log once. */
  async look(): Promise<void> {
    const { log } = this.#options;
    try {
      await this.#read();
      if (this.#isFailing) log.info({ event: 'revocations.read_again' }, 'Revocations are read again.');
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) {
        const message = 'Revocations cannot be read. What is revoked meanwhile is refused when they can be read again.';
        log.warn({ event: 'revocations.not_read', err: error }, message);
      }
      this.#isFailing = true;
    }
  }

  async #read(): Promise<void> {
    const asked = this.#horizon;
    // The first transaction of all that had not ended: its rows come again with each read, until it has ended.
    let after = { writtenBy: String(BigInt(asked) === 0n ? 0n : BigInt(asked) - 1n), id: MAX_ID };
    let horizon: string | undefined;
    const seen = new Set<string>();
    for (;;) {
      const { rows } = await this.#options.pool.query<Row>(READ, [after.writtenBy, after.id, ROWS_PER_READ]);
      horizon ??= rows[0]?.horizon ?? asked;
      const found = rows.filter((row) => row.id !== null);
      for (const row of found) {
        seen.add(String(row.id));
        if (!this.#seen.has(String(row.id))) this.#take(row);
      }
      const last = found.at(-1);
      if (!last?.id || found.length < ROWS_PER_READ) break;
      after = { writtenBy: last.written_by, id: last.id };
    }
    // It goes back where another server has taken over, or a backup was restored: transactions are numbered anew.
    const isAnotherHistory = BigInt(horizon) < BigInt(asked);
    this.#horizon = isAnotherHistory ? '0' : horizon;
    // In another history an id may be another row.
    this.#seen = isAnotherHistory ? new Set() : seen;
    this.#forget();
    if (isAnotherHistory) await this.#read();
  }

  #take({ kind, subject, grants }: Row): void {
    const forgetAt = this.#options.now() + this.#options.tokenTtlMs + MARGIN_MS;
    const key = `${kind}:${subject}`;
    const least = grants === null ? Number.POSITIVE_INFINITY : Number(grants);
    const known = this.#revoked.get(key);
    // Newly at the end: the map stays in the order in which its entries are forgotten.
    this.#revoked.delete(key);
    this.#revoked.set(key, { grants: Math.max(least, known?.grants ?? 0), forgetAt });
    this.#tell({ kind, subject, ...(grants === null ? {} : { grants: least }) });
  }

  #forget(): void {
    const now = this.#options.now();
    for (const [key, { forgetAt }] of this.#revoked) {
      if (forgetAt > now) break;
      this.#revoked.delete(key);
    }
  }
}

const MAX_ID = '9223372036854775807';
